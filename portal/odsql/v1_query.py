"""``q`` of the API v1, read into the tree of ODSQL."""

import re
from dataclasses import replace
from functools import lru_cache
from math import inf, isfinite
from pathlib import Path
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedInput
from lark.exceptions import VisitError

from portal.errors import ApiError, read_integer, shortened
from portal.images.words import split_words
from portal.odsql import tree
from portal.odsql.conditions import compile_condition
from portal.odsql.expressions import new_context
from portal.odsql.parser import MAX_DEPTH, MAX_LENGTH
from portal.odsql.tree import Node
from portal.packages.dataset import Dataset
from portal.packages.field import NUMERIC, TEMPORAL, Type

_EXACT_TYPES = NUMERIC | TEMPORAL | {Type.BOOLEAN}
_COORDINATES = re.compile(r"\(?\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)?")
_OPERATORS = frozenset(("and", "or", "not"))
_PREDICATES = ("search", "startswith")


def parse_q(text: str, dataset: Dataset) -> Node | None:
    """Read ``q``; what is no query is words, as people type them; without any, nothing is asked.

    Raises ``ApiError``: it is too long, or asks a function for what it has not.
    """
    if len(text) > MAX_LENGTH:
        raise ApiError(
            400, "InvalidQuery", f"The query has {len(text)} characters: {MAX_LENGTH} are the most."
        )
    try:
        if text.count("(") <= MAX_DEPTH:
            node = cast("Node", _TreeBuilder(dataset).transform(_grammar().parse(text)))
            if "#" not in text:  # who writes functions is told what is wrong with them
                compile_condition(node, new_context(dataset, "where"))
            return node
    except VisitError as error:
        if isinstance(error.orig_exc, ApiError):
            raise error.orig_exc from None
        raise
    except (UnexpectedInput, ApiError):
        pass  # no field is of that name (``https://…``), or it has no such value
    words = tuple(_literal(f"{word}*") for word in split_words(text) if word not in _OPERATORS)
    if len(words) < 2:  # noqa: PLR2004
        return words[0] if words else None
    return tree.And(0, "", words)


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    return Lark(Path(__file__).with_name("v1_query.lark").read_text(), parser="lalr")


def _literal(text: str) -> tree.Literal:
    return tree.Literal(0, text, text)


def _name(field: str) -> tree.Name:
    return tree.Name(0, field, field)


def point(text: str) -> tree.GeometryLiteral:
    """Return ``lat,lon`` as a geometry. Raises ``ApiError``."""
    match = _COORDINATES.fullmatch(text.strip())
    if not match:
        raise ApiError(400, "InvalidQuery", f"{text} is not a place: latitude,longitude")
    return tree.GeometryLiteral(0, text, f"POINT({match[2]} {match[1]})")


def polygon(text: str) -> tree.GeometryLiteral:
    """Return ``(lat,lon),(lat,lon)…`` as a closed polygon. Raises ``ApiError``."""
    places = [(match[2], match[1]) for match in _COORDINATES.finditer(text)]
    if len(places) < 3:  # noqa: PLR2004
        raise ApiError(400, "InvalidQuery", f"{text} is not a polygon: (lat,lon),(lat,lon),…")
    if places[0] != places[-1]:
        places.append(places[0])
    ring = ", ".join(f"{lon} {lat}" for lon, lat in places)
    return tree.GeometryLiteral(0, text, f"POLYGON(({ring}))")


def within_radius(field: str, centre: str, metres: str) -> Node:
    """Return the condition that a field is near a place (``lat,lon``)."""
    try:
        distance = float(metres)
    except ValueError:
        distance = inf
    if not isfinite(distance):
        raise ApiError(400, "InvalidQuery", f"{shortened(metres)} is not a number of metres")
    radius = tree.Literal(0, str(distance), distance)
    return tree.Call(0, "#distance", "within_distance", (_name(field), point(centre), radius))


def within_polygon(field: str, corners: str) -> Node:
    """Return the condition that a field is in a polygon."""
    return tree.Call(0, "#polygon", "within", (_name(field), polygon(corners)))


