"""Pieces of SQL with their parameters, and compiled expressions: a value is always a parameter."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from portal.packages.field import Field, Type


@dataclass(frozen=True)
class Fragment:
    """SQL and the values of its ``?``, in order.

    ``reads`` counts the tables of words that it reads; ``by_words`` tells that rows are joined with
    what is read there.
    """

    sql: str
    parameters: tuple[Any, ...] = ()
    reads: int = 0
    by_words: bool = False


def sql(template: str, *parts: Fragment) -> Fragment:
    """Fill the ``{}`` of a template, each with a fragment."""
    return Fragment(
        template.format(*(part.sql for part in parts)),
        tuple(value for part in parts for value in part.parameters),
        sum(part.reads for part in parts),
        any(part.by_words for part in parts),
    )


def constant(value: Any) -> Fragment:
    """Return a parameter."""
    return Fragment("?", (value,))


def join_fragments(separator: str, parts: list[Fragment] | tuple[Fragment, ...]) -> Fragment:
    """Join fragments."""
    return sql(separator.join(["{}"] * len(parts)), *parts)


def local_time(instant: Fragment, timezone: str) -> Fragment:
    """Return a UTC moment as the clocks of a zone tell it."""
    if timezone == "UTC":
        return instant
    return sql("timezone({}, timezone('UTC', {}))", constant(timezone), instant)


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
    """A compiled expression; ``field`` when it is a field and nothing else, ``aggregate`` when it
    has an aggregate in it, ``integer`` when numbers have no decimals."""

    kind: Kind
    fragment: Fragment
    field: Field | None = None
    aggregate: bool = False
    integer: bool = False
    precision: str = "day"

    @property
    def has_day(self) -> bool:
        """Say whether a date tells one, not its year or its month alone."""
        return self.precision not in ("year", "month")

    def varchar(self) -> Fragment:
        """Return it as text."""
        return sql("cast({} as varchar)", self.fragment)
