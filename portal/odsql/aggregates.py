"""The aggregates, over a group or over all the rows of the answer."""

from portal.odsql import query_errors, tree
from portal.odsql.fragment import Expression, Fragment, Kind, sql
from portal.odsql.scope import Aggregation, Context

_NUMERIC = {
    "sum": "sum({})",
    "avg": "avg({})",
    "stddev": "stddev_samp(cast({} as double))",
    "variance": "var_samp(cast({} as double))",
}
_MAX_PERCENTILE = 100


def compile_aggregate(node: tree.Call, context: Context) -> Expression:
    """Compile an aggregate. Raises ``ApiError``."""
    inner = context.in_clause(context.clause)
    if node.function == "count":
        return _aggregate(Kind.NUMBER, _count(node, inner), context, integer=True)
    if node.function in ("percentile", "median"):
        return _aggregate(Kind.NUMBER, _percentile(node, inner), context)
    (argument,) = inner.arguments(node, 1)
    compiled = inner.compile(argument)
    if node.function in ("envelope", "bbox"):
        return _envelope(node, compiled, context)
    if compiled.kind is Kind.POINT:
        raise query_errors.malformed(
            "Aggregation on geo point field is not possible. Use the geo_cluster(point_geo,"
            " int_precision) aggregation function instead",
            context.clause,
        )
    if node.function in ("min", "max"):
        if compiled.kind not in (Kind.NUMBER, Kind.DATE, Kind.DATETIME):
            raise _neither_number_nor_date(context)
        fragment = sql(f"{node.function}({{}})", compiled.fragment)
        return _aggregate(compiled.kind, fragment, context, compiled.integer, compiled.precision)
    if compiled.kind is not Kind.NUMBER:
        raise _neither_number_nor_date(context)
    whole = compiled.integer and node.function == "sum"
    fragment = sql(_NUMERIC[node.function], compiled.fragment)
    return _aggregate(Kind.NUMBER, fragment, context, whole)


def _aggregate(
    kind: Kind,
    fragment: Fragment,
    context: Context,
    integer: bool = False,
    precision: str = "day",
) -> Expression:
    if context.aggregation is Aggregation.ALL_ROWS:
        fragment = sql("{} over ()", fragment)
    return Expression(kind, fragment, aggregate=True, integer=integer, precision=precision)


def _neither_number_nor_date(context: Context) -> Exception:
    return query_errors.malformed(
        "StatAggregation only supports numeric or date expression", context.clause
    )


def _count(node: tree.Call, context: Context) -> Fragment:
    (argument,) = context.arguments(node, 1)
    if isinstance(argument, tree.Star):
        return Fragment("count(*)")
    if isinstance(argument, tree.Distinct):
        compiled = context.compile(argument.expression)
        return sql("count(distinct {})", compiled.fragment)
    compiled = context.compile(argument)
    if compiled.kind is Kind.LIST:
        return sql("count(nullif(len({}), 0))", compiled.fragment)
    return sql("count({})", compiled.fragment)


def _percentile(node: tree.Call, context: Context) -> Fragment:
    share = 0.5
    if node.function == "percentile":
        argument, rank = context.arguments(node, 2)
        number = rank.constant if isinstance(rank, tree.Literal) else None
        if not isinstance(number, (int, float)) or not 0 <= number <= _MAX_PERCENTILE:
            raise query_errors.malformed(
                f"{node.text}: the percentile is a number from 0 to 100", context.clause
            )
        share = number / _MAX_PERCENTILE
    else:
        (argument,) = context.arguments(node, 1)
    compiled = context.compile(argument)
    if compiled.kind is not Kind.NUMBER:
        raise _neither_number_nor_date(context)
    # DuckDB wants a constant here: a number that we have made, not a text that somebody sent.
    return sql(f"quantile_cont(cast({{}} as double), {share!r})", compiled.fragment)


def _envelope(node: tree.Call, point: Expression, context: Context) -> Expression:
    if point.kind is not Kind.POINT or context.aggregation is Aggregation.ALL_ROWS:
        raise query_errors.malformed(
            f"{node.text}: takes a geo point, without other fields", context.clause
        )
    points = sql(
        "list(st_point({}.lon, {}.lat)) filter (where {} is not null)",
        point.fragment,
        point.fragment,
        point.fragment,
    )
    shape = "st_envelope" if node.function == "bbox" else "st_convexhull"
    return Expression(
        Kind.SHAPE,
        sql(f"cast(st_asgeojson({shape}(st_collect({{}}))) as varchar)", points),
        aggregate=True,
    )
