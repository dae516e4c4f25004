"""Examples of what a published file holds: a value of each column.

Belongs here: reading them from the very file that the gate let through. Does not: what uses them
(``description``). The control's reports never have them: a refused candidate shows no value.
"""

from pathlib import Path

import duckdb

from orchestration import settings

# A text of 3,000 characters is no example.
LONGUEUR = 120


def exemples(parquet: Path) -> dict[str, str]:
    """Return the first value of each column in the file's order, as the CSV writes it.

    A long one is shortened; a column that is always empty has none.
    """
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {settings.threads()}")
        rows = f"read_parquet('{parquet}', file_row_number = true)"
        described = connection.execute(f"describe from read_parquet('{parquet}')").fetchall()
        names = [str(row[0]) for row in described]
        first = ", ".join(f'arg_min("{name}", file_row_number)::varchar' for name in names)
        values = connection.execute(f"select {first} from {rows}").fetchone() or ()
    return {
        name: value if len(value) <= LONGUEUR else f"{value[: LONGUEUR - 1]}…"
        for name, value in zip(names, values, strict=True)
        if value is not None
    }
