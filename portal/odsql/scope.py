"""What an expression is compiled in: the dataset, the reader's zone and language, the clause."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from orchestration.sql import identifier
from portal.images.record_id import row_id_sql
from portal.odsql import query_errors
from portal.odsql.fragment import (
    KINDS,
    Expression,
    Fragment,
    Kind,
    constant,
    join_fragments,
    sql,
)
from portal.odsql.tree import Call, Name, Node
from portal.packages.dataset import Dataset
from portal.packages.field import Field, Type


class Aggregation(Enum):
    """Whether aggregates may stand, and over what: a group, or all the rows of the answer."""

    NONE = ""
    GROUP = "group"
    ALL_ROWS = "all rows"


@dataclass(frozen=True)
class Context:
    """``compiler`` is that of expressions, which functions give their arguments to; ``alias`` are
    the expressions that may be called by a name of the request; ``group_points``: places may be
    grouped by, as v2.0 does."""

    dataset: Dataset
    compiler: "Callable[[Node, Context], Expression]"
    clause: str = "select"
    timezone: str = "UTC"
    language: str = "fr"
    aggregation: Aggregation = Aggregation.NONE
    alias: Mapping[str, Expression] = field(default_factory=dict)
    group_points: bool = False

    def in_clause(self, clause: str, aggregation: Aggregation = Aggregation.NONE) -> "Context":
        """Return the context of another clause."""
        return replace(self, clause=clause, aggregation=aggregation)

    def compile(self, node: Node) -> Expression:
        """Compile an expression. Raises ``ApiError``."""
        return self.compiler(node, self)

    def arguments(self, node: Call, minimum: int, maximum: int | None = None) -> tuple[Node, ...]:
        """Return the arguments of a call, as many as it must have. Raises ``ApiError``."""
        if not minimum <= len(node.arguments) <= (maximum or minimum):
            raise query_errors.malformed(
                f"{node.text} has {len(node.arguments)} argument(s) where {node.function} takes"
                f" {minimum}"
                + (f" to {maximum}" if maximum else "")
                + f" (position {node.position})",
                self.clause,
            )
        return node.arguments

    def lookup(self, node: Name) -> Expression:
        """Return the expression that a name stands for. Raises ``ApiError``."""
        known_field = self.dataset.field(node.name)
        if known_field:
            return column_of_field(known_field)
        if node.name in self.alias:
            return self.alias[node.name]
        if node.name.lower() in _TECHNICAL:
            return self._technical_field(_TECHNICAL[node.name.lower()])
        raise query_errors.unknown_field(node.name, node.position, self.known_names(), self.clause)

    def known_names(self) -> list[str]:
        """Return what may be named."""
        return [*self.dataset.by_name, *self.dataset.alias, *self.alias]

    def _technical_field(self, name: str) -> Expression:
        if name == "recordid":
            return Expression(Kind.TEXT, Fragment(row_id_sql(self.dataset)))
        if name == "record_size":
            return Expression(Kind.NUMBER, _record_size(self.dataset), integer=True)
        modified = self.dataset.modified.isoformat("T", "seconds")
        text = self.dataset.id if name == "datasetid" else modified
        return Expression(Kind.TEXT, sql("cast({} as varchar)", constant(text)))


def _record_size(dataset: Dataset) -> Fragment:
    """Return the bytes of the values of a row, as texts."""
    sizes = [
        sql("coalesce(strlen({}), 0)", column_of_field(field).varchar()) for field in dataset.fields
    ]
    return sql("({})", join_fragments(" + ", sizes))


def column_of_field(field: Field) -> Expression:
    """Return the column of a field."""
    kind = Kind.LIST if field.multivalued else KINDS[field.type]
    return Expression(
        kind,
        Fragment(f"d.{identifier(field.nom)}"),
        field,
        integer=field.type is Type.INT,
        precision=field.precision,
    )


_TECHNICAL = {
    "datasetid": "datasetid",
    "dataset_id": "datasetid",
    "recordid": "recordid",
    "_id": "recordid",
    "record_timestamp": "record_timestamp",
    "_timestamp": "record_timestamp",
    "record_size": "record_size",
    "_size": "record_size",
}
