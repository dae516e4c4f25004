"""What an expression is compiled in: the dataset, the reader's zone and language, what is allowed.

Belongs here: looking names up. Does not: functions.
"""

from collections.abc import Mapping
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
from portal.odsql.tree import Name
from portal.packages.dataset import Dataset
from portal.packages.field import Field, Type


class Aggregation(Enum):
    """Whether aggregates may stand, and over what: a group, or all the rows of the answer."""

    NONE = ""
    GROUP = "groupe"
    ALL_ROWS = "ensemble"


@dataclass(frozen=True)
class Context:
    """``alias`` are the expressions that may be called by a name of the request."""

    dataset: Dataset
    clause: str = "select"
    timezone: str = "UTC"
    language: str = "fr"
    aggregation: Aggregation = Aggregation.NONE
    alias: Mapping[str, Expression] = field(default_factory=dict)

    def in_clause(self, clause: str, aggregation: Aggregation = Aggregation.NONE) -> "Context":
        """Return the context of another clause."""
        return replace(self, clause=clause, aggregation=aggregation)

    def nom(self, node: Name) -> Expression:
        """Return the expression that a name stands for. Raises ``ApiError``."""
        known_field = self.dataset.field(node.nom)
        if known_field:
            return column_of_field(known_field)
        if node.nom in self.alias:
            return self.alias[node.nom]
        if node.nom.lower() in _TECHNICAL:
            return self._technical_field(_TECHNICAL[node.nom.lower()])
        raise query_errors.unknown_field(node.nom, node.position, self.known_names(), self.clause)

    def known_names(self) -> list[str]:
        """Return what may be named."""
        return [*self.dataset.by_name, *self.dataset.alias, *self.alias]

    def _technical_field(self, nom: str) -> Expression:
        if nom == "recordid":
            return Expression(Kind.TEXT, Fragment(row_id_sql(self.dataset)))
        if nom == "record_size":
            return Expression(Kind.NUMBER, _record_size(self.dataset), integer=True)
        text = (
            self.dataset.id
            if nom == "datasetid"
            else self.dataset.modified.isoformat("T", "seconds")
        )
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
