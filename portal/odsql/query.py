"""A whole query: select, where, group_by and order_by put together."""

from dataclasses import replace

from portal.odsql import (
    conditions,
    predicates,
    query_errors,
    refinements,
    text_search,
    tree,
)
from portal.odsql.conditions import dataset_rows
from portal.odsql.expressions import new_context
from portal.odsql.fragment import Fragment, join_fragments, sql
from portal.odsql.groups import compile_grouped
from portal.odsql.parser import parse_select, parse_where
from portal.odsql.plan import Column, Plan, Query, SortKey, order_items, sort_keys
from portal.odsql.refinements import Facet
from portal.odsql.scope import Aggregation, Context, column_of_field
from portal.odsql.vocabulary import PROJECTIONS
from portal.packages.dataset import Dataset


def compile_query(dataset: Dataset, query: Query) -> Plan:
    """Compile a query. Raises ``ApiError``."""
    context = new_context(dataset, "select", query.timezone, query.language)
    context = replace(context, group_points=query.group_points)
    where = condition(query, context)
    if query.group_by.strip():
        return compile_grouped(query, context, where)
    items = _selection(query.select, context.in_clause("select", Aggregation.GROUP))
    if items and all(item.expression.aggregate for item in items):
        return _whole_set(items, context, where)
    if any(item.expression.aggregate for item in items):
        items = _selection(query.select, context.in_clause("select", Aggregation.ALL_ROWS))
    return _rows(items, query, context, where)


def condition(query: Query, context: Context, except_field: str | None = None) -> Fragment:
    """Compile where, refine and exclude; without the refinements of ``except_field``."""
    within = context.in_clause("where")
    by_name = requested_facets(query, within)
    refine = refinements.parse_refinements(query.refine, within, "refine")
    exclude = refinements.parse_refinements(query.exclude, within, "exclude")
    whole = conditions.conjunction(
        [
            conditions.every(query.where, within),
            *(conditions.compile_condition(node, within) for node in query.conditions),
            refinements.condition(refine, exclude, by_name, within, except_field),
        ]
    )
    text_search.check(whole, within)
    return whole


def requested_facets(query: Query, context: Context) -> dict[str, Facet]:
    """Return the facets asked for, and what the request says of alternatives."""
    by_name = refinements.parse_facets(query.facets, context)
    for name in query.disjunctive_fields:
        field = context.dataset.field(name)
        if field:
            known = by_name.get(field.nom, Facet(field.nom))
            by_name[field.nom] = replace(known, disjunctive=True)
    return by_name


def _selection(text: str, context: Context) -> list[Column]:
    """Return the columns of ``select``; all fields without it."""
    all_columns = [Column(field.nom, column_of_field(field)) for field in context.dataset.fields]
    if not text.strip():
        return all_columns
    items = parse_select(text)
    removed = {
        column.name
        for item in items
        if _is_call(item, "exclude")
        for column in _columns(item, all_columns, context)
    }
    # What takes fields away starts from all of them, unless others are named by a pattern.
    listed = any(isinstance(item, tree.Star) or _is_call(item, "include") for item in items)
    selected = {column.name: column for column in all_columns} if removed and not listed else {}
    for item in items:
        if not _is_call(item, "exclude"):
            _add(selected, item, _columns(item, all_columns, context), context)
    return [
        column for column in selected.values() if column.name not in removed or not column.is_field
    ]


def _add(
    selected: dict[str, Column],
    item: tree.Selection | tree.Star,
    columns: list[Column],
    context: Context,
) -> None:
    for column in columns:
        aliased = isinstance(item, tree.Selection) and item.alias
        if aliased and column.name in selected and column != selected[column.name]:
            raise query_errors.malformed(
                f"Alias '{column.name}' is declared several times", context.clause
            )
        selected[column.name] = column


def _is_call(item: tree.Selection | tree.Star, function: str) -> bool:
    node = item.expression if isinstance(item, tree.Selection) else item
    return isinstance(node, tree.Call) and node.function == function


def _columns(
    item: tree.Selection | tree.Star, every: list[Column], context: Context
) -> list[Column]:
    if isinstance(item, tree.Star):
        return every
    node = item.expression
    if isinstance(node, tree.Call) and node.function in PROJECTIONS:
        return _projection(node, every, context)
    return [Column(item.name, context.compile(node))]


def _projection(node: tree.Call, every: list[Column], context: Context) -> list[Column]:
    columns: list[Column] = []
    for argument in node.arguments:
        if isinstance(argument, tree.Wildcard):
            columns += [column for column in every if column.name.startswith(argument.prefix)]
        elif isinstance(argument, tree.Name):
            field = context.lookup(argument).field
            columns += [column for column in every if field and column.name == field.nom]
        else:
            raise query_errors.malformed(
                f"{node.text}: a field or nb_* is expected", context.clause
            )
    return columns


def _rows(items: list[Column], query: Query, context: Context, where: Fragment) -> Plan:
    aliased = replace(
        context.in_clause("order_by", Aggregation.ALL_ROWS),
        alias={item.name: item.expression for item in items},
    )
    rows = dataset_rows(context.dataset, where)
    order = [
        key
        for item in order_items(query)
        for key in sort_keys(aliased.compile(item.expression), item.descending)
    ]
    if not order:
        order = _relevance(query, context)
    return Plan(
        tuple(items),
        rows,
        sql("select count(*) {}", rows),
        (*order, SortKey(Fragment("d.rowid"))),
        filtered=where != conditions.TRUE,
        has_where=where != conditions.TRUE,
    )


def _relevance(query: Query, context: Context) -> list[SortKey]:
    """Sort what is searched for by how well it answers, when nothing else is asked."""
    within = context.in_clause("where")
    scores = [
        score
        for text in query.where
        if text.strip()
        for score in predicates.relevances(parse_where(text), within)
    ]
    score = sql("({})", join_fragments(" + ", scores))
    return [SortKey(score, descending=True)] if scores and text_search.is_short(score) else []


def _whole_set(items: list[Column], context: Context, where: Fragment) -> Plan:
    """Return the plan of aggregates over all rows: one row, repeated."""
    rows = dataset_rows(context.dataset, where)
    inner = join_fragments(
        ", ",
        [
            *(sql(f"{{}} as v{rank}", item.expression.fragment) for rank, item in enumerate(items)),
            Fragment("count(*) as lignes"),
        ],
    )
    return Plan(
        tuple(
            Column(item.name, replace(item.expression, fragment=Fragment(f"v{rank}"), field=None))
            for rank, item in enumerate(items)
        ),
        Fragment("from ensemble"),
        sql("select count(*) {}", rows),
        auxiliary=sql("with ensemble as (select {} {})", inner, rows),
        repeated=True,
        filtered=True,
    )
