"""Comparisons, with the literal brought to the type of what it is compared with."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from math import isfinite

from orchestration.sql import identifier
from portal.odsql import query_errors, tree
from portal.odsql.dates import DateError, Period, parse_period
from portal.odsql.fragment import (
    Expression,
    Fragment,
    Kind,
    constant,
    join_fragments,
    sql,
)
from portal.odsql.scope import Context
from portal.packages.field import Field

_REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_LITERALS = (tree.Literal, tree.DateLiteral)
# A decimal of the engine has 38 digits: enough of them on either side.
_MAX_DECIMALS = 12
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_Literal = tree.Literal | tree.DateLiteral


def compare(node: tree.Comparison, context: Context) -> Fragment:
    """Compile ``a < b``. Raises ``ApiError``."""
    left, right, symbol = node.left, node.right, node.operator
    if isinstance(left, _LITERALS) and not isinstance(right, _LITERALS):
        left, right, symbol = right, left, _REVERSED[symbol]
    if isinstance(right, _LITERALS) and not isinstance(left, _LITERALS):
        return _with_literal(context.compile(left), symbol, right, context)
    return _between_expressions(
        context.compile(left), symbol, context.compile(right), node, context
    )


def in_values(node: tree.In, context: Context) -> Fragment:
    """Compile ``a in (1, 2)``."""
    expression = context.compile(node.expression)
    conditions = []
    for literal in node.values:
        if not isinstance(literal, _LITERALS):
            equality = tree.Comparison(node.position, node.text, node.expression, "=", literal)
            conditions.append(compare(equality, context))
        else:
            conditions.append(_with_literal(expression, "=", literal, context))
    return sql("({})", join_fragments(" or ", conditions))


def in_range(node: tree.InRange, context: Context) -> Fragment:
    """Compile ``a in [1..5[``."""
    bounds = (
        (node.low, ">=" if node.low_included else ">"),
        (node.high, "<=" if node.high_included else "<"),
    )
    conditions = [
        compare(
            tree.Comparison(node.position, node.text, node.expression, symbol, bound),
            context,
        )
        for bound, symbol in bounds
        if not isinstance(bound, tree.Star)
    ]
    present = sql("{} is not null", context.compile(node.expression).fragment)
    return sql("({})", join_fragments(" and ", conditions or [present]))


def in_field(node: tree.InField, context: Context) -> Fragment:
    """Compile ``'a' in f``: one of the values of ``f`` is it."""
    return compare(
        tree.Comparison(node.position, node.text, node.field, "=", node.constant), context
    )


def is_boolean(node: tree.IsBoolean, context: Context) -> Fragment:
    """Compile ``a is true``."""
    value = tree.Literal(node.position, node.text, node.constant)
    return _with_literal(context.compile(node.expression), "=", value, context)


def equals_text(field: Expression, text: str, context: Context) -> Fragment:
    """Compile the equality of a field with a value written as text (``refine``)."""
    return _with_literal(field, "=", tree.Literal(0, text, text), context)


def _with_literal(
    expression: Expression, operator: str, literal: _Literal, context: Context
) -> Fragment:
    if isinstance(literal, tree.Literal) and literal.constant is None:
        absent = sql("({} is null)", expression.fragment)
        return sql("(not {})", absent) if operator == "!=" else absent
    if operator == "!=":
        # Nothing is not different from something: it compares with nothing.
        equal = _with_literal(expression, "=", literal, context)
        if expression.kind is Kind.LIST:
            return sql("(len({}) > 0 and not {})", expression.fragment, equal)
        return sql("({} is not null and not {})", expression.fragment, equal)
    comparator = _BY_KIND.get(expression.kind)
    if comparator is None:
        raise _incompatible_types(expression, literal, context)
    return comparator(expression, operator, literal, context)


def _as_written(literal: _Literal) -> str:
    """Return a literal as a text field would hold it."""
    if isinstance(literal, tree.Literal) and not isinstance(literal.constant, str):
        return literal.text.strip().removeprefix("+")
    return str(literal.constant)


def _text(expression: Expression, operator: str, literal: _Literal, context: Context) -> Fragment:
    value = literal.constant
    if isinstance(value, bool):
        return sql(
            f"(lower({{}}) {operator} {{}})", expression.varchar(), constant(str(value).lower())
        )
    if isinstance(value, (int, float)) and operator != "=":
        return sql(
            f"(try_cast({{}} as double) {operator} {{}})",
            expression.varchar(),
            constant(float(value)),
        )
    if operator == "=" and expression.field:
        return sql(
            "({} = {})",
            expression.fragment,
            typed_as_field(expression.field, _as_written(literal), context),
        )
    return sql(f"({{}} {operator} {{}})", expression.varchar(), constant(_as_written(literal)))


def typed_as_field(field: Field, text: str, context: Context) -> Fragment:
    """Return a text as its field holds it: a constant ENUM is compared by number."""
    if not field.is_enum:
        return constant(text)
    kind = f"{context.dataset.base}.{identifier(field.enumeration)}"
    return sql(f"try_cast({{}} as {kind})", constant(text))


def _number(expression: Expression, operator: str, literal: _Literal, context: Context) -> Fragment:
    value = literal.constant
    if isinstance(value, str) and not isinstance(literal, tree.DateLiteral):
        try:
            value = float(value.replace(",", "."))
        except ValueError:
            raise _incompatible_types(expression, literal, context) from None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise _incompatible_types(expression, literal, context)
    return sql(f"({{}} {operator} {{}})", expression.fragment, _number_constant(value))


def _number_constant(value: int | float) -> Fragment:
    """Return a number, exact if it can be: beside a double, a column of decimals is converted."""
    if float(value).is_integer() and abs(value) < 2**63:
        return sql("cast({} as bigint)", constant(int(value)))
    exact = Decimal(repr(float(value)))
    if int(exact.as_tuple().exponent) >= -_MAX_DECIMALS and abs(exact) < 10**_MAX_DECIMALS:
        return sql("{}", constant(exact))
    return sql("cast({} as double)", constant(float(value)))


def _period(expression: Expression, literal: _Literal, context: Context) -> Period:
    value = literal.constant
    if isinstance(value, (bool, float)):
        raise _incompatible_types(expression, literal, context)
    try:
        return parse_period(str(value))
    except DateError:
        raise _incompatible_types(expression, literal, context) from None


def _date(expression: Expression, operator: str, literal: _Literal, context: Context) -> Fragment:
    """A partial date covers its period: nothing in it is after it, nor before it."""
    period = _period(expression, literal, context)
    field, kind = expression.fragment, "timestamp"
    if expression.kind is Kind.DATETIME:
        start, end = period.utc(context.timezone)
    else:
        start, end = period.start, period.end
        if not period.has_time:
            kind = "date"
    low, high = (sql(f"cast({{}} as {kind})", constant(moment)) for moment in (start, end))
    if operator == "=":
        return sql("({} >= {} and {} < {})", field, low, field, high)
    bound = low if operator in ("<", ">=") else high
    comparison = "<" if operator in ("<", "<=") else ">="
    return sql(f"({{}} {comparison} {{}})", field, bound)


def _boolean(
    expression: Expression, operator: str, literal: _Literal, context: Context
) -> Fragment:
    boolean = _BOOLEANS.get(str(literal.constant).lower())
    if boolean is None or operator != "=":
        raise _incompatible_types(expression, literal, context)
    return sql(f"({{}} = {'true' if boolean else 'false'})", expression.fragment)


def _list(expression: Expression, operator: str, literal: _Literal, context: Context) -> Fragment:
    if operator == "=":
        return sql("list_contains({}, {})", expression.fragment, constant(_as_written(literal)))
    element = replace(expression, kind=Kind.TEXT, fragment=Fragment("x"), field=None)
    condition = _text(element, operator, literal, context)
    return sql("(len(list_filter({}, lambda x: {})) > 0)", expression.fragment, condition)


def _never(expression: Expression, operator: str, literal: _Literal, context: Context) -> Fragment:
    return Fragment("false")


_BY_KIND: dict[Kind, Callable[[Expression, str, _Literal, Context], Fragment]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.DATETIME: _date,
    Kind.BOOLEAN: _boolean,
    Kind.LIST: _list,
    Kind.NULL: _never,
}


def _between_expressions(
    left: Expression,
    operator: str,
    right: Expression,
    node: tree.Comparison,
    context: Context,
) -> Fragment:
    """Compare two expressions, neither of which is a literal, or both."""
    symbol = "<>" if operator == "!=" else operator
    kinds = {left.kind, right.kind}
    if kinds == {Kind.DATE, Kind.DATETIME}:
        return sql(
            f"(cast({{}} as timestamp) {symbol} cast({{}} as timestamp))",
            left.fragment,
            right.fragment,
        )
    if kinds == {Kind.TEXT}:
        return sql(f"({{}} {symbol} {{}})", left.varchar(), right.varchar())
    if kinds == {Kind.TEXT, Kind.NUMBER}:
        return sql(
            f"(try_cast({{}} as double) {symbol} try_cast({{}} as double))",
            left.fragment if left.kind is Kind.NUMBER else left.varchar(),
            right.fragment if right.kind is Kind.NUMBER else right.varchar(),
        )
    simple = {Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.BOOLEAN}
    if len(kinds - {Kind.NULL}) <= 1 and kinds - {Kind.NULL} <= simple:
        return sql(f"({{}} {symbol} {{}})", left.fragment, right.fragment)
    raise query_errors.incompatible_types(
        f"{node.left.text} ({left.kind.value})",
        f"{node.right.text} ({right.kind.value})",
        node.position,
        context.clause,
    )


def _incompatible_types(expression: Expression, literal: _Literal, context: Context) -> Exception:
    name = expression.field.nom if expression.field else "the expression"
    return query_errors.incompatible_types(
        f"{name} ({expression.kind.value})", literal.text, literal.position, context.clause
    )
