"""A value of each column, from the very file that the gate let through.

The control's reports never have them: a refused candidate shows no value.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration.published_rows import describe_columns, published_rows
from orchestration.sql import limit

# Values that stand for the lack of a value; what they mean is on the page of the dictionary.
SPECIAL_VALUES = ("REGROUPE", "ENSEMBLE", "NR", "Non renseigné", "-1")
_UNINFORMATIVE_VALUES = (*SPECIAL_VALUES, "0", "0.0", "0.00")
# Enough rows to find one that is full, few enough to be read at once.
_SAMPLE_ROWS = 10_000
# A text of 3,000 characters is no example.
MAX_LENGTH = 120


def examples(parquet: Path) -> dict[str, str]:
    """Return a value of each column, as the CSV writes it; a long one is shortened.

    All from one row, the fullest of the first ones; what it lacks, from another. A column that has
    no value, or special ones only, has no example.
    """
    with duckdb.connect() as connection:
        limit(connection)
        names = list(describe_columns(connection, published_rows(connection, parquet)))
        rows = published_rows(connection, parquet, numbered=True)
        connection.execute(f"create view lignes as from {rows}")
        values_by_column = _read(connection, names)
    return {
        name: value if len(value) <= MAX_LENGTH else f"{value[: MAX_LENGTH - 1]}…"
        for name, value in values_by_column.items()
        if value is not None and value not in SPECIAL_VALUES
    }


def _read(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, str | None]:
    full = " + ".join(f"({_informative(name)})::integer" for name in names)
    row = _row(
        connection,
        (f'"{name}"::varchar' for name in names),
        f"(from lignes where file_row_number < {_SAMPLE_ROWS} "
        f"order by {full} desc, file_row_number limit 1)",
    )
    values_by_column = dict(zip(names, row or [None] * len(names), strict=True))
    incomplete = [
        name for name, value in values_by_column.items() if value in {None, *_UNINFORMATIVE_VALUES}
    ]
    if incomplete:
        others = _row(
            connection,
            (
                f'arg_min("{name}"::varchar, file_row_number) filter ({_informative(name)})'
                for name in incomplete
            ),
        )
        values_by_column |= {
            name: value for name, value in zip(incomplete, others, strict=True) if value
        }
    return values_by_column


def _informative(name: str) -> str:
    """SQL condition: the cell has a value that is neither a special one nor zero."""
    values = ", ".join(f"'{value}'" for value in _UNINFORMATIVE_VALUES)
    return f'coalesce("{name}"::varchar not in ({values}), false)'


def _row(
    connection: duckdb.DuckDBPyConnection, selection: Iterable[str], source: str = "lignes"
) -> Sequence[Any]:
    row = connection.execute(f"select {', '.join(selection)} from {source}").fetchone()
    return row or ()