class _TreeBuilder(Transformer[Token, Any]):
    """One method per rule of the grammar."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__()
        self._dataset = dataset

    def disjunction(self, children: list[Node]) -> Node:
        return tree.Or(0, "", tuple(children))

    def conjunction(self, children: list[Node]) -> Node:
        return tree.And(0, "", tuple(children))

    def negation(self, children: list[Node]) -> Node:
        return tree.Not(0, "", children[0])

    def word(self, children: list[Token]) -> Node:
        """A word may be the beginning of another."""
        text = str(children[0])
        return _literal(text if text.endswith("*") else f"{text}*")

    def phrase(self, children: list[Token]) -> Node:
        return _literal(self._unquote(children[0]))

    @staticmethod
    def _unquote(token: str) -> str:
        return re.sub(r"\\(.)", r"\1", token[1:-1])

    def text(self, children: list[Token]) -> str:
        return str(children[0])

    def quoted(self, children: list[Token]) -> str:
        return self._unquote(children[0])

    def value_range(self, children: list[Any]) -> tuple[Node, Node, bool, bool]:
        opening, low, high, closing = children
        return self._bound(low), self._bound(high), opening == "[", closing == "]"

    def _bound(self, constant: Any) -> Node:
        return tree.Star(0, "*") if constant == "*" else self._value_node(constant)

    def within_field(self, children: list[Any]) -> Node:
        """``f:(a OR b)``: each of the words, of the field."""
        return self._of_field(self._field(children[0]), children[1])

    def _of_field(self, name: tree.Name, node: Node) -> Node:
        if isinstance(node, (tree.And, tree.Or)):
            parts = tuple(self._of_field(name, part) for part in node.conditions)
            return replace(node, conditions=parts)
        if isinstance(node, tree.Not):
            return replace(node, condition=self._of_field(name, node.condition))
        if isinstance(node, tree.Literal):
            return self._contains(name, str(node.constant).removesuffix("*"))
        return node

    def in_range(self, children: list[Any]) -> Node:
        low, high, with_low, with_high = children[1]
        return tree.InRange(0, "", self._field(children[0]), low, high, with_low, with_high)

    def _field(self, token: str) -> tree.Name:
        return _name(token.rstrip(":").rstrip())

    def _value_node(self, constant: Any) -> Node:
        """Return the node of a value: a text, or ``#now(…)``."""
        return constant if isinstance(constant, Node) else _literal(str(constant))

    def contains(self, children: list[Any]) -> Node:
        """``f:v``: words of a text; the value itself of anything else."""
        return self._contains(self._field(children[0]), children[1])

    def _contains(self, name: tree.Name, value: Any) -> Node:
        field = self._dataset.field(name.name)
        exact = field is not None and field.type in _EXACT_TYPES
        if exact or isinstance(value, Node):
            return tree.Comparison(0, "", name, "=", self._value_node(value))
        return tree.Like(0, "", name, str(value))

    def compare(self, children: list[Any]) -> Node:
        name, operator = self._split(children[0])
        return tree.Comparison(0, "", _name(name), operator, self._value_node(children[1]))

    @staticmethod
    def _split(token: str) -> tuple[str, str]:
        match = re.fullmatch(r"(\w+)\s*(==|>=|<=|=|>|<)", token)
        name, operator = match.groups() if match else (token, "=")
        return name, operator.replace("==", "=")

    def setting(self, children: list[Any]) -> Node:
        """``years=-1`` inside ``#now(…)``."""
        name, _ = self._split(children[0])
        text = str(children[1])
        known = read_integer(text)
        number = text if known is None else known
        return tree.Comparison(0, text, _name(name), "=", tree.Literal(0, text, number))

    def call(self, children: list[Any]) -> tree.Call:
        function, *arguments = children
        nodes = tuple(self._value_node(argument) for argument in arguments)
        return tree.Call(0, str(function), str(function).lstrip("#").lower(), nodes)

    def condition(self, children: list[tree.Call]) -> Node:
        """Return a function that stands alone as a condition. Raises ``ApiError``."""
        call = children[0]
        texts = [
            str(argument.constant)
            for argument in call.arguments
            if isinstance(argument, tree.Literal)
        ]
        if call.function == "null" and len(texts) == 1:
            return tree.IsNull(0, "", _name(texts[0]))
        if call.function == "exact" and len(texts) == 2:  # noqa: PLR2004
            return tree.Comparison(0, "", _name(texts[0]), "=", _literal(texts[1]))
        if call.function in _PREDICATES and texts:
            *names, text = texts
            nodes = (*(_name(name) for name in names), _literal(text))
            return tree.Call(0, call.text, call.function, nodes)
        if call.function == "distance" and len(texts) == 3:  # noqa: PLR2004
            return within_radius(*texts)
        if call.function in ("polygon", "geometry") and len(texts) >= 2:  # noqa: PLR2004
            return within_polygon(*texts[:2])
        raise ApiError(400, "InvalidQuery", f"The query is invalid: {call.text}() is not known")
