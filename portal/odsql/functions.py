"""The scalar functions, one each."""

from collections.abc import Callable
from dataclasses import replace

import orjson

from portal.odsql import query_errors, tree
from portal.odsql.date_format import format_date
from portal.odsql.dates import DateError, now_in
from portal.odsql.fragment import Expression, Fragment, Kind, constant, local_time, sql
from portal.odsql.geometry import distance as metres_to
from portal.odsql.scope import Context
from portal.odsql.vocabulary import DATE_PARTS, MATHEMATICAL

_TEXTUAL = (Kind.TEXT, Kind.NULL)
_Function = Callable[[tree.Call, Context], Expression]


def compile_function(node: tree.Call, context: Context) -> Expression:
    """Compile a call. Raises ``ApiError``."""
    if node.function in DATE_PARTS:
        return _date_part(node, context)
    return _FUNCTIONS[node.function](node, context)


def local_moment(node: tree.Node, context: Context) -> tuple[Expression, Fragment]:
    """Compile a date, and return it as the reader's clock tells it (TIMESTAMP)."""
    compiled = context.compile(node)
    if compiled.kind is Kind.DATE:
        return compiled, sql("cast({} as timestamp)", compiled.fragment)
    if compiled.kind is Kind.DATETIME:
        return compiled, local_time(compiled.fragment, context.timezone)
    raise query_errors.malformed(
        f"{node.text} (position {node.position}) is a {compiled.kind.value}, not a date",
        context.clause,
    )


def _date_part(node: tree.Call, context: Context) -> Expression:
    (argument,) = context.arguments(node, 1)
    _, local = local_moment(argument, context)
    part = DATE_PARTS[node.function]
    return Expression(
        Kind.NUMBER, sql(f"cast(date_part('{part}', {{}}) as bigint)", local), integer=True
    )


def _text(node: tree.Node, context: Context) -> Expression:
    compiled = context.compile(node)
    if compiled.kind is Kind.LIST:
        return replace(
            compiled, kind=Kind.TEXT, fragment=sql("array_to_string({}, ',')", compiled.fragment)
        )
    if compiled.kind in _TEXTUAL:
        return replace(compiled, fragment=compiled.varchar())
    raise query_errors.malformed(
        f"{node.text} (position {node.position}) is a {compiled.kind.value}, not a text",
        context.clause,
    )


def _text_function(template: str, kind: Kind = Kind.TEXT) -> _Function:
    def call(node: tree.Call, context: Context) -> Expression:
        (argument,) = context.arguments(node, 1)
        inner = _text(argument, context)
        return Expression(
            kind, sql(template, inner.fragment), aggregate=inner.aggregate, integer=True
        )

    return call


def _now(node: tree.Call, context: Context) -> Expression:
    settings: dict[str, int] = {}
    for argument in node.arguments:
        if not (
            isinstance(argument, tree.Comparison)
            and argument.operator == "="
            and isinstance(argument.left, tree.Name)
            and isinstance(argument.right, tree.Literal)
            and type(argument.right.constant) is int
        ):
            raise query_errors.malformed(
                f"{argument.text} (position {argument.position}): now() takes name=integer",
                context.clause,
            )
        settings.pop(argument.left.name.lower(), None)
        settings[argument.left.name.lower()] = argument.right.constant
    try:
        moment = now_in(context.timezone, settings)
    except DateError as error:
        raise query_errors.malformed(
            f"{error} (position {node.position})", context.clause
        ) from None
    return Expression(Kind.DATETIME, sql("cast({} as timestamp)", constant(moment)))


def _date_format(node: tree.Call, context: Context) -> Expression:
    date, pattern = context.arguments(node, 2)
    if not (isinstance(pattern, tree.Literal) and isinstance(pattern.constant, str)):
        raise query_errors.malformed(f"{node.text}: the format is a text", context.clause)
    _, local = local_moment(date, context)
    return Expression(Kind.TEXT, format_date(local, pattern.constant, context))


def _json_format(node: tree.Call, context: Context) -> Expression:
    first, *rest = context.arguments(node, 1, 2)
    compiled = context.compile(first)
    fallback = Fragment("null")
    if rest:
        other = context.compile(rest[0])
        fallback = sql("cast(to_json({}) as varchar)", other.fragment)
    return Expression(
        Kind.JSON,
        sql(
            "case when json_valid({}) then {} else {} end",
            compiled.varchar(),
            compiled.varchar(),
            fallback,
        ),
    )


def _ifnull(node: tree.Call, context: Context) -> Expression:
    first, second = (context.compile(argument) for argument in context.arguments(node, 2))
    together = first.aggregate or second.aggregate
    if first.kind is second.kind or Kind.NULL in (first.kind, second.kind):
        kind = second.kind if first.kind is Kind.NULL else first.kind
        parts = (
            (first.varchar(), second.varchar())
            if kind is Kind.TEXT
            else (first.fragment, second.fragment)
        )
        return Expression(
            kind,
            sql("coalesce({}, {})", *parts),
            aggregate=together,
            integer=first.integer and second.integer,
        )
    # Another kind of value for what is missing ("inconnu"): then all are texts.
    return Expression(
        Kind.TEXT, sql("coalesce({}, {})", first.varchar(), second.varchar()), aggregate=together
    )


def _random(node: tree.Call, context: Context) -> Expression:
    (seed,) = context.arguments(node, 1)
    if not (isinstance(seed, tree.Literal) and isinstance(seed.constant, (int, float))):
        raise query_errors.malformed(f"{node.text}: the seed is a number", context.clause)
    text = orjson.dumps(seed.constant).decode()
    return Expression(Kind.NUMBER, sql("hash(d.rowid, {})", constant(text)), integer=True)


def _distance(node: tree.Call, context: Context) -> Expression:
    field, place = context.arguments(node, 2)
    compiled = context.compile(field)
    # Clients know that the order of shapes is refused, and test it.
    fitting = (Kind.POINT,) if context.clause == "order_by" else (Kind.POINT, Kind.SHAPE)
    if compiled.kind not in fitting:
        raise query_errors.malformed(
            f"{node.text}: distance takes a {fitting[-1].value} and geom'POINT(lon lat)'",
            context.clause,
        )
    return Expression(Kind.NUMBER, metres_to(compiled, place, context, node.text))


def _mathematical(template: str, arguments: int = 1) -> _Function:
    """A function of the API v1 alone; what has no value (``sqrt(-1)``) is nothing."""

    def call(node: tree.Call, context: Context) -> Expression:
        given = [context.compile(part) for part in context.arguments(node, arguments)]
        if any(part.kind is not Kind.NUMBER for part in given):
            raise query_errors.malformed(f"{node.text}: takes numbers", context.clause)
        numbers = (sql("cast({} as double)", part.fragment) for part in given)
        aggregate = any(part.aggregate for part in given)
        return Expression(Kind.NUMBER, sql(f"try({template})", *numbers), aggregate=aggregate)

    return call


_FUNCTIONS: dict[str, _Function] = {
    "length": _text_function("length({})", Kind.NUMBER),
    "lower": _text_function("lower({})"),
    "upper": _text_function("upper({})"),
    "now": _now,
    "date_format": _date_format,
    "json_format": _json_format,
    "ifnull": _ifnull,
    "random": _random,
    "distance": _distance,
    **{name: _mathematical(*told) for name, told in MATHEMATICAL.items()},
}
