"""From text to tree: the clauses of ODSQL, and where reading them stops."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from lark import Lark, UnexpectedInput
from lark.exceptions import UnexpectedCharacters, UnexpectedToken, VisitError

from portal.errors import ApiError
from portal.odsql import query_errors, tree
from portal.odsql.transformer import TreeBuilder
from portal.odsql.tree import Node, OrderItem, Selection
from portal.odsql.vocabulary import FUNCTIONS

# A clause of 2,000 words is a program's; deeper parentheses would exhaust the stack.
MAX_LENGTH, MAX_DEPTH = 16_384, 64
_CLAUSES = ("select", "where", "group_by", "order_by")
_CALL = re.compile(r"\b([^\W\d]\w*)\(")


def parse_select(text: str) -> tuple[Selection | tree.Star, ...]:
    """Read ``select``. Raises ``ApiError``, as all do here."""
    return cast("tuple[Selection | tree.Star, ...]", _read(text, "select"))


def parse_where(text: str) -> Node:
    """Read ``where``."""
    return cast("Node", _read(text, "where"))


def parse_group_by(text: str) -> tuple[Selection, ...]:
    """Read ``group_by``."""
    return cast("tuple[Selection, ...]", _read(text, "group_by"))


def parse_order_by(text: str) -> tuple[OrderItem, ...]:
    """Read ``order_by``."""
    return cast("tuple[OrderItem, ...]", _read(text, "order_by"))


def parse_call(text: str, clause: str) -> Node:
    """Read one expression, such as ``facet(name="x")``, in the parameter ``clause``."""
    return cast("Node", _read(text, "where", clause))


@lru_cache(maxsize=2048)
def _read(text: str, rule: str, clause: str | None = None) -> Any:
    clause = clause or rule
    if len(text) > MAX_LENGTH:
        raise query_errors.malformed(
            f"{len(text)} characters where {MAX_LENGTH} are the most", clause
        )
    _check_depth(text, clause)
    try:
        parsed = _grammar().parse(text, start=rule)
        return TreeBuilder(text, clause).transform(parsed)
    except VisitError as error:
        if isinstance(error.orig_exc, ApiError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise _unexpected(error, text, clause) from None


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    return Lark(
        Path(__file__).with_name("grammar.lark").read_text(),
        parser="lalr",
        start=list(_CLAUSES),
        propagate_positions=True,
    )


_TOKENS = re.compile(
    r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])+`|(?P<open>\()|(?P<close>\))"""
    r"""|(?P<prefix>\bnot\b|-|\+)|\s+|(?P<other>\w+|.)""",
    re.IGNORECASE | re.DOTALL,
)


def _check_depth(text: str, clause: str) -> None:
    """Refuse what would nest too deep: parentheses, and signs or ``not`` in a row."""
    depth = row = 0
    for match in _TOKENS.finditer(text):
        if match["open"] or match["prefix"]:
            depth += bool(match["open"])
            row += bool(match["prefix"])
        elif match["close"] or match["other"]:
            depth -= bool(match["close"])
            row = 0
        if depth + row > MAX_DEPTH:
            raise query_errors.syntax_error("nesting", match.start(), _shorten(text), clause)


def _unexpected(error: UnexpectedInput, text: str, clause: str) -> ApiError:
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    position = len(text) if ended else error.pos_in_stream or 0
    # What is no function is the first thing that is not expected, wherever reading stops.
    for call in _CALL.finditer(text, 0, position):
        if call[1].lower() not in FUNCTIONS:
            return query_errors.syntax_error("(", call.end() - 1, _shorten(text), clause)
    if ended:
        return query_errors.syntax_error("end of clause", position, _shorten(text), clause)
    if isinstance(error, UnexpectedCharacters):
        return query_errors.syntax_error(text[position], position, _shorten(text), clause)
    return query_errors.syntax_error(
        str(getattr(error, "token", "")), position, _shorten(text), clause
    )


def _shorten(text: str) -> str:
    return text if len(text) <= 500 else text[:500] + "…"  # noqa: PLR2004
