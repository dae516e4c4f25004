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
_ILLISIBLE = "a value cannot be read"
# In bytes, about: of one answer, and of all.
_UNE, _TOUTES = 65_536, 33_554_432


class Memoire:
    """The short answers given last, by statement: a statement names the version that it reads."""

    def __init__(self) -> None:
        self._tables: OrderedDict[Sql, tuple[Table, int]] = OrderedDict()
        self._octets = 0

    def lire(self, requete: Sql) -> Table | None:
        """Return the answer of a statement, if it is kept."""
        found = self._tables.get(requete)
        if found is None:
            return None
        self._tables.move_to_end(requete)
        return found[0]

    def garder(self, requete: Sql, table: Table) -> None:
        """Keep a short answer; those used least recently leave."""
        size = _octets(requete, table)
        if size > _UNE or requete in self._tables:
            return
        self._tables[requete] = (table, size)
        self._octets += size
        while self._octets > _TOUTES:
            _, (_, gone) = self._tables.popitem(last=False)
            self._octets -= gone


def _octets(requete: Sql, table: Table) -> int:
    """Return about how many bytes an answer takes: Python's own are 50 by value."""
    values = [value for row in table.lignes for value in row]
    texts = sum(len(value) for value in values if isinstance(value, str))
    return 50 * (len(values) + 20) + texts + len(requete.texte)


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
    except UnicodeDecodeError:
        # DuckDB quotes what it cannot read, and may cut it in the middle of a character.
        raise ApiError(400, REQUETE, f"ODSQL query is malformed: {_ILLISIBLE}") from None
    except _DE_LA_DEMANDE as error:
        raise ApiError(400, REQUETE, f"ODSQL query is malformed: {_dit(error)}") from None


def _dit(error: duckdb.Error) -> str:
    """Return what DuckDB says, without the statement, which the client did not write."""
    first = str(error).partition("\n\nLINE ")[0].partition("\n")[0]
    return first.partition(": ")[2] or first
