"""What each column of a published file holds: an example, empty cells, special values.

Belongs here: reading the published Parquet. Does not: what a column means (the declaration). Every
value comes from a public file, never from the warehouse.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration import settings
from orchestration.description.fiche import Fiche

# Values that stand for the lack of a value; what they mean is on the page of the dictionary.
PARTICULIERES = ("REGROUPE", "NR", "Non renseigné", "-1")
_PEU_PARLANTES = (*PARTICULIERES, "0", "0.0", "0.00")
# Enough rows to find one that is full, few enough to be read at once.
_ECHANTILLON = 10_000


@dataclass(frozen=True)
class Profil:
    """``exemple`` is written as in the CSV; ``vides`` is the share (0 to 1) of empty cells."""

    exemple: str | None
    vides: float
    particulieres: tuple[str, ...]


def profils(fiche: Fiche) -> dict[str, Profil]:
    """Profile every column of a version, by name."""
    path = settings.publications(fiche.jeu.nom) / fiche.version / f"{fiche.jeu.nom}.parquet"
    types = dict(fiche.mesures.colonnes)
    with duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{settings.memory_limit()}'")
        connection.execute(f"set threads = {settings.threads()}")
        connection.execute(
            f"create view lignes as from read_parquet('{path}', file_row_number = true)"
        )
        examples = _exemples(connection, types)
        shares, specials = _mesures(connection, types)
    return {name: Profil(examples[name], shares[name], specials[name]) for name in types}


def _exemples(
    connection: duckdb.DuckDBPyConnection, types: dict[str, str]
) -> dict[str, str | None]:
    """Take all examples from one row, the fullest of the first ones; what it lacks, elsewhere."""
    full = " + ".join(f"({_parlante(name)})::integer" for name in types)
    row = _ligne(
        connection,
        (f'"{name}"::varchar' for name in types),
        f"(from lignes where file_row_number < {_ECHANTILLON} "
        f"order by {full} desc, file_row_number limit 1)",
    )
    found = dict(zip(types, row or [None] * len(types), strict=True))
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
    return {name: None if value in PARTICULIERES else value for name, value in found.items()}


def _mesures(
    connection: duckdb.DuckDBPyConnection, types: dict[str, str]
) -> tuple[dict[str, float], dict[str, tuple[str, ...]]]:
    coded = [name for name, kind in types.items() if kind in {"VARCHAR", "INTEGER"}]
    row = _ligne(
        connection,
        [
            *(f'coalesce(avg(("{name}" is null)::integer), 0)' for name in types),
            *(
                f"coalesce(bool_or(\"{name}\"::varchar = '{value}'), false)"
                for name in coded
                for value in PARTICULIERES
            ),
        ],
    )
    shares = dict(zip(types, (float(share) for share in row[: len(types)]), strict=True))
    flags = iter(row[len(types) :])
    held = {name: tuple(value for value in PARTICULIERES if next(flags)) for name in coded}
    return shares, {name: held.get(name, ()) for name in types}


def _parlante(nom: str) -> str:
    """SQL condition: the cell has a value that is neither a special one nor zero."""
    values = ", ".join(f"'{value}'" for value in _PEU_PARLANTES)
    return f'coalesce("{nom}"::varchar not in ({values}), false)'


def _ligne(
    connection: duckdb.DuckDBPyConnection, selection: Iterable[str], source: str = "lignes"
) -> Sequence[Any]:
    row = connection.execute(f"select {', '.join(selection)} from {source}").fetchone()
    return row or ()
