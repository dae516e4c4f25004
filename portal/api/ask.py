"""Asking the engine on behalf of the client of a request.

Belongs here: what a statement that fails says to who asked. Does not: the order of queries
(``engine``), the answers kept (``engine.cache``).
"""

import duckdb
from starlette.requests import Request

from portal.context import app_context, client
from portal.engine.engine import Lane, Sql, Table
from portal.errors import ApiError
from portal.odsql.query_errors import QUERY_ERROR

# What depends on values, which no check of the clauses can foresee.
_QUERY_ERRORS = (
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
)
_UNREADABLE = "a value cannot be read"


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
