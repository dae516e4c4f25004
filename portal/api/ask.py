"""Asking the engine on behalf of the client of a request.

Belongs here: what a statement that fails says to who asked, and the answers kept for whoever asks
the same. Does not: the order of queries (``moteur``).
"""

from collections import OrderedDict

import duckdb
from starlette.requests import Request

from portal.application import app_context
from portal.engine.engine import Lane, Sql, Table
from portal.errors import ApiError
from portal.http.request import client
from portal.odsql.query_errors import QUERY_ERROR

# What depends on values, which no check of the clauses can foresee.
_QUERY_ERRORS = (
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
)


# Versions never change, hence answers neither: totals, facets and first pages are asked for often.
_UNREADABLE = "a value cannot be read"
# In bytes, about: of one answer, and of all.
_MAX_ANSWER_BYTES, _MAX_CACHE_BYTES = 65_536, 33_554_432


class AnswerCache:
    """The short answers given last, by statement: a statement names the version that it reads."""

    def __init__(self) -> None:
        self._tables: OrderedDict[Sql, tuple[Table, int]] = OrderedDict()
        self._size = 0

    def read(self, query: Sql) -> Table | None:
        """Return the answer of a statement, if it is kept."""
        table = self._tables.get(query)
        if table is None:
            return None
        self._tables.move_to_end(query)
        return table[0]

    def store(self, query: Sql, table: Table) -> None:
        """Keep a short answer; those used least recently leave."""
        size = _size(query, table)
        if size > _MAX_ANSWER_BYTES or query in self._tables:
            return
        self._tables[query] = (table, size)
        self._size += size
        while self._size > _MAX_CACHE_BYTES:
            _, (_, evicted_size) = self._tables.popitem(last=False)
            self._size -= evicted_size


def _size(query: Sql, table: Table) -> int:
    """Return about how many bytes an answer takes: Python's own are 50 by value."""
    values = [value for row in table.lignes for value in row]
    texts = sum(len(value) for value in values if isinstance(value, str))
    return 50 * (len(values) + 20) + texts + len(query.text)


async def run_query(request: Request, query: Sql, lane: Lane = Lane.QUICK) -> Table:
    """Return the rows of a statement. Raises ``ApiError``."""
    cache = app_context(request).cache
    try:
        known = cache.read(query)
    except TypeError:  # a list among the parameters
        return await _execute(request, query, lane)
    if known is None:
        known = await _execute(request, query, lane)
        cache.store(query, known)
    return known


async def _execute(request: Request, query: Sql, lane: Lane) -> Table:
    try:
        return await app_context(request).engine.read(query, client=client(request), lane=lane)
    except UnicodeDecodeError:
        # DuckDB quotes what it cannot read, and may cut it in the middle of a character.
        raise ApiError(400, QUERY_ERROR, f"ODSQL query is malformed: {_UNREADABLE}") from None
    except _QUERY_ERRORS as error:
        raise ApiError(400, QUERY_ERROR, f"ODSQL query is malformed: {_message(error)}") from None


def _message(error: duckdb.Error) -> str:
    """Return what DuckDB says, without the statement, which the client did not write."""
    first = str(error).partition("\n\nLINE ")[0].partition("\n")[0]
    return first.partition(": ")[2] or first
