"""The columns of a version as pages show them: declaration, profile, code lists.

What was published is shown, even where the declaration has changed since.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration import settings
from orchestration.datasets import Column
from orchestration.files import read_yaml
from orchestration.metadata.examples import SPECIAL_VALUES
from orchestration.metadata.version_card import VersionCard
from orchestration.quality.suite import seed_path
from orchestration.sql import limit


@dataclass(frozen=True)
class CodeList:
    """A code list: its text, its columns (name, text) and its rows."""

    nom: str
    description: str
    columns: tuple[tuple[str, str], ...]
    lignes: tuple[tuple[str, ...], ...]


def read_lists(names: Iterable[str]) -> tuple[CodeList, ...]:
    """Read these lists, in alphabetical order."""
    declared = _declared_lists()
    return tuple(_code_list(name, declared[name]) for name in sorted(set(names)))


def _code_list(nom: str, seed: dict[str, Any]) -> CodeList:
    with seed_path(nom).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    texts = {column["name"]: column.get("description", "") for column in seed["columns"]}
    return CodeList(
        nom=nom,
        description=" ".join(seed["description"].split()),
        columns=tuple((name, texts[name]) for name in header),
        lignes=tuple(tuple(row) for row in rows),
    )


def _declared_lists() -> dict[str, dict[str, Any]]:
    return {
        seed["name"]: seed
        for path in sorted((settings.PROJECT / "seeds").glob("_*.yml"))
        for seed in read_yaml(path)["seeds"]
    }


@dataclass(frozen=True)
class ColumnProfile:
    """``empty_share`` (0 to 1) is of empty cells; ``special_values`` are those that it has."""

    empty_share: float
    special_values: tuple[str, ...]


def column_profiles(card: VersionCard) -> dict[str, ColumnProfile]:
    """Profile every column of a version, by name."""
    path = settings.publications(card.dataset.nom) / card.version / f"{card.dataset.nom}.parquet"
    types = dict(card.mesures.colonnes)
    coded = [name for name, kind in types.items() if kind in {"VARCHAR", "INTEGER"}]
    selection = [
        *(f'coalesce(avg(("{name}" is null)::integer), 0)' for name in types),
        *(
            f"coalesce(bool_or(\"{name}\"::varchar = '{value}'), false)"
            for name in coded
            for value in SPECIAL_VALUES
        ),
    ]
    with duckdb.connect() as connection:
        limit(connection)
        row = connection.execute(
            f"select {', '.join(selection)} from read_parquet('{path}')"
        ).fetchall()[0]
    flags = iter(row[len(types) :])
    special_values = {
        name: tuple(value for value in SPECIAL_VALUES if next(flags)) for name in coded
    }
    return {
        name: ColumnProfile(float(share), special_values.get(name, ()))
        for name, share in zip(types, row[: len(types)], strict=True)
    }


@dataclass(frozen=True)
class ColumnView:
    """A column of a version, with a value of it; ``code_list_name`` is the seed of its values."""

    column: Column
    example: str | None
    profile: ColumnProfile
    key: bool
    code_list_name: str | None


def column_views(card: VersionCard, profiles: dict[str, ColumnProfile]) -> tuple[ColumnView, ...]:
    """Return the columns of a version, in the order of its files."""
    declared = {column.nom: column for column in card.dataset.colonnes}
    columns = (
        declared.get(name, Column(name, kind, "", titre=name))
        for name, kind in card.mesures.colonnes
    )
    return tuple(
        ColumnView(
            column=column,
            example=card.examples.get(column.nom),
            profile=profiles[column.nom],
            key=column.nom in card.dataset.key,
            code_list_name=column.code_list and column.code_list.partition(".")[0],
        )
        for column in columns
    )
