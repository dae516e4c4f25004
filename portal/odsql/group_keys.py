"""What rows are grouped by: fields, parts of dates, ranges, clusters of places."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeGuard

from portal.odsql import query_errors, tree
from portal.odsql.dates import DateError, parse_period
from portal.odsql.fragment import Expression, Fragment, Kind, constant, sql
from portal.odsql.functions import local_moment
from portal.odsql.scope import Context
from portal.odsql.vocabulary import time_unit

# Pixels of a tile of a web map: the radius of a cluster is told in them.
_TILE, _DEFAULT_RADIUS = 256, 40
_MAX_ZOOM = 25
_UNGROUPABLE = (Kind.POINT, Kind.SHAPE)
# What a multivalued field is grouped by: each of its values, or none when it has none.
_UNNEST = "unnest(case when coalesce(len({}), 0) = 0 then [null] else {} end)"


class _NumberLiteral(tree.Literal):
    constant: int | float


@dataclass(frozen=True)
class GroupKey:
    """A key of groups. ``grouping`` is what rows share; ``output`` makes the answer from the column
    that holds it (``{0}``), ``as_is`` when it is told unchanged; rows that do not satisfy
    ``condition`` are in no group; ``lateral_join`` makes several rows of one; ``auxiliary`` are
    aggregates of the group that ``output`` needs, ``{1}``, ``{2}``… in it."""

    name: str
    text: str
    grouping: Fragment
    output: Expression
    condition: Fragment | None = None
    lateral_join: Fragment | None = None
    auxiliary: tuple[Fragment, ...] = ()
    as_is: bool = False


def group_key(item: tree.Selection, rank: int, context: Context) -> GroupKey:
    """Compile an item of ``group_by``. Raises ``ApiError``."""
    inner_node = item.expression
    if isinstance(inner_node, tree.Call) and inner_node.function == "range":
        return _range_key(item, inner_node, context)
    if isinstance(inner_node, tree.Call) and inner_node.function == "geo_cluster":
        return _cluster(item, inner_node, context)
    compiled = context.compile(inner_node)
    if compiled.kind is Kind.POINT and context.group_points:
        text = sql("('[' || {}.lat || ', ' || {}.lon || ']')", *[compiled.fragment] * 2)
        output = Expression(Kind.TEXT, Fragment("{0}"))
        return GroupKey(item.name, _normalized(inner_node), text, output)
    if compiled.kind in _UNGROUPABLE:
        raise query_errors.malformed(
            "Aggregation on geo point field is not possible. Use the geo_cluster(point_geo,"
            " int_precision) aggregation function instead",
            context.clause,
        )
    if compiled.kind is Kind.LIST:
        name = f"valeurs_{rank}"
        unnest = sql(", " + _UNNEST + f" as {name}(v)", compiled.fragment, compiled.fragment)
        output = Expression(Kind.TEXT, Fragment("{0}"))
        return GroupKey(
            item.name,
            _normalized(inner_node),
            Fragment(f"{name}.v"),
            output,
            lateral_join=unnest,
            as_is=True,
        )
    output = Expression(
        compiled.kind,
        Fragment("{0}"),
        field=compiled.field,
        integer=compiled.integer,
        precision="instant",
    )
    return GroupKey(item.name, _normalized(inner_node), compiled.fragment, output, as_is=True)


def _normalized(node: tree.Node) -> str:
    return normalize(node.name if isinstance(node, tree.Name) else node.text)


def normalize(text: str) -> str:
    """Return an expression as it is compared with another one: spaces and case do not matter."""
    return "".join(text.split()).lower()


def _range_key(item: tree.Selection, node: tree.Call, context: Context) -> GroupKey:
    if len(node.arguments) < 2:  # noqa: PLR2004
        raise query_errors.malformed(f"{node.text}: range takes a field and bounds", context.clause)
    field, *bounds = node.arguments
    compiled = context.compile(field)
    if compiled.kind not in (Kind.NUMBER, Kind.DATE, Kind.DATETIME):
        raise query_errors.malformed(f"{node.text}: range takes a number or a date", context.clause)
    if len(bounds) > 1:
        return _between_bounds(item, compiled, bounds, context)
    if compiled.kind is Kind.NUMBER:
        return _histogram(item, compiled, bounds[0], context)
    return _calendar(item, field, bounds[0], context)


def _between_bounds(
    item: tree.Selection, compiled: Expression, bounds: list[tree.Node], context: Context
) -> GroupKey:
    """``range(f, *, 10, 50, *)``: each bound opens an interval, and closes the one before."""
    values = [_bound(bound, compiled, context) for bound in bounds]
    cases, labels = [], []
    for (low, low_text), (high, high_text) in pairwise(values):
        labels.append(f"[{low_text}, {high_text}[")
        sides = [sql("{} >= {}", compiled.fragment, low)] if low else []
        sides += [sql("{} < {}", compiled.fragment, high)] if high else []
        sides = sides or [sql("{} is not null", compiled.fragment)]
        cases.append(
            sql(
                f"when {' and '.join(['{}'] * len(sides))} then {len(labels)}",
                *sides,
            )
        )
    key = sql("case " + " ".join(["{}"] * len(cases)) + " end", *cases)
    output = Expression(Kind.TEXT, sql("list_extract({}, {{0}})", constant(labels)))
    return GroupKey(
        item.name,
        normalize(item.expression.text),
        key,
        output,
        condition=sql("{} is not null", key),
    )


def _bound(node: tree.Node, compiled: Expression, context: Context) -> tuple[Fragment | None, str]:
    if isinstance(node, tree.Star):
        return None, "*"
    value = node.constant if isinstance(node, (tree.Literal, tree.DateLiteral)) else None
    if compiled.kind is Kind.NUMBER and _is_number(node):
        return constant(node.constant), _number(float(node.constant))
    if compiled.kind is not Kind.NUMBER and value is not None:
        try:
            start, _ = parse_period(str(value)).utc(context.timezone)
        except DateError as error:
            raise query_errors.malformed(str(error), context.clause) from None
        kind = "timestamp"
        return sql(f"cast({{}} as {kind})", constant(start)), start.strftime(
            "%Y-%m-%dT%H:%M:%S.000Z"
        )
    raise query_errors.malformed(
        f"{node.text} (position {node.position}) is not a bound of {compiled.kind.value}",
        context.clause,
    )


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _histogram(
    item: tree.Selection, compiled: Expression, step: tree.Node, context: Context
) -> GroupKey:
    """``range(f, 10)``: intervals of equal width, from 0."""
    width = float(step.constant) if _is_number(step) else 0.0
    if not 0 < width < math.inf:
        raise query_errors.malformed(
            f"{step.text}: the width of a range is above 0", context.clause
        )
    kind = "bigint" if width.is_integer() and width < 2**53 else "double"
    number = _number(width)
    key = sql(f"cast(floor(cast({{}} as double) / {number}) as bigint)", compiled.fragment)
    label = (
        f"'[' || cast(cast({{0}} * {number} as {kind}) as varchar) || ', ' ||"
        f" cast(cast(({{0}} + 1) * {number} as {kind}) as varchar) || '['"
    )
    output = Expression(Kind.TEXT, Fragment(label))
    return GroupKey(
        item.name,
        normalize(item.expression.text),
        key,
        output,
        condition=sql("{} is not null", compiled.fragment),
    )


def _is_number(node: tree.Node) -> TypeGuard[_NumberLiteral]:
    return (
        isinstance(node, tree.Literal)
        and isinstance(node.constant, (int, float))
        and not isinstance(node.constant, bool)
    )


def _calendar(
    item: tree.Selection, field: tree.Node, step: tree.Node, context: Context
) -> GroupKey:
    """``range(d, 1 day)``: intervals of the reader's calendar."""
    unit = time_unit(step.unit) if isinstance(step, tree.Quantity) else None
    if unit is None or not isinstance(step, tree.Quantity) or not step.constant.is_integer():
        raise query_errors.malformed(
            f"{step.text} (position {step.position}) is not an interval: 1 day, 1M, 1 year",
            context.clause,
        )
    number = int(step.constant)
    if not 1 <= number <= 1_000_000:  # noqa: PLR2004
        raise query_errors.malformed(f"{step.text}: from 1 to 1000000", context.clause)
    compiled, local = local_moment(field, context)
    if number == 1:
        key = sql(f"date_trunc('{unit}', {{}})", local)
    else:
        origin = "1970-01-05" if unit == "week" else "1970-01-01"
        key = sql(f"time_bucket(interval '{number} {unit}', {{}}, timestamp '{origin}')", local)
    end = f"({{0}} + interval '{number} {unit}')"
    zone = "UTC" if compiled.kind is Kind.DATE else context.timezone
    start_text, end_text = (_utc_text(moment, zone) for moment in ("{0}", end))
    output = Expression(Kind.TEXT, sql("'[' || {} || ', ' || {} || '['", start_text, end_text))
    return GroupKey(
        item.name,
        normalize(item.expression.text),
        key,
        output,
        condition=sql("{} is not null", compiled.fragment),
    )


