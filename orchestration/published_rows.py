"""The rows of a Parquet file as they are published: amounts are doubles in it, decimals when read.

Every tool reads a double as a number; the file also says which decimal each was, so that whoever
adds up here adds exact cents. See docs/decisions/0007-formats-de-donnees.md.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from orchestration.sql import identifier, literal

# Key of the file's own metadata: the decimal type of each column that is held as a double.
DECIMALS = "decimaux"
_DECIMAL = re.compile(r"DECIMAL\(\d{1,2},\d{1,2}\)")


def describe_columns(connection: duckdb.DuckDBPyConnection, rows: str) -> dict[str, str]:
    """Return the DuckDB type of each column of a relation (SQL)."""
    described = connection.execute(f"describe from {rows}").fetchall()
    return {str(row[0]): str(row[1]) for row in described}


def decimal_columns(types: Mapping[str, str]) -> dict[str, str]:
    """Return those of the columns that are decimals."""
    return {name: kind for name, kind in types.items() if _DECIMAL.fullmatch(kind)}


def convert(rows: str, types: Mapping[str, str]) -> str:
    """Return the relation with these columns in these types."""
    if not types:
        return rows
    columns = ", ".join(
        f"{identifier(name)}::{kind} as {identifier(name)}" for name, kind in types.items()
    )
    return f"(select * replace ({columns}) from {rows})"


def published_rows(
    connection: duckdb.DuckDBPyConnection, *files: Path, numbered: bool = False
) -> str:
    """Return the relation of these files (of one form), each amount as the decimal that it was.

    ``numbered``: with DuckDB's ``file_row_number``. A file that says nothing of its decimals (an
    older one, or that of somebody else) is read as it is. Raises ``duckdb.Error``.
    """
    listed = ", ".join(literal(file) for file in files)
    number = ", file_row_number = true" if numbered else ""
    rows = f"read_parquet([{listed}], hive_partitioning = false{number})"
    types = describe_columns(connection, rows)
    declared = dict(_declared(connection, files[0]))
    return convert(rows, {name: declared[name] for name in declared if types.get(name) == "DOUBLE"})


def _declared(connection: duckdb.DuckDBPyConnection, file: Path) -> Iterator[tuple[str, str]]:
    """Yield what a file says of its decimals; what is not ours is not trusted."""
    found = connection.execute(
        f"select value from parquet_kv_metadata({literal(file)}) where key = '{DECIMALS}'::blob"
    ).fetchone()
    try:
        content = json.loads(found[0]) if found else {}
    except ValueError:
        return
    for name, kind in content.items() if isinstance(content, dict) else ():
        if isinstance(kind, str) and _DECIMAL.fullmatch(kind):
            yield name, kind
