"""Asking the engine on behalf of the client of a request.

Belongs here: what a statement that fails says to who asked, and the answers kept for whoever asks
the same. Does not: the order of queries (``moteur``).
"""

from collections import OrderedDict

import duckdb
from starlette.requests import Request

from portal.application import portail
from portal.erreurs import ApiError
from portal.moteur import Sql, Table, Voie
from portal.odsql.erreurs import REQUETE
from portal.serveur.demande import client

# What depends on values, which no check of the clauses can foresee.
_DE_LA_DEMANDE = (
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
)


# Versions never change, hence answers neither: totals, facets and first pages are asked for often.
_GARDEES, _LIGNES = 2048, 100


class Memoire:
    """The short answers given last, by statement: a statement names the version that it reads."""

    def __init__(self) -> None:
        self._tables: OrderedDict[Sql, Table] = OrderedDict()

    def lire(self, requete: Sql) -> Table | None:
        """Return the answer of a statement, if it is kept."""
        found = self._tables.get(requete)
        if found is not None:
            self._tables.move_to_end(requete)
        return found

    def garder(self, requete: Sql, table: Table) -> None:
        """Keep a short answer; the one used least recently leaves."""
        if len(table.lignes) > _LIGNES:
            return
        self._tables[requete] = table
        if len(self._tables) > _GARDEES:
            self._tables.popitem(last=False)


async def interroger(request: Request, requete: Sql, voie: Voie = Voie.RAPIDE) -> Table:
    """Return the rows of a statement. Raises ``ApiError``."""
    memory = portail(request).memoire
    try:
        known = memory.lire(requete)
    except TypeError:  # a list among the parameters
        return await _demander(request, requete, voie)
    if known is None:
        known = await _demander(request, requete, voie)
        memory.garder(requete, known)
    return known


async def _demander(request: Request, requete: Sql, voie: Voie) -> Table:
    try:
        return await portail(request).moteur.lire(requete, client=client(request), voie=voie)
    except _DE_LA_DEMANDE as error:
        raise ApiError(400, REQUETE, f"ODSQL query is malformed: {_dit(error)}") from None


def _dit(error: duckdb.Error) -> str:
    """Return what DuckDB says, without the statement, which the client did not write."""
    first = str(error).partition("\n\nLINE ")[0].partition("\n")[0]
    return first.partition(": ")[2] or first
