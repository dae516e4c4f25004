"""The errors of a query, in the words of the Explore API."""

import difflib
from collections.abc import Iterable

from portal.errors import ApiError

SYNTAX_ERROR, QUERY_ERROR, TYPE_ERROR = (
    "ODSQLSyntaxError",
    "ODSQLError",
    "IncompatibleTypesInComparisonFilter",
)


def syntax_error(unexpected: str, position: int, text: str, clause: str) -> ApiError:
    """The clause cannot be read."""
    return ApiError(
        400,
        SYNTAX_ERROR,
        f"ODSQL syntax exception: unexpected {unexpected} at position {position} in {text}."
        f" Clause(s) containing the error(s): {clause}.",
    )


def malformed(reason: str, clause: str, code: str = QUERY_ERROR) -> ApiError:
    """The clause can be read but does not mean anything."""
    return ApiError(
        400,
        code,
        f"ODSQL query is malformed: {reason.rstrip('.')}."
        f" Clause(s) containing the error(s): {clause}.",
    )


def unknown_field(name: str, position: int, known: Iterable[str], clause: str) -> ApiError:
    """No field bears that name; say which one may have been meant."""
    near = difflib.get_close_matches(name.lower(), list(known), n=3, cutoff=0.6)
    hint = f" (position {position}; did you mean {', '.join(near)}?)" if near else ""
    return malformed(f"Unknown field: {name}{hint}", clause)


def incompatible_types(left: str, right: str, position: int, clause: str) -> ApiError:
    """What is compared cannot be."""
    return malformed(
        f"IncompatibleTypesInComparisonFilter: {left} cannot be compared with {right}"
        f" (position {position})",
        clause,
        TYPE_ERROR,
    )
