"""``date_format``: dates written as the request says, in the reader's language."""

import re
from functools import lru_cache

from babel import Locale

from portal.odsql import query_errors
from portal.odsql.fragment import Fragment, constant, join_fragments, sql
from portal.odsql.scope import Context

_PIECES = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|([^A-Za-z']+)")
_STRFTIME = {
    "yyyy": "%Y",
    "y": "%Y",
    "yy": "%y",
    "xxxx": "%G",
    "ww": "%V",
    "e": "%u",
    "DDD": "%j",
    "D": "%-j",
    "MM": "%m",
    "M": "%-m",
    "dd": "%d",
    "d": "%-d",
    "HH": "%H",
    "H": "%-H",
    "mm": "%M",
    "m": "%-M",
    "ss": "%S",
    "s": "%-S",
}
_SQL = {
    "w": "cast(date_part('week', {}) as varchar)",
    "x": "cast(date_part('isoyear', {}) as varchar)",
    "xx": "right(strftime({}, '%G'), 2)",
}
# Letters that are written one way whatever their number, and the longest that is told apart.
_LENGTHS = {"e": 1, "E": 4, "M": 4}


def format_date(local: Fragment, pattern: str, context: Context) -> Fragment:
    """Return the text of a local TIMESTAMP. Raises ``ApiError`` for a letter that means nothing."""
    parts, end = [], 0
    for match in _PIECES.finditer(pattern):
        if match.start() != end:
            break
        end = match.end()
        parts.append(_piece(match, local, context))
    if end != len(pattern) or not parts:
        raise query_errors.malformed(
            f"date_format: {pattern[end:]!r} is not understood", context.clause
        )
    return sql("({})", join_fragments(" || ", parts))


def _piece(match: re.Match[str], local: Fragment, context: Context) -> Fragment:
    if match[1] is not None:
        return constant(match[1].replace("''", "'") or "'")
    if match[3] is not None:
        return constant(match[3])
    pattern_part = _normalize_token(match[0])
    if pattern_part in _STRFTIME:
        return sql(f"strftime({{}}, '{_STRFTIME[pattern_part]}')", local)
    if pattern_part in _SQL:
        return sql(_SQL[pattern_part], local)
    part = _calendar_names(pattern_part, context.language)
    if part is None:
        raise query_errors.malformed(
            f"date_format: {pattern_part!r} is not understood", context.clause
        )
    field, names = part
    return sql(
        f"list_extract({{}}, cast(date_part('{field}', {{}}) as bigint))", constant(names), local
    )


def _normalize_token(pattern_part: str) -> str:
    """Return the letters as the tables name them: Y for y, no more than are told apart."""
    letters = pattern_part.lower() if pattern_part[0] in "YX" else pattern_part
    return letters[: _LENGTHS.get(letters[0], 4)]


@lru_cache(maxsize=64)
def _calendar_names(pattern_part: str, language: str) -> tuple[str, list[str]] | None:
    locale = Locale.parse(language)
    if pattern_part in ("MMM", "MMMM"):
        names = locale.months["format"]["abbreviated" if pattern_part == "MMM" else "wide"]
        return "month", [names[number] for number in range(1, 13)]
    if pattern_part in ("E", "EE", "EEE", "EEEE"):
        days = locale.days["format"]["wide" if pattern_part == "EEEE" else "abbreviated"]
        return "isodow", [days[number] for number in range(7)]
    return None
