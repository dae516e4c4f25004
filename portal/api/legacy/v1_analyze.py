"""``analyze`` of the API v1: series of aggregates along one or several fields."""

import re
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.api.legacy.v1_parameters import (
    dataset_name,
    lease,
    parse_search,
    quote_name,
    read_parameters,
)
from portal.api.parameters import MAX_GROUPED_LIMIT, Page, Parameters
from portal.api.records import answer_query
from portal.api.responses import json
from portal.errors import ApiError
from portal.odsql.plan import Query
from portal.packages.dataset import Dataset
from portal.packages.field import TEMPORAL

_SERIES = re.compile(r"y\.(?P<series>.+)\.(?P<part>func|expr)")
_FUNCTIONS = {
    "COUNT": "count({})",
    "AVG": "avg({})",
    "SUM": "sum({})",
    "MIN": "min({})",
    "MAX": "max({})",
    "STDDEV": "stddev({})",
    "SUMSQUARES": "sum({0} * {0})",
}
# Parts of a date that a precision tells, and those of a periodic one.
_PRECISIONS = {
    "year": ("year",),
    "month": ("year", "month"),
    "day": ("year", "month", "day"),
    "hour": ("year", "month", "day", "hour"),
    "minute": ("year", "month", "day", "hour", "minute"),
}
_PERIODIC_PARTS = {"month": ("month",), "weekday": ("dayofweek",), "hour": ("hour",)}


async def analyze(request: Request) -> Response:
    """Answer ``/api/records/1.0/analyze/``."""
    parameters = await read_parameters(request)
    name = dataset_name(parameters)
    async with lease(request, name) as dataset:
        keys = _group_expressions(parameters, dataset)
        series = _series(parameters, dataset)
        page = Page(
            max(0, min(parameters.integer("maxpoints", MAX_GROUPED_LIMIT), MAX_GROUPED_LIMIT))
        )
        answer = await answer_query(
            request, dataset, _query(parameters, dataset, keys, series), page
        )
    cut = {"ODS-Analyze-Truncated": "true"} if answer.count > len(answer.rows) else {}
    return json([_point(item, keys, series) for item in answer.objects], parameters, **cut)


def _group_expressions(parameters: Parameters, dataset: Dataset) -> dict[str, dict[str, str]]:
    """Return, for each x, the expressions that it is grouped by, named for the answer."""
    by_name: dict[str, dict[str, str]] = {}
    precision = parameters.text("precision").lower()
    periodic = parameters.text("periodic").lower()
    for name in parameters.texts("x"):
        field = _field_type(name, dataset)
        parts: tuple[str, ...] = ()
        if field in TEMPORAL:
            parts = _PERIODIC_PARTS.get(periodic, ()) or _PRECISIONS.get(precision, ())
        expressions = {part: f"{part}({quote_name(name)})" for part in parts}
        by_name[name] = expressions or {"": quote_name(name)}
    if not by_name:
        raise ApiError(400, "InvalidParameter", "The x parameter is missing.")
    return by_name


def _field_type(name: str, dataset: Dataset) -> Any:
    field = dataset.field(name)
    if field is None:
        raise ApiError(400, "InvalidParameter", f"Unknown field: {name}.")
    return field.type


def _series(parameters: Parameters, dataset: Dataset) -> dict[str, str]:
    """Return the expression of each series."""
    series_options: dict[str, dict[str, str]] = {}
    for name in parameters.names():
        if match := _SERIES.fullmatch(name):
            series_options.setdefault(match["series"], {})[match["part"]] = parameters.text(name)
    series = {}
    for name, parts in series_options.items():
        function = parts.get("func", "COUNT").upper()
        field = parts.get("expr", "")
        if function not in _FUNCTIONS or (not field and function != "COUNT"):
            raise ApiError(
                400, "InvalidParameter", f"y.{name}: func is one of {', '.join(_FUNCTIONS)}."
            )
        if field:
            _field_type(field, dataset)
        series[name] = _FUNCTIONS[function].format(quote_name(field) if field else "*")
    return series or {"count": "count(*)"}


def _query(
    parameters: Parameters,
    dataset: Dataset,
    keys: dict[str, dict[str, str]],
    series: dict[str, str],
) -> Query:
    base = parse_search(parameters, dataset).query
    groups = [
        f"{expression} as {quote_name(f'x.{name}.{part}')}"
        for name, parts in keys.items()
        for part, expression in parts.items()
    ]
    values = [f"{expression} as {quote_name(f'y.{name}')}" for name, expression in series.items()]
    order = []
    for item in parameters.texts("sort"):
        text = item.removeprefix("-")
        name = text.removeprefix("y.")
        if name in series:
            order.append(f"{quote_name(f'y.{name}')} {'asc' if item.startswith('-') else 'desc'}")
    return replace(
        base, select=", ".join(values), group_by=", ".join(groups), order_by=", ".join(order)
    )


def _point(
    item: dict[str, Any], keys: dict[str, dict[str, str]], series: dict[str, str]
) -> dict[str, Any]:
    """Return a point: its x, an object when it has several parts, and its series."""
    axes = {}
    for name, parts in keys.items():
        values = {part: item[f"x.{name}.{part}"] for part in parts}
        axes[name] = values.get("", values)
    x = next(iter(axes.values())) if len(axes) == 1 else axes
    return {"x": x, **{name: item[f"y.{name}"] for name in series}}
