"""Facets: the values of fields and how many rows hold each, nested, sorted and told."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.api.facet_counts import DAY, FieldCount, count_values
from portal.api.parameters import Parameters, read_query
from portal.api.records import dataset_url
from portal.api.responses import json
from portal.context import requested_dataset
from portal.errors import invalid_parameter
from portal.odsql import refinements
from portal.odsql.expressions import new_context
from portal.odsql.plan import Query
from portal.odsql.query import condition, requested_facets
from portal.odsql.refinements import Facet
from portal.odsql.scope import Context
from portal.packages.dataset import Dataset
from portal.packages.field import TEMPORAL, Field, Type

DEFAULT_LIMIT = 100


@dataclass
class FacetValue:
    """A value of a facet: ``path`` are its levels from the root."""

    path: tuple[str, ...]
    separator: str
    count: int = 0
    state: str = "displayed"
    below: dict[str, "FacetValue"] = field(default_factory=dict)

    def as_object(self, arrange: "_Ordering", limit: int | None) -> dict[str, Any]:
        """Return it as the answer tells it."""
        name, path = self.path[-1], self.separator.join(self.path)
        content: dict[str, Any] = {"name": name, "value": path, "state": self.state}
        if self.state != "excluded":
            content = {"name": name, "value": path, "count": self.count, "state": self.state}
        if self.below and self.state == "refined":
            below = arrange.arrange(self.below.values())
            content["facets"] = [item.as_object(arrange, limit) for item in below[:limit]]
        return content


@dataclass(frozen=True)
class _Ordering:
    """The order of values: by ``count``, ``alphanum`` or ``num``, with a minus for the reverse."""

    sort: str

    def arrange(self, values: Iterable[FacetValue]) -> list[FacetValue]:
        """Sort values; those of the same count in alphabetic order."""
        alphabetic = sorted(values, key=lambda item: item.path)
        down = self.sort.startswith("-")
        kind = self.sort.removeprefix("-")
        if kind == "count":
            return sorted(alphabetic, key=lambda item: item.count, reverse=down)
        if kind == "num":
            return sorted(alphabetic, key=lambda item: _number(item.path[-1]), reverse=down)
        return alphabetic[::-1] if down else alphabetic


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("inf")


async def facets(request: Request) -> Response:
    """Answer ``/facets`` of a dataset."""
    parameters = Parameters.from_request(request)
    async with requested_dataset(request) as dataset:
        counted = await count_facets(
            request, dataset, read_query(parameters, dataset), read_limit(parameters)
        )
        content = {
            "links": [
                {"rel": "self", "href": str(request.url)},
                {"rel": "source", "href": f"{dataset_url(request, dataset)}/records"},
            ],
            "facets": counted,
        }
    return json(content, parameters)


def read_limit(parameters: Parameters) -> int:
    """Return how many values a facet may show. Raises ``ApiError``."""
    limit = parameters.integer("limit", DEFAULT_LIMIT)
    if limit < -1:
        raise invalid_parameter(
            f"Invalid value for limit API parameter: {limit} was found but -1 <= limit is expected."
        )
    return limit


async def count_facets(
    request: Request, dataset: Dataset, query: Query, limit: int = DEFAULT_LIMIT
) -> list[dict[str, Any]]:
    """Count the values of the facets asked for, or of all those declared.

    ``limit``: how many values a facet shows when it does not say so itself; -1 for all.
    """
    context = new_context(dataset, "where", query.timezone, query.language)
    known = requested_facets(query, context.in_clause("facet"))
    options = refinements.parse_facets(query.facets, context.in_clause("facet"))
    names = list(options) or [item.nom for item in dataset.fields if item.facet]
    shown = [known.get(name, Facet(name)) for name in names]
    facet_requests = [_facet_request(dataset, query, item, known, limit) for item in shown]
    counted = await count_values(
        request,
        dataset,
        [facet_request.field_count for facet_request in facet_requests],
        query.timezone,
    )
    return [
        facet_request.as_object(counted[facet_request.field.nom])
        for facet_request in facet_requests
    ]


@dataclass(frozen=True)
class _FacetRequest:
    """A facet as it is asked for: ``ticked`` and ``excluded`` are paths of values."""

    field: Field
    facet: Facet
    field_count: FieldCount
    ticked: list[tuple[str, ...]]
    excluded: list[tuple[str, ...]]
    separator: str
    limit: int

    def as_object(self, rows: Iterable[tuple[Any, int]]) -> dict[str, Any]:
        """Return the facet as the answer tells it, from its counted values."""
        values = _value_tree(rows, self.field, self.separator, self.ticked)
        for path in self.excluded:
            values.setdefault(path[0], FacetValue(path[:1], self.separator)).state = "excluded"
        sort = (
            self.facet.sort or self.field.annotations.get("facetsort") or _default_sort(self.field)
        )
        order = _Ordering(str(sort))
        limit = self.facet.limit if self.facet.limit is not None else self.limit
        most = None if limit == -1 else limit
        shown = order.arrange(values.values())[:most]
        return {"name": self.field.nom, "facets": [item.as_object(order, most) for item in shown]}


def _facet_request(
    dataset: Dataset,
    query: Query,
    facet: Facet,
    all_facets: Mapping[str, Facet],
    limit: int,
) -> _FacetRequest:
    context = new_context(dataset, "where", query.timezone, query.language)
    field = dataset.by_name[facet.name]
    disjunctive = refinements.is_disjunctive(field, all_facets)
    where = condition(query, context, except_field=field.nom if disjunctive else None)
    levels = _level_separator(field, facet)
    refined = _ticked_paths(query.refine, field, context, levels)
    excluded = _ticked_paths(query.exclude, field, context, levels)
    depth = 1 + max((len(path) for path in refined), default=0)
    count = FieldCount(field, where, depth)
    return _FacetRequest(field, facet, count, refined, excluded, levels, limit)


def _default_sort(field: Field) -> str:
    return "-alphanum" if field.type in TEMPORAL else "-count"


def _level_separator(field: Field, facet: Facet) -> str:
    """Return what separates the levels of the values of a field; nothing when it has none."""
    if field.type in TEMPORAL:
        return "/"
    return facet.hierarchy or field.hierarchy or ""


def _ticked_paths(
    texts: Sequence[str], field: Field, context: Context, separator: str
) -> list[tuple[str, ...]]:
    """Return the values of a field that are ticked, as paths."""
    for parse_refinement in refinements.parse_refinements(texts, context):
        if parse_refinement.field.nom == field.nom:
            if field.type in TEMPORAL:
                return [_date(value) for value in parse_refinement.values]
            return [
                tuple(v.split(separator)) if separator else (v,) for v in parse_refinement.values
            ]
    return []


def _date(text: str) -> tuple[str, ...]:
    """Return the levels of a ticked date: ``2024/3`` is 2024, then 03."""
    return tuple(part.zfill(2) for part in text.replace("-", "/").split("/"))


def _value_tree(
    rows: Iterable[tuple[Any, ...]],
    field: Field,
    separator: str,
    refined: Sequence[tuple[str, ...]],
) -> dict[str, FacetValue]:
    """Nest counted values, each level having what is below it."""
    root: dict[str, FacetValue] = {}
    for raw, count in rows:
        path = _path(raw, field, separator, len(max(refined, key=len, default=())))
        level = root
        for depth in range(1, len(path) + 1):
            prefix = path[:depth]
            node = level.setdefault(prefix[-1], FacetValue(prefix, separator or "/"))
            node.count += count
            if any(item[:depth] == prefix for item in refined):
                node.state = "refined"
            level = node.below
    return root


def _path(raw: Any, field: Field, separator: str, depth: int) -> tuple[str, ...]:
    if isinstance(raw, (dt.date, dt.datetime)):
        parts = (f"{raw.year:04}", f"{raw.month:02}", f"{raw.day:02}")
        return parts[: min(DAY, depth + 1)]
    if field.type is Type.BOOLEAN:
        return (str(raw).lower(),)
    return tuple(str(raw).split(separator)) if separator else (str(raw),)
