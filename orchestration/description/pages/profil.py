"""What each column of a published file holds: empty cells, special values.

Belongs here: reading the published Parquet. Does not: what a column means (the declaration), nor
examples (the card has them).
"""

from dataclasses import dataclass

import duckdb

from orchestration import settings
from orchestration.description.fiche import Fiche
from orchestration.publication.exemples import PARTICULIERES


@dataclass(frozen=True)
class Profil:
    """``vides`` is the share (0 to 1) of empty cells."""

    vides: float
    particulieres: tuple[str, ...]


def profils(fiche: Fiche) -> dict[str, Profil]:
    """Profile every column of a version, by name."""
    path = settings.publications(fiche.jeu.nom) / fiche.version / f"{fiche.jeu.nom}.parquet"
    types = dict(fiche.mesures.colonnes)
    coded = [name for name, kind in types.items() if kind in {"VARCHAR", "INTEGER"}]
    selection = [
        *(f'coalesce(avg(("{name}" is null)::integer), 0)' for name in types),
        *(
            f"coalesce(bool_or(\"{name}\"::varchar = '{value}'), false)"
            for name in coded
            for value in PARTICULIERES
        ),
    ]
    with duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{settings.memory_limit()}'")
        connection.execute(f"set threads = {settings.threads()}")
        row = connection.execute(
            f"select {', '.join(selection)} from read_parquet('{path}')"
        ).fetchall()[0]
    flags = iter(row[len(types) :])
    held = {name: tuple(value for value in PARTICULIERES if next(flags)) for name in coded}
    return {
        name: Profil(float(share), held.get(name, ()))
        for name, share in zip(types, row[: len(types)], strict=True)
    }
