"""Examples of what a published file holds: a value of each column.

Belongs here: reading them from the very file that the gate let through. Does not: what uses them
(``description``). The control's reports never have them: a refused candidate shows no value.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration import settings

# Values that stand for the lack of a value; what they mean is on the page of the dictionary.
PARTICULIERES = ("REGROUPE", "NR", "Non renseigné", "-1")
_PEU_PARLANTES = (*PARTICULIERES, "0", "0.0", "0.00")
# Enough rows to find one that is full, few enough to be read at once.
_ECHANTILLON = 10_000
# A text of 3,000 characters is no example.
LONGUEUR = 120


def exemples(parquet: Path) -> dict[str, str]:
    """Return a value of each column, as the CSV writes it; a long one is shortened.

    All from one row, the fullest of the first ones; what it lacks, from another. A column that has
    no value, or special ones only, has no example.
    """
    with duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{settings.memory_limit()}'")
        connection.execute(f"set threads = {settings.threads()}")
        connection.execute(
            f"create view lignes as from read_parquet('{parquet}', file_row_number = true)"
        )
        described = connection.execute(f"describe from read_parquet('{parquet}')").fetchall()
        found = _lire(connection, [str(row[0]) for row in described])
    return {
        name: value if len(value) <= LONGUEUR else f"{value[: LONGUEUR - 1]}…"
        for name, value in found.items()
        if value is not None and value not in PARTICULIERES
    }


def _lire(connection: duckdb.DuckDBPyConnection, noms: Sequence[str]) -> dict[str, str | None]:
    full = " + ".join(f"({_parlante(name)})::integer" for name in noms)
    row = _ligne(
        connection,
        (f'"{name}"::varchar' for name in noms),
        f"(from lignes where file_row_number < {_ECHANTILLON} "
        f"order by {full} desc, file_row_number limit 1)",
    )
    found = dict(zip(noms, row or [None] * len(noms), strict=True))
    lacking = [name for name, value in found.items() if value in {None, *_PEU_PARLANTES}]
    if lacking:
        others = _ligne(
            connection,
            (
                f'arg_min("{name}"::varchar, file_row_number) filter ({_parlante(name)})'
                for name in lacking
            ),
        )
        found |= {name: value for name, value in zip(lacking, others, strict=True) if value}
    return found


def _parlante(nom: str) -> str:
    """SQL condition: the cell has a value that is neither a special one nor zero."""
    values = ", ".join(f"'{value}'" for value in _PEU_PARLANTES)
    return f'coalesce("{nom}"::varchar not in ({values}), false)'


def _ligne(
    connection: duckdb.DuckDBPyConnection, selection: Iterable[str], source: str = "lignes"
) -> Sequence[Any]:
    row = connection.execute(f"select {', '.join(selection)} from {source}").fetchone()
    return row or ()
