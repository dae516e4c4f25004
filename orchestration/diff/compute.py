"""The difference of two versions, computed by DuckDB from their Parquet files alone.

Each file is read once for two 64-bit hashes per row, of its key and of its content: 2 M rows are
matched in memory whatever the width of their texts, and only what changed is read again. A key that
several rows of a version bear distinguishes nothing: those rows are compared as a multiset.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

import duckdb

from orchestration.diff.common_schema import (
    CommonSchema,
    ComparedVersion,
    columns_of,
    common_schema,
)
from orchestration.published_rows import published_rows
from orchestration.sql import identifier, limit, literal

ADDED, REMOVED, REVISED = "ajoutee", "retiree", "revisee"
Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class UniformChange:
    """A column that had one value on every row, and has another on every row (a load date)."""

    colonne: str
    avant: str
    apres: str


@dataclass(frozen=True)
class Diff:
    """The difference, in the table ``changements`` of ``connection`` while its block lasts.

    A change is a cell of a revised row, or a row added or removed: nature, key, ``colonne``,
    ``avant``, ``apres``. A row that its key does not tell from others is given whole, as JSON.
    """

    connection: Connection
    avant: ComparedVersion
    apres: ComparedVersion
    common_schema: CommonSchema
    uniform_changes: tuple[UniformChange, ...]

    @property
    def ordered(self) -> str:
        """Query of the changes, always in the same order."""
        return f"from changements order by {', '.join(str(n) for n in range(1, self._width + 1))}"

    @property
    def _width(self) -> int:
        return len(self.common_schema.key) + 4


@contextmanager
def compare(avant: ComparedVersion, apres: ComparedVersion) -> Iterator[Diff]:
    """Compute the difference. Raises ``duckdb.Error`` when a file is no Parquet."""
    with TemporaryDirectory(prefix="cpf-ecarts-") as spill, duckdb.connect() as connection:
        limit(connection)
        connection.execute(f"set temp_directory = {literal(spill)}")
        shared = common_schema(connection, avant, apres)
        uniform = tuple(_uniform_changes(connection, shared, avant, apres))
        compared = [
            name for name in shared.types if name not in {change.colonne for change in uniform}
        ]
        for table, side in (("avant", avant), ("apres", apres)):
            _hash_rows(connection, table, side, shared, compared)
        connection.execute(_MATCHING_SQL)
        diff = Diff(connection, avant, apres, shared, uniform)
        _fill_changes(diff, compared)
        yield diff


# Row numbers of what changed. ``multiple``: the key does not tell the row from others.
_MATCHING_SQL = f"""
create temp table multiples as
    select distinct k from (
        select k from avant group by k having count(*) > 1
        union all
        select k from apres group by k having count(*) > 1
    );
create temp table lignes as
    with
    avant_seules as (from avant anti join multiples using (k)),
    apres_seules as (from apres anti join multiples using (k)),
    avant_rangs as (
        select *, row_number() over (partition by k, h order by ligne) as rang
        from avant semi join multiples using (k)
    ),
    apres_rangs as (
        select *, row_number() over (partition by k, h order by ligne) as rang
        from apres semi join multiples using (k)
    ),
    appariees as (
        select a.ligne as avant, b.ligne as apres, false as multiple
        from avant_seules as a full join apres_seules as b using (k)
        where a.h is distinct from b.h
        union all
        select a.ligne, b.ligne, true
        from avant_rangs as a full join apres_rangs as b using (k, h, rang)
        where a.ligne is null or b.ligne is null
    )
    select
        case when avant is null then '{ADDED}' when apres is null then '{REMOVED}'
        else '{REVISED}' end as nature,
        *
    from appariees
