"""Asking the engine on behalf of a client.

Belongs here: what a statement that fails says to who asked. Does not: the order of queries
(``engine``), the answers kept (``engine.cache``).
"""

import duckdb
from starlette.requests import Request

from portal.context import AppContext, app_context, client
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
    """Return the rows of a statement that a request asks. Raises ``ApiError``."""
    return await ask(app_context(request), client(request), query, lane)


async def ask(shared: AppContext, asker: str, query: Sql, lane: Lane = Lane.QUICK) -> Table:
    """Return the rows of a statement; ``asker``s get slots in turn. Raises ``ApiError``."""
    try:
        known = shared.cache.read(query)
    except TypeError:  # a list among the parameters
        return await _execute(shared, asker, query, lane)
    if known is None:
        known = await _execute(shared, asker, query, lane)
        shared.cache.store(query, known)
    return known


async def _execute(shared: AppContext, asker: str, query: Sql, lane: Lane) -> Table:
    try:
        return await shared.engine.read(query, client=asker, lane=lane)
    except UnicodeDecodeError:
        # DuckDB quotes what it cannot read, and may cut it in the middle of a character.
        raise ApiError(400, QUERY_ERROR, f"ODSQL query is malformed: {_UNREADABLE}") from None
    except _QUERY_ERRORS as error:
        raise ApiError(400, QUERY_ERROR, f"ODSQL query is malformed: {_message(error)}") from None


def _message(error: duckdb.Error) -> str:
    """Return what DuckDB says, without the statement, which the client did not write."""
    first = str(error).partition("\n\nLINE ")[0].partition("\n")[0]
    return first.partition(": ")[2] or first
