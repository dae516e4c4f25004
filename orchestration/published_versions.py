"""The current versions of datasets as others are made from them, in the database of the models.

Only what anybody can download: no gate has to judge again what is drawn from it. See
docs/decisions/0021-jeux-tires-des-publications.md.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration import settings, warehouse
from orchestration.datasets import Dataset, read_datasets
from orchestration.published_rows import published_rows
from orchestration.sql import identifier, literal
from orchestration.store.versions import (
    HistoryError,
    current_version,
    read_manifest,
    read_pointer,
    read_withdrawal,
    versions,
)

SCHEMA = "publies"
# Each kept version of a stock, the last of each month; of flows, the current one says all.
STOCK = "moncompteformation_catalogueformation"
KEPT = "versions_du_catalogue"
READ = "versions_lues"


@dataclass(frozen=True)
class PublishedVersion:
    """A version that may be read: its rows' file, and what its manifest says of it.

    ``dernier_jour`` (ISO): the last day that its rows are about. ``sha256``: of the file.
    """

    dataset: str
    version: str
    publie_le: str
    dernier_jour: str
    lignes: int
    sha256: str
    origine: str | None
    parquet: Path


def readable_version(dataset: str) -> PublishedVersion | None:
    """Return the current version of ``dataset``; None where it has none that can be trusted.

    Totals that rest, their rows being those of their publisher, are not those of these rows: none.
    """
    try:
        manifest = current_version(settings.publications(dataset))
    except HistoryError:
        return None
    found = _version(dataset, manifest) if manifest else None
    rows = read_datasets()[dataset].totals_of
    if found is None or rows is None:
        return found
    fellow = readable_version(rows)
    if fellow is None or fellow.origine:
        return None
    # Of a year that has begun there may be a total: it does not say how far.
    return replace(found, dernier_jour=fellow.dernier_jour)


def expose() -> None:
    """Show in the models' database what they may read: a relation by dataset, empty without one."""
    declared = read_datasets()
    needed = sorted({name for x in declared.values() if x.derived for name in x.all_sources})
    with warehouse.vault() as connection:
        connection.execute("begin")
        connection.execute(f"create schema if not exists coffre.{SCHEMA}")
        read = []
        for name in needed:
            current = readable_version(name)
            read += [current] if current else []
            files = [current.parquet] if current else []
            _show(connection, name, declared[name], files)
        _show_stock(connection, declared[STOCK])
        _show_versions(connection, read)
        connection.execute("commit")


def _show(
    connection: duckdb.DuckDBPyConnection, name: str, dataset: Dataset, files: list[Path]
) -> None:
    rows = published_rows(connection, *files) if files else _none(dataset)
    connection.execute(f"create or replace view coffre.{SCHEMA}.{name} as from {rows}")


def _show_stock(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """Show the kept versions of the offer, one under the other, with the name of each."""
    none = f"(select null::varchar as version, * from {_none(dataset)})"
    kept = (
        f"(select {literal(one.version)} as version, * from "
        f"{published_rows(connection, one.parquet)})"
        for one in _last_of_each_month(dataset.nom)
    )
    # By name: an older version may lack a column of today.
    rows = " union all by name ".join([none, *kept])
    connection.execute(f"create or replace view coffre.{SCHEMA}.{KEPT} as from ({rows})")


def _last_of_each_month(name: str) -> Iterator[PublishedVersion]:
    """Yield the last public version of each month of content, the oldest month first."""
    last: dict[str, PublishedVersion] = {}
    for version in _public_versions(name):
        last[version.dernier_jour[:7]] = version
    yield from (last[month] for month in sorted(last))


def _public_versions(name: str) -> Iterator[PublishedVersion]:
    """Yield the versions up to the pointer that nobody has withdrawn, the oldest first."""
    folder = settings.publications(name)
    try:
        pointer = read_pointer(folder)
        for version in versions(folder) if pointer else ():
            found = None
            if not read_withdrawal(folder / str(version)):
                found = _version(name, read_manifest(folder, str(version)))
            if found:
                yield found
            if pointer and str(version) == pointer.version:
                return
    except HistoryError:
        return


def _version(name: str, manifest: dict[str, object]) -> PublishedVersion | None:
    version, measures = str(manifest["version"]), manifest["mesures"]
    parquet = settings.publications(name) / version / f"{name}.parquet"
    if not parquet.exists() or not isinstance(measures, dict):
        return None
    files = {file["nom"]: file for file in manifest["fichiers"]}  # type: ignore[attr-defined]
    last_day = min(measures["dernier_jour"] or str(dt.date.max), str(manifest["publie_le"])[:10])
    origin = manifest.get("origine")
    return PublishedVersion(
        dataset=name,
        version=version,
        publie_le=str(manifest["publie_le"]),
        dernier_jour=last_day,
        lignes=int(measures["lignes"]),
        sha256=files[parquet.name]["sha256"],
        origine=str(origin) if origin else None,
        parquet=parquet,
    )


def _show_versions(connection: duckdb.DuckDBPyConnection, read: list[PublishedVersion]) -> None:
    connection.execute(
        f"create or replace table coffre.{SCHEMA}.{READ} "
        "(jeu varchar, version varchar, publie_le varchar, dernier_jour date, origine varchar)"
    )
    for one in read:
        connection.execute(
            f"insert into coffre.{SCHEMA}.{READ} values (?, ?, ?, ?, ?)",
            [one.dataset, one.version, one.publie_le, one.dernier_jour, one.origine],
        )


def _none(dataset: Dataset) -> str:
    columns = ", ".join(f"null::{x.type} as {identifier(x.nom)}" for x in dataset.colonnes)
    return f"(select {columns} where false)"
