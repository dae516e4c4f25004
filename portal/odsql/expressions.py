"""Expressions: names, literals, arithmetic, and calls handed over."""

from portal.errors import ApiError
from portal.odsql import aggregates, functions, query_errors, tree
from portal.odsql.dates import DateError, parse_period
from portal.odsql.fragment import Expression, Fragment, Kind, constant, sql
from portal.odsql.scope import Aggregation, Context
from portal.odsql.vocabulary import AGGREGATES, SCALARS
from portal.packages.dataset import Dataset

_INTEGER_LIMIT = 2**63


def new_context(
    dataset: Dataset, clause: str = "select", timezone: str = "UTC", language: str = "fr"
) -> Context:
    """Return what the expressions of a dataset are compiled in."""
    return Context(dataset, compile_expression, clause, timezone, language)


def compile_expression(node: tree.Node, context: Context) -> Expression:
    """Compile an expression. Raises ``ApiError``."""
    if isinstance(node, tree.Name):
        return context.lookup(node)
    if isinstance(node, tree.Literal):
        return literal(node)
    if isinstance(node, tree.DateLiteral):
        return _date(node, context)
    if isinstance(node, tree.Arithmetic):
        return _arithmetic(node, context)
    if isinstance(node, tree.UnaryMinus):
        inner = numeric_expression(node.expression, context)
        return Expression(
            Kind.NUMBER,
            sql("(-{})", inner.fragment),
            aggregate=inner.aggregate,
            integer=inner.integer,
        )
    if isinstance(node, tree.Call):
        return _call(node, context)
    raise _not_a_value(node, context)


def numeric_expression(node: tree.Node, context: Context) -> Expression:
    """Compile an expression that must be a number."""
    compiled = compile_expression(node, context)
    if compiled.kind in (Kind.NUMBER, Kind.NULL):
        return compiled
    raise query_errors.malformed(
        f"{node.text} (position {node.position}) is a {compiled.kind.value}, not a number",
        context.clause,
    )


def literal(node: tree.Literal) -> Expression:
    """Compile a constant."""
    value = node.constant
    if value is None:
        return Expression(Kind.NULL, Fragment("null"))
    if isinstance(value, bool):
        return Expression(Kind.BOOLEAN, Fragment("true" if value else "false"))
    if isinstance(value, str):
        return Expression(Kind.TEXT, sql("cast({} as varchar)", constant(value)))
    if isinstance(value, int) and abs(value) < _INTEGER_LIMIT:
        return Expression(Kind.NUMBER, sql("cast({} as bigint)", constant(value)), integer=True)
    return Expression(Kind.NUMBER, sql("cast({} as double)", constant(float(value))))


def _date(node: tree.DateLiteral, context: Context) -> Expression:
    try:
        period = parse_period(node.constant)
    except DateError as error:
        raise query_errors.malformed(
            f"{error} (position {node.position})", context.clause
        ) from None
    if period.has_time:
        start, _ = period.utc(context.timezone)
        return Expression(Kind.DATETIME, sql("cast({} as timestamp)", constant(start)))
    return Expression(Kind.DATE, sql("cast({} as date)", constant(period.start.date())))


def _arithmetic(node: tree.Arithmetic, context: Context) -> Expression:
    operands = [numeric_expression(item, context) for item in node.operands]
    total, whole = operands[0].fragment, operands[0].integer
    for operator, operand in zip(node.operators, operands[1:], strict=True):
        whole = whole and operand.integer and operator != "/"
        if operator == "/":
            total = sql(
                "(cast({} as double) / nullif(cast({} as double), 0))", total, operand.fragment
            )
        elif whole:
            total = sql(f"({{}} {operator} {{}})", total, operand.fragment)
        else:
            # Decimals multiplied a few times would not fit any decimal.
            total = sql(
                f"(cast({{}} as double) {operator} cast({{}} as double))", total, operand.fragment
            )
    return Expression(
        Kind.NUMBER, total, aggregate=any(item.aggregate for item in operands), integer=whole
    )


def _call(node: tree.Call, context: Context) -> Expression:
    if node.function in AGGREGATES:
        if context.aggregation is Aggregation.NONE:
            raise query_errors.malformed(
                f"{node.text}: an aggregate cannot stand here (position {node.position})",
                context.clause,
            )
        return aggregates.compile_aggregate(node, context)
    if node.function in SCALARS:
        return functions.compile_function(node, context)
    raise _not_a_value(node, context)


def _not_a_value(node: tree.Node, context: Context) -> ApiError:
    return query_errors.malformed(node.text, context.clause)
