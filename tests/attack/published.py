"""What anybody may download: every version of a table, its rows, and since when each one says it.

Reading is tolerant: an absent column is empty, an empty figure is one that is not told. Amounts are
read as whole cents, mean hours as whole tenths.
"""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.attack.tables import AMOUNTS, GROUPED, REMOTE, Table

PERSONAL = ("dossiers", "financements")  # sources that speak of persons
MEASURES = ("nb_dossiers", "nb_titulaires", "duree_moyenne", "prix_moyen", *AMOUNTS)


@dataclass(frozen=True)
class Version:
    """A published version: its rows are in ``rows_table``, dossiers in the table ``truth``."""

    table: Table
    rank: int
    label: str
    parquet: Path
    day: str  # of the last delivery of dossiers, ISO
    files: frozenset[str]  # raw extracts about persons that had come

    @property
    def short(self) -> str:
        """``f0``, ``f1`` … for purchases, ``u0`` … for users: names of SQL tables end so."""
        return f"{self.table.label[0]}{self.rank}"

    @property
    def rows_table(self) -> str:
        """Name of the table of its rows."""
        return f"rows_{self.short}"


def versions(publications: Path, table: Table) -> list[Version]:
    """Every version that still has its file, oldest first."""
    found = []
    for path in sorted((publications / table.name).rglob("manifest.json")):
        parquet = path.parent / f"{table.name}.parquet"
        if parquet.exists():
            manifest = json.loads(path.read_text(encoding="utf-8"))
            found.append((manifest["publie_le"], path.parent.name, parquet, manifest["extraits"]))
    found.sort()
    return [
        Version(
            table,
            rank,
            label,
            parquet,
            max(e["date_extraction"] for e in extracts if e["source"] == "dossiers"),
            frozenset(e["fichier"] for e in extracts if e["source"] in PERSONAL),
        )
        for rank, (_published, label, parquet, extracts) in enumerate(found)
    ]


def current(publications: Path, name: str) -> Path | None:
    """The Parquet file of a dataset's current version."""
    pointer = publications / name / "current.json"
    if not pointer.exists():
        return None
    version = json.loads(pointer.read_text(encoding="utf-8"))["version"]
    return next((publications / name).rglob(f"{version}/{name}.parquet"), None)


def load_rows(connection: duckdb.DuckDBPyConnection, version: Version) -> None:
    """Create ``rows_…``: ``row``, ``key``, dimensions, ``edition``, ``level`` and the measures.

    A dimension is ``REGROUPE`` when the row does not break down by it; a place is never empty. The
    key is what a reader pairs rows of two versions by, whatever their level and their edition.
    """
    source = f"'{version.parquet}'"
    described = connection.execute(f"describe select * from {source}").fetchall()
    columns = {name: kind for name, kind, *_ in described}

    def dimension(name: str) -> str:
        if name not in columns:
            return f"'{GROUPED}' as {name}"
        empty = REMOTE if "lieu" in name else GROUPED
        return f"coalesce(nullif({name}::varchar, ''), '{empty}') as {name}"

    def measure(name: str) -> str:
        if name not in columns:
            return f"null::bigint as {name}"
        unit = 100 if name in AMOUNTS or name == "prix_moyen" else 10 if "duree" in name else 1
        return f"round({name}::decimal(20, 4) * {unit})::bigint as {name}"

    edition = "edition::varchar" if "edition" in columns else f"'{GROUPED}'"
    level = "niveau_diffusion::integer" if "niveau_diffusion" in columns else "0"
    dimensions = version.table.dimensions
    connection.execute(
        f"""
        create table {version.rows_table} as
        select
            (row_number() over ())::integer as row,
            concat_ws('|', {", ".join(dimensions)}) as key,
            *
        from (
            select
                coalesce({edition}, '{GROUPED}') as edition,
                {level} as level,
                {", ".join(map(dimension, dimensions))},
                {", ".join(map(measure, MEASURES))}
            from {source}
        )
        """
    )


def date_rows(connection: duckdb.DuckDBPyConnection, history: list[Version]) -> None:
    """Add ``since`` to the rows of each version: rank of the first that says the same of it.

    What a row tells is the truth of that version's day, however long it is told again.
    """
    same = " and ".join(
        f"new.{name} is not distinct from old.{name}"
        for name in ("key", "edition", "level", *MEASURES)
    )
    previous = None
    for version in history:
        name = version.rows_table
        since = (
            f"select new.*, coalesce(old.since, {version.rank}) as since"
            f" from {name} as new left join {previous} as old on {same}"
            if previous
            else f"select *, {version.rank} as since from {name}"
        )
        connection.execute(f"create or replace table {name} as {since}")
        previous = name


def present(connection: duckdb.DuckDBPyConnection, version: Version) -> set[str]:
    """Dimensions that at least one row of the version keeps, ``edition`` and ``level``."""
    kept = ", ".join(
        f"bool_or({name} <> '{GROUPED}') as {name}"
        for name in (*version.table.dimensions, "edition")
    )
    found = connection.execute(f"select {kept} from {version.rows_table}")
    flags = dict(zip((column[0] for column in found.description), found.fetchone(), strict=True))
    return {"level", *(name for name, flag in flags.items() if flag)}


def months_later(day: str, months: int) -> str:
    """First day of the month that many months after that of ``day`` (ISO)."""
    date = dt.date.fromisoformat(day)
    rank = date.year * 12 + date.month - 1 + months
    return dt.date(rank // 12, rank % 12 + 1, 1).isoformat()
