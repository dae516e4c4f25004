"""Asking the engine on behalf of the client of a request.

Belongs here: what a statement that fails says to who asked. Does not: the order of queries
(``moteur``).
"""

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


async def interroger(request: Request, requete: Sql, voie: Voie = Voie.RAPIDE) -> Table:
    """Return the rows of a statement. Raises ``ApiError``."""
    try:
        return await portail(request).moteur.lire(requete, client=client(request), voie=voie)
    except _DE_LA_DEMANDE as error:
        raise ApiError(400, REQUETE, f"ODSQL query is malformed: {_dit(error)}") from None


def _dit(error: duckdb.Error) -> str:
    """Return what DuckDB says, without the statement, which the client did not write."""
    first = str(error).partition("\n\nLINE ")[0].partition("\n")[0]
    return first.partition(": ")[2] or first
