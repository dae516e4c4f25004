"""What a query asks for, and what it compiles to."""

from dataclasses import dataclass

from portal.odsql import query_errors, tree
from portal.odsql.fragment import Expression, Fragment, Kind, sql
from portal.odsql.parser import parse_order_by


@dataclass(frozen=True)
class Query:
    """What a client asks for, as it wrote it; all ``where`` must hold.

    ``conditions`` must, too: they were read from another language than ODSQL.
    ``disjunctive_fields`` are those whose refinements are alternatives, besides those that say so
    by themselves. ``group_points``: places may be grouped by, as v2.0 does.
    """

    select: str = ""
    where: tuple[str, ...] = ()
    group_by: str = ""
    order_by: str = ""
    refine: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    conditions: tuple[tree.Node, ...] = ()
    disjunctive_fields: frozenset[str] = frozenset()
    timezone: str = "UTC"
    language: str = "fr"
    group_points: bool = False


@dataclass(frozen=True)
class Column:
    """A column of the answer."""

    name: str
    expression: Expression

    @property
    def is_field(self) -> bool:
        """Tell whether it is a field under its own name."""
        return self.expression.field is not None and self.expression.field.nom == self.name


@dataclass(frozen=True)
class SortKey:
    """A key of the order: what is compared, and which way.

    Nothing comes last either way, unless ``nulls_first``.
    """

    fragment: Fragment
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True)
class Plan:
    """A compiled query: ``auxiliary`` (CTE) and ``source_sql`` (from, where) hold all rows.

    ``total`` counts them. ``has_where`` tells whether ``source_sql`` ends with a condition;
    ``filtered``, that there may be fewer rows than in the dataset; ``repeated``, that the one row
    of ``auxiliary`` is to be repeated for each row of the dataset that the query keeps, as the
    Explore API does for aggregates.
    """

    columns: tuple[Column, ...]
    source_sql: Fragment
    total: Fragment
    order: tuple[SortKey, ...] = ()
    auxiliary: Fragment | None = None
    repeated: bool = False
    grouping: bool = False
    filtered: bool = False
    has_where: bool = False


def order_items(query: Query) -> tuple[tree.OrderItem, ...]:
    """Return the items of ``order_by``."""
    return parse_order_by(query.order_by) if query.order_by.strip() else ()


def sort_keys(expression: Expression, descending: bool, nulls_first: bool = False) -> list[SortKey]:
    """Return what is sorted by: texts without case nor accents first, as the ENUMs already are."""
    if expression.kind in (Kind.POINT, Kind.SHAPE):
        raise query_errors.malformed("a place has no order", "order_by")
    if expression.kind is Kind.NULL:  # "order by null" is refused by DuckDB
        return []
    keys = [expression.fragment]
    if expression.kind is Kind.TEXT and not (expression.field and expression.field.is_enum):
        text = expression.varchar()
        keys = [sql("lower(strip_accents({}))", text), text]
    return [SortKey(key, descending, nulls_first) for key in keys]
