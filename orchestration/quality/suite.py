"""The suites as data: read from ``suites/<jeu>.yml``, code lists taken from the seeds."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.files import read_yaml

FOLDER = Path(__file__).parent / "suites"
CRITICAL = "critique"
WARNING = "alerte"
# What an expectation bears on: the rows, or a frame of measures.
DATA, FILE, TYPES, PROFILE, SOURCES = "donnees", "fichier", "types", "profil", "sources"

# An SQL condition is this expectation on the column that it computes.
SATISFIED = "expect_column_values_to_be_in_set"
BETWEEN = "expect_column_values_to_be_between"
NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_compound_columns_to_be_unique"
# Against the last publication, when a dataset says nothing else: rows and totals, as ratios.
DRIFT = {"minimum": 0.7, "maximum": 1.3}
_WORD = re.compile(r"\w+")


class SuiteError(ValueError):
    """An expectation is badly written; the message says which file and which expectation."""


@dataclass(frozen=True)
class Expectation:
    """One of Great Expectations', and the ``frame`` that it bears on (``DATA``: the rows).

    ``condition`` is SQL that every row must satisfy (null counts as a failure), ``row_filter`` SQL
    that chooses the rows. ``columns`` are the public columns that it reads.
    """

    id: str
    label: str
    type: str
    kwargs: Mapping[str, Any]
    columns: tuple[str, ...]
    frame: str = DATA
    severity: str = CRITICAL
    condition: str | None = None
    row_filter: str | None = None


@dataclass(frozen=True)
class WatchedColumn:
    """A column whose share of nulls is watched, among the rows that satisfy ``condition``."""

    column: str
    condition: str = "true"


@dataclass(frozen=True)
class Suite:
    """All that a dataset's file says: its expectations, and the settings of the derived ones.

    ``optional_columns`` are key columns whose null has a meaning. ``drift`` bounds rows and totals
    against the last publication, as ratios.
    """

    expectations: tuple[Expectation, ...]
    optional_columns: tuple[str, ...] = ()
    drift: Mapping[str, float] = field(default_factory=dict)
    watched_columns: tuple[WatchedColumn, ...] = ()


def read_suite(dataset: Dataset) -> Suite:
    """Read the suite of ``dataset``. Raises :class:`SuiteError`."""
    path = FOLDER / f"{dataset.rules}.yml"
    if not path.exists():
        raise SuiteError(
            f"{dataset.nom} n'a pas de règles : écrire {path.name} dans {FOLDER.name}/."
        )
    own = _load(path)
    common = _load(FOLDER / f"{own['inclure']}.yml") if "inclure" in own else {}
    entries = [*common.get("regles", []), *own.get("regles", [])]
    ids = [entry["id"] for entry in entries]
    duplicates = sorted({name for name in ids if ids.count(name) > 1})
    if duplicates:
        raise SuiteError(f"{path.name} : règle écrite deux fois : {', '.join(duplicates)}.")
    return Suite(
        expectations=tuple(_parse(entry, dataset, path) for entry in entries),
        optional_columns=tuple(own.get("cle_facultative", [])),
        drift=own.get("derive", common.get("derive", DRIFT)),
        watched_columns=tuple(
            WatchedColumn(entry["colonne"], entry.get("si", "true"))
            for entry in own.get("nuls_suivis", [])
        ),
    )


def seed_path(name: str) -> Path:
    """Path of a seed, which conditions may read as a table of that name."""
    return settings.PROJECT / "seeds" / f"{name}.csv"


def codes(seed: str, column: str) -> list[str]:
    """Return the values of one column of a seed, in its order."""
    with seed_path(seed).open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def cited_columns(text: str, dataset: Dataset) -> tuple[str, ...]:
    """Public columns that an SQL text names."""
    words = set(_WORD.findall(text))
    return tuple(column.nom for column in dataset.colonnes if column.nom in words)


def _load(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(path)
    return content


def _parse(entry: Mapping[str, Any], dataset: Dataset, path: Path) -> Expectation:
    known = {"id", "libelle", "type", "kwargs", "condition", "filtre", "severity"}
    if not {"id", "libelle"} <= set(entry) <= known or ("type" in entry) == ("condition" in entry):
        raise SuiteError(
            f"{path.name} : la règle {entry.get('id', '?')} demande id, libelle, puis soit type et "
            "kwargs, soit condition ; filtre et severity sont facultatifs."
        )
    severity = entry.get("severity", CRITICAL)
    if severity not in (CRITICAL, WARNING):
        raise SuiteError(f"{path.name} : severity de {entry['id']} : {CRITICAL} ou {WARNING}.")
    condition, row_filter = entry.get("condition"), entry.get("filtre")
    kwargs = (
        {"column": entry["id"], "value_set": [True]}
        if condition
        else {key: _resolved(value) for key, value in entry["kwargs"].items()}
    )
    return Expectation(
        id=entry["id"],
        label=entry["libelle"],
        type=entry.get("type", SATISFIED),
        kwargs=kwargs,
        columns=cited_columns(condition, dataset) if condition else _columns(kwargs),
        severity=severity,
        condition=condition,
        row_filter=row_filter,
    )


def _columns(kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    names = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    return (*names, *kwargs.get("column_list", []))


def _resolved(value: Any) -> Any:
    """Replace ``{seed: nsf, colonne: code, plus: [...]}`` by the codes of that seed."""
    if not (isinstance(value, Mapping) and "seed" in value):
        return value
    return [*codes(value["seed"], value["colonne"]), *value.get("plus", [])]