"""  # fmt: skip


def _hash_rows(
    connection: Connection,
    table: str,
    side: ComparedVersion,
    common_schema: CommonSchema,
    compared_columns: list[str],
) -> None:
    """Number the rows of a version, and hash the key and the compared columns of each."""

    def hashed(names: list[str]) -> str:
        values = (f"{identifier(name)}::{common_schema.types[name]}" for name in names)
        return f"hash({', '.join(values) or '0'})"

    key = hashed(list(common_schema.key) or compared_columns)
    connection.execute(
        f"create temp table {table} as select file_row_number as ligne, {key} as k, "
        f"{hashed(compared_columns)} as h from {_parquet_sql(connection, side)}"
    )


def _fill_changes(diff: Diff, compared_columns: list[str]) -> None:
    """Fill ``changements``, one column of the revised rows at a time: no row is held whole."""
    connection, common_schema = diff.connection, diff.common_schema
    key = "".join(f"{identifier(name)}, " for name in common_schema.key)
    types = "".join(
        f"{identifier(name)} {common_schema.types[name]}, " for name in common_schema.key
    )
    connection.execute(
        f"create temp table changements (nature varchar, {types}"
        "colonne varchar, avant varchar, apres varchar)"
    )
    for nature, table, side in ((ADDED, "apres", diff.apres), (REMOVED, "avant", diff.avant)):
        _insert_whole_rows(diff, nature, table, side, key)
    revised = connection.execute(
        "select count(*) from lignes where nature = ?", [REVISED]
    ).fetchone()
    keys = "".join(f"b.{identifier(name)}, " for name in common_schema.key)
    for name in compared_columns if revised and revised[0] else ():
        cell, kind = identifier(name), common_schema.types[name]
        connection.execute(
            f"insert into changements select '{REVISED}', {keys}{literal(name)}, "
            f"a.{cell}::varchar, b.{cell}::varchar "
            f"from (from lignes where nature = '{REVISED}') as l "
            f"join {_parquet_sql(connection, diff.avant)} as a on a.file_row_number = l.avant "
            f"join {_parquet_sql(connection, diff.apres)} as b on b.file_row_number = l.apres "
            f"where a.{cell}::{kind} is distinct from b.{cell}::{kind}"
        )


def _insert_whole_rows(
    diff: Diff, nature: str, table: str, side: ComparedVersion, key: str
) -> None:
    """Insert the rows added or removed: by their key, or whole when it tells nothing."""
    whole = ", ".join(
        f"{literal(name)}: {identifier(name)}::varchar"
        for name in columns_of(diff.connection, side.parquet)
    )
    rows = _parquet_sql(diff.connection, side)
    for multiple in (False, True):
        row_json = (
            f"to_json({{{whole}}})::varchar" if multiple or not diff.common_schema.key else "null"
        )
        values = f"null, {row_json}" if nature == ADDED else f"{row_json}, null"
        diff.connection.execute(
            f"insert into changements select '{nature}', {key}null, {values} "
            f"from {rows} semi join (from lignes where nature = '{nature}' "
            f"and multiple = {multiple}) as l on file_row_number = l.{table}"
        )


def _uniform_changes(
    connection: Connection,
    common_schema: CommonSchema,
    avant: ComparedVersion,
    apres: ComparedVersion,
) -> Iterator[UniformChange]:
    constants = [_constants(connection, side) for side in (avant, apres)]
    for name in common_schema.types:
        old, new = (values.get(name) for values in constants)
        # The key distinguishes rows, whatever it is worth on all of them.
        if name in common_schema.key or old is None or new is None or old == new:
            continue
        exact = [_constant(connection, name, side) for side in (avant, apres)]
        if exact[0] is not None and exact[1] is not None and exact[0] != exact[1]:
            yield UniformChange(name, exact[0], exact[1])


def _constants(connection: Connection, side: ComparedVersion) -> dict[str, str]:
    """Columns that may have one value only, by the statistics of the file: no row is read."""
    rows = connection.execute(
        "select path_in_schema, min(stats_min_value) from "
        f"parquet_metadata({literal(side.parquet)}) group by path_in_schema "
        "having min(stats_min_value) = max(stats_max_value) and sum(stats_null_count) = 0"
    ).fetchall()
    return {str(name): str(value) for name, value in rows}


def _constant(connection: Connection, name: str, side: ComparedVersion) -> str | None:
    """Return the one value of a column; None when it has several, or has one row to have it on."""
    cell = identifier(name)
    row = connection.execute(
        f"select min({cell})::varchar from {_parquet_sql(connection, side)} "
        f"having count(*) > 1 and min({cell}) = max({cell}) and count({cell}) = count(*)"
    ).fetchone()
    return str(row[0]) if row else None


def _parquet_sql(connection: Connection, side: ComparedVersion) -> str:
    return published_rows(connection, side.parquet, numbered=True)
