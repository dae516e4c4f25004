"""What two published versions have in common: their columns, their types, their key.

Read from the files that the versions themselves hold: an old one may have other columns than
today's.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.datasets import Dataset
from orchestration.published_rows import describe_columns, published_rows

_SCHEMA = "schema.json"


@dataclass(frozen=True)
class ComparedVersion:
    """A version to compare: its name, its Parquet file, what distinguishes its rows."""

    version: str
    parquet: Path
    key: tuple[str, ...]


@dataclass(frozen=True)
class SchemaChange:
    """A change of schema: ``nature`` is ajoutee, retiree or type; types are DuckDB's."""

    colonne: str
    nature: str
    avant: str | None
    apres: str | None


@dataclass(frozen=True)
class CommonSchema:
    """What can be compared. ``types``: of each common column, the one in which both are compared.

    ``key`` is empty when neither key is in both versions: rows are then compared as a whole.
    """

    types: dict[str, str]
    key: tuple[str, ...]
    changes: tuple[SchemaChange, ...]


def compared_version(folder: Path, dataset: Dataset) -> ComparedVersion:
    """Describe a published version: its key is the one that its own ``schema.json`` tells."""
    return ComparedVersion(
        folder.name, folder / f"{dataset.nom}.parquet", _declared_key(folder) or dataset.key
    )


def common_schema(
    connection: duckdb.DuckDBPyConnection, avant: ComparedVersion, apres: ComparedVersion
) -> CommonSchema:
    """Compare the columns of two versions, in the order of the newer one."""
    old, new = columns_of(connection, avant.parquet), columns_of(connection, apres.parquet)
    types = {
        name: kind if kind == old[name] else _comparable(connection, old[name], kind)
        for name, kind in new.items()
        if name in old
    }
    key = next(
        (side.key for side in (apres, avant) if side.key and set(side.key) <= set(types)), ()
    )
    return CommonSchema(types, key, tuple(_schema_changes(old, new)))


def columns_of(connection: duckdb.DuckDBPyConnection, parquet: Path) -> dict[str, str]:
    """Columns of a Parquet file, with their DuckDB types."""
    return describe_columns(connection, published_rows(connection, parquet))


def _declared_key(folder: Path) -> tuple[str, ...]:
    try:
        content = json.loads((folder / _SCHEMA).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()  # older than its metadata
    return tuple(content.get("primaryKey") or next(iter(content.get("uniqueKeys", ())), ()))


def _schema_changes(old: dict[str, str], new: dict[str, str]) -> Iterator[SchemaChange]:
    for name in [*new, *(name for name in old if name not in new)]:
        before, after = old.get(name), new.get(name)
        if before != after:
            nature = "ajoutee" if before is None else "retiree" if after is None else "type"
            yield SchemaChange(name, nature, before, after)


def _comparable(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> str:
    """Type that holds the values of both: DECIMAL(12,2) and DECIMAL(12,3) say equal amounts."""
    both = f"select typeof(case when true then null::{old} else null::{new} end)"
    try:
        row = connection.execute(both).fetchone()
    except duckdb.Error:
        return "VARCHAR"
    return str(row[0]) if row else "VARCHAR"