def _utc_text(local: str, timezone: str) -> Fragment:
    form = "'%Y-%m-%dT%H:%M:%S.%gZ'"
    if timezone == "UTC":
        return Fragment(f"strftime({local}, {form})")
    return Fragment(f"strftime(timezone('UTC', timezone(?, {local})), {form})", (timezone,))


def _cluster(item: tree.Selection, node: tree.Call, context: Context) -> GroupKey:
    """``geo_cluster(f, zoom)``: places that a map would show on one another."""
    field, zoom, radius = _cluster_settings(node, context)
    compiled = context.compile(field)
    if compiled.kind is not Kind.POINT:
        raise query_errors.malformed(f"{node.text}: takes a geo point", context.clause)
    size = 360 / 2**zoom * radius / _TILE
    point = compiled.fragment
    key = sql(
        f"(floor(({{}}.lon + 180) / {size!r}), floor(({{}}.lat + 90) / {size!r}))", point, point
    )
    shape = "st_asgeojson(st_envelope(st_collect(list(st_point({}.lon, {}.lat)))))"
    parts = (
        sql("cast(" + shape + " as varchar)", point, point),
        sql("avg({}.lat)", point),
        sql("avg({}.lon)", point),
    )
    output = Fragment(
        "cast(to_json({{'cluster': json({1}), 'cluster_centroid':"
        " {{'lat': {2}, 'lon': {3}}}}}) as varchar)"
    )
    return GroupKey(
        item.name,
        normalize(item.expression.text),
        key,
        Expression(Kind.JSON, output),
        condition=sql("{} is not null", point),
        auxiliary=parts,
    )


def _cluster_settings(node: tree.Call, context: Context) -> tuple[tree.Node, float, float]:
    numbers = []
    for item in node.arguments[1:]:
        inner_node = item.right if isinstance(item, tree.Comparison) else item
        if not _is_number(inner_node):
            raise query_errors.malformed(f"{item.text}: a number is expected", context.clause)
        numbers.append(float(inner_node.constant))
    if not 1 <= len(numbers) <= 2:  # noqa: PLR2004
        raise query_errors.malformed(
            f"{node.text}: takes a field, a zoom, a radius", context.clause
        )
    zoom, radius = numbers[0], numbers[1] if len(numbers) > 1 else _DEFAULT_RADIUS
    if not 0 <= zoom <= _MAX_ZOOM or not 0 < radius <= _TILE:
        raise query_errors.malformed(
            f"{node.text}: the zoom is 0 to {_MAX_ZOOM}, the radius up to {_TILE}",
            context.clause,
        )
    return node.arguments[0], zoom, radius
