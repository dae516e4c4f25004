"""The engine: the one DuckDB instance of the process, its images, and who runs when.

Belongs here: running SQL within limits of time and in a fair order. Does not: any SQL.
"""

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import Any

import duckdb


class Voie(Enum):
    """How a query is expected to weigh; one that lasts leaves the quick lane by itself."""

    RAPIDE = "rapide"
    LENTE = "lente"


@dataclass(frozen=True)
class Sql:
    """A statement and its positional parameters (``?``)."""

    texte: str
    parametres: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows of an answer, with the names of their columns."""

    colonnes: tuple[str, ...]
    lignes: list[tuple[Any, ...]]


class Moteur:
    """Runs statements, each on its own cursor, outside of the event loop."""

    def __init__(self) -> None:
        self.connexion = duckdb.connect()

    async def lire(self, requete: Sql, *, client: str = "", voie: Voie = Voie.RAPIDE) -> Table:
        """Return the rows of a statement."""
        return await asyncio.to_thread(self._lire, requete)

    def _lire(self, requete: Sql) -> Table:
        cursor = self.connexion.cursor()
        found = cursor.execute(requete.texte, requete.parametres)
        names = tuple(column[0] for column in found.description or ())
        return Table(names, found.fetchall())
