"""``analyze`` of the API v1: series of aggregates along one or several fields."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
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
from portal.errors import ApiError, shortened
from portal.odsql.parser import parse_select
from portal.odsql.plan import Query
from portal.odsql.tree import Selection
from portal.odsql.vocabulary import MATHEMATICAL, V1_PREFIX
from portal.packages.dataset import Dataset
from portal.packages.field import TEMPORAL

_AXIS = re.compile(r"x(?:[.]([0-9]{1,3}))?", re.ASCII)
_SERIES = re.compile(r"y\.(?P<series>.+)\.(?P<part>func|expr|subset|cumulative)")
_FUNCTIONS = {
    "COUNT": "count({})",
    "AVG": "avg({})",
    "SUM": "sum({})",
    "MIN": "min({})",
    "MAX": "max({})",
    "STDDEV": "stddev({})",
    "SUMSQUARES": "sum({0} * {0})",
    "QUANTILES": "percentile({0}, {1})",
}
_YEAR, _MONTH, _DAY, _HOUR, _MINUTE = "year", "month", "day", "hour", "minute"
# Parts of a date that a precision tells, and those of a periodic one: name in the answer, function.
_PRECISIONS = {
    "year": (_YEAR,),
    "month": (_YEAR, _MONTH),
    "day": (_YEAR, _MONTH, _DAY),
    "hour": (_YEAR, _MONTH, _DAY, _HOUR),
    "minute": (_YEAR, _MONTH, _DAY, _HOUR, _MINUTE),
    "week": ("year", "week"),
}
_PERIODIC = {
    "month": ("month",),
    "weekday": ("weekday",),
    "week": ("week",),
    "day": ("day",),
    "hour": ("hour",),
    "minute": ("minute",),
}
_CALLS = {"weekday": "dayofweek", "week": f"{V1_PREFIX}week"}
_ISO_YEAR = f"{V1_PREFIX}isoyear"
_PARTS = frozenset(("year", "month", "day", "hour", "minute", "weekday", "week"))
# The functions that expressions of the API v1 have, and ODSQL has not.
_V1_CALL = re.compile(
    rf"\b({'|'.join(name.removeprefix(V1_PREFIX) for name in MATHEMATICAL)})\s*\(", re.IGNORECASE
)


@dataclass(frozen=True)
class Axis:
    """An ``x``: its name in the answer, and the expressions that it is grouped by, by part."""

    name: str
    parts: dict[str, str]


@dataclass(frozen=True)
class Series:
    """A ``y``: its expression; ``cumulative``: each value adds those before it."""

    name: str
    expression: str
    cumulative: bool = False


async def analyze(request: Request) -> Response:
    """Answer ``/api/records/1.0/analyze/``."""
    parameters = await read_parameters(request)
    name = dataset_name(parameters)
    form = parameters.text("format").lower() or "json"
    if form not in ("json", "csv"):
        raise _invalid(f"format is json or csv: {shortened(form)} was found.")
    async with lease(request, name) as dataset:
        axes = _axes(parameters, dataset)
        series = _series(parameters, dataset)
        most = parameters.integer("maxpoints", 0)
        page = Page(most if 0 < most < MAX_GROUPED_LIMIT else MAX_GROUPED_LIMIT)
        answer = await answer_query(
            request, dataset, _query(parameters, dataset, axes, series), page
        )
    rows = list(_accumulated(answer.objects, series))
    cut = {"ODS-Analyze-Truncated": "true"} if answer.count > len(answer.rows) else {}
    if form == "csv":
        text = _table(rows, axes, series, parameters.text("csv_separator") or ";")
        headers = {"Content-Disposition": f'attachment; filename="{dataset.id}.csv"', **cut}
        return Response(text, 200, headers, "text/csv; charset=utf-8")
    return json([_point(item, axes, series) for item in rows], parameters, **cut)


def _invalid(message: str) -> ApiError:
    return ApiError(400, "InvalidParameter", message)


def _axes(parameters: Parameters, dataset: Dataset) -> list[Axis]:
    """Return each x: a field, a part of a date (``jour.year``); numbered or repeated."""
    found: list[tuple[int, str]] = []
    for name in parameters.names():
        if match := _AXIS.fullmatch(name):
            found += [(int(match[1] or 0), text) for text in parameters.texts(name)]
    if not found:
        raise _invalid("The x parameter is missing.")
    return [_axis(name, parameters, dataset) for _, name in sorted(found, key=lambda each: each[0])]


def _axis(name: str, parameters: Parameters, dataset: Dataset) -> Axis:
    field = dataset.field(name)
    base, _, part = name.rpartition(".")
    if field is None and base and part in _PARTS:
        field = dataset.field(base)
        if field is not None and field.type in TEMPORAL:
            return Axis(name, {"": _call(part, base, (part,))})
    if field is None:
        raise _invalid(f"Unknown field: {shortened(name)}.")
    precision = _choice(parameters, name, "precision", _PRECISIONS)
    periodic = _choice(parameters, name, "periodic", _PERIODIC)
    if field.type not in TEMPORAL:
        return Axis(name, {"": quote_name(name)})
    parts = _PERIODIC.get(periodic) or _PRECISIONS[precision or "day"]
    return Axis(name, {part: _call(part, name, parts) for part in parts})


def _call(part: str, field: str, parts: tuple[str, ...]) -> str:
    """Return the function of a part of a date; the year of a week is that of its Thursday."""
    function = _ISO_YEAR if part == "year" and "week" in parts else _CALLS.get(part, part)
    return f"{function}({quote_name(field)})"


def _choice(parameters: Parameters, field: str, option: str, known: Iterable[str]) -> str:
    """Read ``precision`` or ``periodic``, of a field or of all of them."""
    own, shared = parameters.text(f"x.{field}.{option}"), parameters.text(option)
    chosen = (own or shared).strip().lower()
    if chosen and chosen not in known:
        raise _invalid(f"{option} is one of {', '.join(known)}: {shortened(chosen)} was found.")
    return chosen


def _series(parameters: Parameters, dataset: Dataset) -> list[Series]:
    """Return the series; the count of records without any."""
    by_name: dict[str, dict[str, str]] = {}
    for name in parameters.names():
        if match := _SERIES.fullmatch(name):
            by_name.setdefault(match["series"], {})[match["part"]] = parameters.text(name)
    series = [
        Series(
            name,
            _aggregate(name, parts, dataset),
            parameters.boolean(f"y.{name}.cumulative"),
        )
        for name, parts in by_name.items()
    ]
    return series or [Series("count", "count(*)")]


def _aggregate(name: str, parts: dict[str, str], dataset: Dataset) -> str:
    function = parts.get("func", "COUNT").upper()
    written = parts.get("expr", "").strip()
    if function not in _FUNCTIONS or (not written and function != "COUNT"):
        raise _invalid(f"y.{name}: func is one of {', '.join(_FUNCTIONS)}.")
    rank = parts.get("subset", "").strip() or "50"
    if not re.fullmatch(r"[0-9]{1,3}(?:[.][0-9]{1,9})?", rank, re.ASCII):
        raise _invalid(f"y.{name}: subset is a percentage: {shortened(rank)} was found.")
    return _FUNCTIONS[function].format(_expression(written, dataset) if written else "*", rank)


def _expression(written: str, dataset: Dataset) -> str:
    """Return what an aggregate is made of: a field, or an expression of several."""
    if dataset.field(written) is not None:
        return quote_name(written)
    text = _V1_CALL.sub(lambda match: f"{V1_PREFIX}{match[1].lower()}(", written)
    items = parse_select(text)
    whole = items[0] if len(items) == 1 else None
    if not isinstance(whole, Selection) or whole.alias:
        raise _invalid(f"{shortened(written)} is not one expression.")
    return text


def _query(
    parameters: Parameters, dataset: Dataset, axes: list[Axis], series: list[Series]
) -> Query:
    base = parse_search(parameters, dataset, sorts=False).query
    groups = [
        f"{expression} as {quote_name(f'x.{axis.name}.{part}')}"
        for axis in axes
        for part, expression in axis.parts.items()
    ]
    values = [f"{each.expression} as {quote_name(f'y.{each.name}')}" for each in series]
    order = [
        key
        for text in parameters.texts("sort")
        for item in text.split(",")
        if item.strip()
        for key in _order(item.strip(), axes, series)
    ]
    return replace(
        base, select=", ".join(values), group_by=", ".join(groups), order_by=", ".join(order)
    )


def _order(item: str, axes: list[Axis], series: list[Series]) -> list[str]:
    """Return the keys of ``sort``: downwards, and upwards after a minus, as the v1 always does."""
    text, way = item.removeprefix("-"), "asc" if item.startswith("-") else "desc"
    names = {each.name for each in series}
    if text.removeprefix("y.") in names:
        return [f"{quote_name('y.' + text.removeprefix('y.'))} {way}"]
    # ``x`` is all of them; ``x.jour`` one, ``x.jour.year`` a part of it.
    return [
        f"{quote_name(f'x.{axis.name}.{part}')} {way}"
        for axis in axes
        for part in axis.parts
        if text in ("x", f"x.{axis.name}", axis.name, f"x.{axis.name}.{part}")
    ] or _refuse_order(item)


def _refuse_order(item: str) -> list[str]:
    raise _invalid(f"sort names neither x nor a series: {shortened(item)} was found.")


def _accumulated(rows: Iterable[dict[str, Any]], series: list[Series]) -> Iterable[dict[str, Any]]:
    sums = {f"y.{each.name}": 0.0 for each in series if each.cumulative}
    for row in rows:
        for name in sums:
            sums[name] += row[name] or 0
        yield row | sums


def _point(item: dict[str, Any], axes: list[Axis], series: list[Series]) -> dict[str, Any]:
    """Return a point: its x, an object when it has several parts, and its series."""
    told = {}
    for axis in axes:
        values = {part: item[f"x.{axis.name}.{part}"] for part in axis.parts}
        told[axis.name] = values.get("", values)
    x = next(iter(told.values())) if len(told) == 1 else told
    return {"x": x, **{each.name: item[f"y.{each.name}"] for each in series}}


def _table(
    rows: Iterable[dict[str, Any]], axes: list[Axis], series: list[Series], separator: str
) -> str:
    """Return the points as CSV."""
    if len(separator) != 1:
        raise _invalid("csv_separator is one character.")
    named = {
        f"x.{axis.name}.{part}".removesuffix("."): f"x.{axis.name}.{part}"
        for axis in axes
        for part in axis.parts
    }
    named |= {each.name: f"y.{each.name}" for each in series}
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, delimiter=separator, lineterminator="\n")
    writer.writerow(named)
    writer.writerows([row[key] for key in named.values()] for row in rows)
    return sink.getvalue()
