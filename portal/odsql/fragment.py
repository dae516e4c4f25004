"""Pieces of SQL with their parameters, and compiled expressions.

Belongs here: putting pieces together so that a value is always a parameter. Does not: any function.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from portal.packages.field import Field, Type


@dataclass(frozen=True)
class Fragment:
    """SQL and the values of its ``?``, in order.

    ``by_words`` tells that it looks rows up by the words of their texts.
    """

    sql: str
    parameters: tuple[Any, ...] = ()
    by_words: bool = False


def sql(template: str, *parts: Fragment) -> Fragment:
    """Fill the ``{}`` of a template, each with a fragment."""
    return Fragment(
        template.format(*(part.sql for part in parts)),
        tuple(value for part in parts for value in part.parameters),
        any(part.by_words for part in parts),
    )


def constant(value: Any) -> Fragment:
    """Return a parameter."""
    return Fragment("?", (value,))


def join_fragments(separator: str, parts: list[Fragment] | tuple[Fragment, ...]) -> Fragment:
    """Join fragments."""
    return sql(separator.join(["{}"] * len(parts)), *parts)


class Kind(Enum):
    """What a value is, for the rules of comparison and for the answer."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    POINT = "geo point"
    SHAPE = "geo shape"
    LIST = "list"
    JSON = "json"
    NULL = "null"


KINDS = {
    Type.TEXT: Kind.TEXT,
    Type.INT: Kind.NUMBER,
    Type.DOUBLE: Kind.NUMBER,
    Type.BOOLEAN: Kind.BOOLEAN,
    Type.DATE: Kind.DATE,
    Type.DATETIME: Kind.DATETIME,
    Type.GEO_POINT: Kind.POINT,
    Type.GEO_SHAPE: Kind.SHAPE,
    Type.JSON: Kind.JSON,
}


@dataclass(frozen=True)
class Expression:
    """A compiled expression; ``field`` when it is a field and nothing else, ``agregat`` when it has
    an aggregate in it, ``entier`` when numbers have no decimals."""

    kind: Kind
    fragment: Fragment
    field: Field | None = None
    aggregate: bool = False
    integer: bool = False
    precision: str = "day"

    def varchar(self) -> Fragment:
        """Return it as text."""
        return sql("cast({} as varchar)", self.fragment)
