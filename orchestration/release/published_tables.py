"""The warehouse: the rows of every current version, as tables, and nothing that is not public.

It follows the pointers. It is built beside from the published Parquet files, then renamed: who has
it open goes on with what he opened.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration import settings
from orchestration.files import fsync, locked
from orchestration.published_rows import published_rows
from orchestration.sql import identifier, limit, literal, spill_apart
from orchestration.store.versions import HistoryError, current_version

# Beside the tables of the datasets, for who wants to know what they read.
VERSIONS = "versions"
_DRAFT = ".entrepot-"


@dataclass(frozen=True)
class ServedVersion:
    """A current version: its dataset, its name, when it was published (ISO, UTC), its rows."""

    dataset: str
    version: str
    publie_le: str
    lignes: int

    @property
    def parquet(self) -> Path:
        """The published file that the table is made from."""
        return settings.publications(self.dataset) / self.version / f"{self.dataset}.parquet"


def refresh_warehouse() -> bool:
    """Make the warehouse hold what the pointers name; tell whether it had to change.

    A dataset whose pointer or manifest cannot be read is not in it. One writer at a time: who reads
    the pointers first must not write last.
    """
    path = settings.warehouse_path()
    settings.data().mkdir(parents=True, exist_ok=True)
    with locked(settings.data()):
        for left in path.parent.glob(f"{_DRAFT}*"):
            left.unlink()
        current = _current_versions()
        if path.exists() and _served_versions(path) == current:
            return False
        log = path.with_name(f"{path.name}.wal")
        if not current:
            held = path.exists()
            path.unlink(missing_ok=True)
            log.unlink(missing_ok=True)
            return held
        draft = path.with_name(f"{_DRAFT}{os.getpid()}.duckdb")
        _build(draft, current)
        # Of a file that another program wrote into: the new one must not take it for its own.
        log.unlink(missing_ok=True)
        draft.replace(path)
        fsync(path.parent)
    return True


def _current_versions() -> list[ServedVersion]:
    folders = settings.publications()
    served = (_current(path) for path in sorted(folders.glob("*"))) if folders.is_dir() else ()
    return [version for version in served if version and version.parquet.exists()]


def _current(folder: Path) -> ServedVersion | None:
    try:
        manifest = current_version(folder)
    except HistoryError:
        return None
    if manifest is None:
        return None
    return ServedVersion(
        folder.name, manifest["version"], manifest["publie_le"], manifest["mesures"]["lignes"]
    )


def _served_versions(path: Path) -> list[ServedVersion] | None:
    """What the warehouse says that it holds; None when it does not say it."""
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(path)} as entrepot (read_only)")
            rows = connection.execute(f"from entrepot.{VERSIONS} order by jeu").fetchall()
    except duckdb.Error:
        return None
    return [ServedVersion(*row) for row in rows]


def _build(draft: Path, versions: list[ServedVersion]) -> None:
    with duckdb.connect(draft) as connection:
        limit(connection)
        spill_apart(connection)
        connection.execute(
            f"create table {VERSIONS} (jeu varchar, version varchar, publie_le varchar, "
            "lignes bigint)"
        )
        for version in versions:
            _add_table(connection, version)
            connection.execute(
                f"insert into {VERSIONS} values (?, ?, ?, ?)",
                [version.dataset, version.version, version.publie_le, version.lignes],
            )
    draft.chmod(0o644)
    fsync(draft)


def _add_table(connection: duckdb.DuckDBPyConnection, version: ServedVersion) -> None:
    """Make the table of a version, with the texts that its own file gives."""
    table, parquet = identifier(version.dataset), literal(version.parquet)
    rows = published_rows(connection, version.parquet)
    connection.execute(f"create table {table} as from {rows}")
    pairs = connection.execute(
        f"select decode(key), decode(value) from parquet_kv_metadata({parquet}) "
        "where decode(key) in ('description', 'colonnes')"
    ).fetchall()
    texts = dict(pairs)
    connection.execute(f"comment on table {table} is {literal(texts.get('description'))}")
    for column, column_texts in json.loads(texts.get("colonnes", "{}")).items():
        connection.execute(
            f"comment on column {table}.{identifier(column)} is {literal(_comment(column_texts))}"
        )


def _comment(column_texts: dict[str, Any]) -> str:
    unit = f" [{column_texts['unite']}]" if column_texts["unite"] else ""
    return f"{column_texts['titre']}{unit}. {column_texts['description']}"
