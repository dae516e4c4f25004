"""Queries with ``group_by``: a table of groups, then what is told of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from portal.odsql import conditions, group_keys, query_errors, tree
from portal.odsql.conditions import dataset_rows
from portal.odsql.fragment import Expression, Fragment, Kind, join_fragments, sql
from portal.odsql.group_keys import GroupKey, normalize
from portal.odsql.parser import parse_group_by, parse_select
from portal.odsql.plan import Column, Plan, Query, SortKey, order_items, sort_keys
from portal.odsql.scope import Aggregation, Context


@dataclass
class _GroupTable:
    """The columns of the table of groups, as they are asked for."""

    context: Context
    keys: list[GroupKey]
    aggregates: list[Fragment] = field(default_factory=list)

    def rank(self, fragment: Fragment) -> Fragment:
        """Return the column of an aggregate, made if it is not there yet."""
        if fragment not in self.aggregates:
            self.aggregates.append(fragment)
        return Fragment(f"a{self.aggregates.index(fragment)}")

    def group_key(self, node: tree.Node) -> int | None:
        """Return the rank of the key that an expression is, if it is one."""
        text = normalize(node.name if isinstance(node, tree.Name) else node.text)
        raw = node.name if isinstance(node, tree.Name) else None
        for rank, key in enumerate(self.keys):
            if key.text == text or key.name == raw:
                return rank
        return None

    def output(self, rank: int) -> Expression:
        """Return a key as the answer tells it."""
        key = self.keys[rank]
        columns = [f"k{rank}", *(self.rank(item).sql for item in key.auxiliary)]
        return replace(
            key.output,
            fragment=Fragment(
                key.output.fragment.sql.format(*columns), key.output.fragment.parameters
            ),
        )

    def expression(self, node: tree.Node, clause: str) -> Expression:
        """Compile a key or an aggregate, as a column of the table of groups."""
        rank = self.group_key(node)
        if rank is not None:
            return self.output(rank)
        within = self.context.in_clause(clause, Aggregation.GROUP)
        compiled = within.compile(node)
        if not compiled.aggregate and not _is_constant(node):
            raise query_errors.malformed(
                f"{node.text} (position {node.position}) is neither grouped nor aggregated",
                clause,
            )
        if not compiled.aggregate:
            return replace(compiled, field=None)
        return replace(compiled, fragment=self.rank(compiled.fragment), field=None)


def _is_constant(node: tree.Node) -> bool:
    return isinstance(node, (tree.Literal, tree.DateLiteral))


def compile_grouped(query: Query, context: Context, where: Fragment) -> Plan:
    selected = parse_select(query.select) if query.select.strip() else ()
    keys = [
        group_keys.group_key(_named(item, selected), rank, context.in_clause("group_by"))
        for rank, item in enumerate(parse_group_by(query.group_by))
    ]
    groups = _GroupTable(context, keys)
    columns = _group_columns(groups, selected)
    order = _group_order(query, groups, columns)
    joins = [key.lateral_join for key in keys if key.lateral_join]
    kept = conditions.conjunction([where, *(key.condition for key in keys if key.condition)])
    rows = dataset_rows(context.dataset, kept, joins)
    listed = [
        *(sql(f"{{}} as k{rank}", key.grouping) for rank, key in enumerate(keys)),
        *(sql(f"{{}} as a{rank}", item) for rank, item in enumerate(groups.aggregates)),
    ]
    ranks = ", ".join(str(rank + 1) for rank in range(len(keys)))
    table = sql(
        f"with groupes as (select {{}} {{}} group by {ranks})", join_fragments(", ", listed), rows
    )
    only_keys = join_fragments(
        ", ", [sql(f"{{}} as k{rank}", key.grouping) for rank, key in enumerate(keys)]
    )
    return Plan(
        tuple(columns),
        Fragment("from groupes"),
        sql("select count(*) from (select distinct {} {})", only_keys, rows),
        tuple(order),
        auxiliary=table,
        grouping=True,
        filtered=True,
    )


def _named(item: tree.Selection, selected: Sequence[object]) -> tree.Selection:
    """An alias of ``select`` may be grouped by: then it is what it stands for that is."""
    node = item.expression
    if isinstance(node, tree.Name):
        for other in selected:
            if isinstance(other, tree.Selection) and other.alias == node.name:
                return replace(other, alias=item.alias or other.alias)
    return item


def _group_columns(
    groups: _GroupTable, selected: Sequence[tree.Selection | tree.Star]
) -> list[Column]:
    columns = {
        key.name: Column(key.name, groups.output(rank)) for rank, key in enumerate(groups.keys)
    }
    aliases: set[str] = set()
    for item in selected:
        if isinstance(item, tree.Star):
            raise query_errors.malformed("* cannot be selected with group_by", "select")
        if item.alias in aliases:
            raise query_errors.malformed(
                f"Alias '{item.alias}' is declared several times", "select"
            )
        if item.alias:
            aliases.add(item.alias)
        columns[item.name] = Column(item.name, groups.expression(item.expression, "select"))
    return list(columns.values())


def _group_order(query: Query, groups: _GroupTable, columns: Sequence[Column]) -> list[SortKey]:
    by_name = {column.name: column.expression for column in columns}
    order: list[SortKey] = []
    for order_item in order_items(query):
        node = order_item.expression
        rank = groups.group_key(node)
        if rank is not None:
            sorted_by = _key_order(groups, rank)
        elif isinstance(node, tree.Name) and node.name in by_name:
            sorted_by = by_name[node.name]
        else:
            sorted_by = groups.expression(node, "order_by")
        order += sort_keys(sorted_by, order_item.descending)
    # What the request does not order comes in the order of the keys, nothing first.
    for rank in range(len(groups.keys)):
        order += sort_keys(_key_order(groups, rank), descending=False, nulls_first=True)
    return order


def _key_order(groups: _GroupTable, rank: int) -> Expression:
    """Return a key as it is sorted: a range by its bounds, not by its label."""
    key, column = groups.keys[rank], Fragment(f"k{rank}")
    kind = key.output.kind if key.as_is else Kind.NUMBER
    return replace(key.output, fragment=column, kind=kind)
