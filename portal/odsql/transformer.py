"""What each rule of the grammar makes of its parts."""

import re
from math import isinf
from typing import Any, cast

from lark import Token, Transformer, v_args
from lark.tree import Meta

from portal.errors import shortened
from portal.odsql import query_errors, tree
from portal.odsql.tree import Name, Node, OrderItem, Selection

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# Of an exact whole number; beyond, it is as near as a double can be.
_MAX_DIGITS = 18
_OPERATOR_SYNONYMS = {"<>": "!="}


def _unquote(token: str) -> str:
    return _ESCAPE.sub(r"\1", token[1:-1])


def _after_keyword(token: str) -> str:
    """Return the text of ``date'…'``."""
    start = min(i for i in (token.find("'"), token.find('"')) if i >= 0)
    return _unquote(token[start:])


@v_args(meta=True)
class TreeBuilder(Transformer[Token, Any]):
    """One method per rule: Lark calls it with what the rule's parts have become."""

    def __init__(self, text: str, clause: str) -> None:
        super().__init__()
        self._text = text
        self._clause = clause

    def _source(self, meta: Meta) -> tuple[int, str]:
        return meta.start_pos, self._text[meta.start_pos : meta.end_pos]

    # --- clauses
    def select(self, _: Meta, children: list[Any]) -> tuple[Any, ...]:
        return tuple(children)

    group_by = order_by = select

    def where(self, _: Meta, children: list[Node]) -> Node:
        return children[0]

    def all_fields(self, meta: Meta, _: list[Any]) -> tree.Star:
        return tree.Star(*self._source(meta))

    star = all_fields

    def selection(self, meta: Meta, children: list[Any]) -> Selection:
        return Selection(
            *self._source(meta), children[0], children[2] if len(children) > 1 else None
        )

    def alias(self, _: Meta, children: list[Token]) -> str:
        return _unquote(children[0]) if children[0].type == "QUOTED" else str(children[0])

    def order_item(self, meta: Meta, children: list[Any]) -> OrderItem:
        """``-f`` is ``f desc``."""
        expression, *direction = children
        down = bool(direction) and direction[0].type == "DESC"
        if not direction and isinstance(expression, tree.UnaryMinus):
            expression, down = expression.expression, True
        return OrderItem(*self._source(meta), expression, down)

    # --- conditions
    def disjunction(self, meta: Meta, children: list[Any]) -> tree.Or:
        return tree.Or(*self._source(meta), tuple(children[::2]))

    def conjunction(self, meta: Meta, children: list[Any]) -> tree.And:
        return tree.And(*self._source(meta), tuple(children[::2]))

    def negation(self, meta: Meta, children: list[Any]) -> tree.Not:
        return tree.Not(*self._source(meta), children[-1])

    def comparison(self, meta: Meta, children: list[Any]) -> tree.Comparison:
        operator = _OPERATOR_SYNONYMS.get(str(children[1]), str(children[1]))
        return tree.Comparison(*self._source(meta), children[0], operator, children[2])

    def equality(self, meta: Meta, children: list[Any]) -> tree.Comparison:
        return tree.Comparison(*self._source(meta), children[0], "=", children[1])

    def value_range(self, meta: Meta, children: list[Any]) -> tree.InRange:
        opening, low, *_, high, closing = children
        place = self._source(meta)
        return tree.InRange(*place, tree.Star(*place), low, high, opening == "[", closing == "]")

    def in_range(self, meta: Meta, children: list[Any]) -> tree.InRange:
        value_range_node: tree.InRange = children[-1]
        return tree.InRange(
            *self._source(meta),
            children[0],
            value_range_node.low,
            value_range_node.high,
            value_range_node.low_included,
            value_range_node.high_included,
        )

    def value_list(self, _: Meta, children: list[Node]) -> tuple[Node, ...]:
        return tuple(children)

    def in_values(self, meta: Meta, children: list[Any]) -> tree.In:
        return tree.In(*self._source(meta), children[0], children[-1])

    def in_field(self, meta: Meta, children: list[Any]) -> tree.InField:
        return tree.InField(*self._source(meta), children[0], children[-1])

    def like(self, meta: Meta, children: list[Any]) -> tree.Like:
        return tree.Like(*self._source(meta), children[0], children[-1].constant)

    def is_null(self, meta: Meta, children: list[Any]) -> tree.IsNull:
        return tree.IsNull(*self._source(meta), children[0])

    def is_boolean(self, meta: Meta, children: list[Any]) -> tree.IsBoolean:
        return tree.IsBoolean(*self._source(meta), children[0], children[-1].type == "TRUE")

    def not_in_range(self, meta: Meta, children: list[Any]) -> tree.Not:
        return tree.Not(*self._source(meta), self.in_range(meta, children))

    def not_in_values(self, meta: Meta, children: list[Any]) -> tree.Not:
        return tree.Not(*self._source(meta), self.in_values(meta, children))

    def not_in_field(self, meta: Meta, children: list[Any]) -> tree.Not:
        return tree.Not(*self._source(meta), self.in_field(meta, children))

    def not_like(self, meta: Meta, children: list[Any]) -> tree.Not:
        return tree.Not(*self._source(meta), self.like(meta, children))

    def is_not_null(self, meta: Meta, children: list[Any]) -> tree.Not:
        return tree.Not(*self._source(meta), self.is_null(meta, children))

    def is_not_boolean(self, meta: Meta, children: list[Any]) -> tree.Not:
        return tree.Not(*self._source(meta), self.is_boolean(meta, children))

    # --- expressions
    def addition(self, meta: Meta, children: list[Any]) -> tree.Arithmetic:
        return tree.Arithmetic(
            *self._source(meta), tuple(children[::2]), tuple(map(str, children[1::2]))
        )

    multiplication = addition

    def unary(self, meta: Meta, children: list[Any]) -> Node:
        sign, inner = children
        if sign == "+":
            return cast("Node", inner)
        place = self._source(meta)
        if isinstance(inner, tree.Literal) and isinstance(inner.constant, (int, float)):
            return tree.Literal(*place, -inner.constant)
        return tree.UnaryMinus(*place, inner)

    def parentheses(self, _: Meta, children: list[Node]) -> Node:
        return children[0]

    def call(self, meta: Meta, children: list[Any]) -> tree.Call:
        return tree.Call(*self._source(meta), str(children[0]).lower(), tuple(children[1:]))

    def distinct(self, meta: Meta, children: list[Any]) -> tree.Distinct:
        return tree.Distinct(*self._source(meta), children[-1])

    def wildcard(self, meta: Meta, children: list[Token]) -> tree.Wildcard:
        return tree.Wildcard(*self._source(meta), str(children[0]).removesuffix("*"))

    def quantity(self, meta: Meta, children: list[Token]) -> tree.Quantity:
        return tree.Quantity(
            *self._source(meta),
            self._finite(float(children[0]), str(children[0])),
            str(children[1]),
        )

    # --- names and literals
    def name(self, meta: Meta, children: list[Token]) -> Name:
        return Name(*self._source(meta), str(children[0]))

    def quoted_name(self, meta: Meta, children: list[Token]) -> Name:
        return Name(*self._source(meta), _unquote(children[0]))

    def text(self, meta: Meta, children: list[Token]) -> tree.Literal:
        return tree.Literal(*self._source(meta), _unquote(children[0]))

    def number_literal(self, meta: Meta, children: list[Token]) -> tree.Literal:
        text = str(children[0])
        number = int(text) if text.isdecimal() and len(text) <= _MAX_DIGITS else float(text)
        return tree.Literal(*self._source(meta), self._finite(number, text))

    def _finite(self, number: float, text: str) -> float:
        if isinf(number):
            raise query_errors.malformed(f"{shortened(text)} is too large", self._clause)
        return number

    def date(self, meta: Meta, children: list[Token]) -> tree.DateLiteral:
        return tree.DateLiteral(*self._source(meta), _after_keyword(children[0]))

    def geometry(self, meta: Meta, children: list[Token]) -> tree.GeometryLiteral:
        return tree.GeometryLiteral(*self._source(meta), _after_keyword(children[0]))

    def true(self, meta: Meta, _: list[Any]) -> tree.Literal:
        return tree.Literal(*self._source(meta), True)

    def false(self, meta: Meta, _: list[Any]) -> tree.Literal:
        return tree.Literal(*self._source(meta), False)

    def null(self, meta: Meta, _: list[Any]) -> tree.Literal:
        return tree.Literal(*self._source(meta), None)
