"""The API v1, which scripts still call: records, datasets, downloads."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal.api import exports, facets
from portal.api.catalog import description
from portal.api.catalog.datasets import index
from portal.api.export_formats import Options
from portal.api.legacy import v1_analyze
from portal.api.legacy.v1_parameters import (
    DISTANCE,
    MAX_ROWS,
    Search,
    dataset_name,
    distance_call,
    lease,
    parse_search,
    read_parameters,
)
from portal.api.parameters import Page, Parameters
from portal.api.records import Answer, answer_query, hidden_columns, one_record
from portal.api.responses import JSON, json
from portal.errors import ApiError, shortened
from portal.odsql.expressions import new_context
from portal.odsql.plan import Column, Query
from portal.packages.dataset import Dataset
from portal.packages.field import Field, Type

_ID, _TIMESTAMP = "\x00recordid", "\x00record_timestamp"
# Other names of formats.
_FORMATS = {"xls": "xlsx"}
_HIDDEN = {_ID: "recordid", _TIMESTAMP: "record_timestamp"}


async def search_records(request: Request) -> Response:
    """Answer ``/api/records/1.0/search/``."""
    parameters = await read_parameters(request)
    name = dataset_name(parameters)
    _check_format(parameters, ("json", "jsonp", "geojson"))
    async with lease(request, name) as dataset:
        search = parse_search(parameters, dataset)
        added = hidden_columns(dataset, _HIDDEN)
        distance = distance_call(parameters, dataset)
        if distance:
            added = (*added, Column(DISTANCE, new_context(dataset).compile(distance)))
        answer = await answer_query(request, dataset, search.query, search.page, added)
        groups = []
        if search.facets:
            groups = await facets.count_facets(request, dataset, search.query)
        records = [_record(dataset, item) for item in answer.objects]
    if parameters.text("format").lower() == "geojson":
        return json(_geojson(records), parameters)
    content: dict[str, Any] = {
        "nhits": answer.count,
        "parameters": _echo_parameters(name, search, parameters),
        "records": records,
    }
    if groups:
        content["facet_groups"] = [_facet_group(group) for group in groups]
    return _encode(content, parameters)


def _check_format(parameters: Parameters, known: tuple[str, ...]) -> None:
    form = parameters.text("format").lower()
    if form and form not in known:
        raise ApiError(
            400,
            "InvalidParameter",
            f"format is one of {', '.join(known)}: {shortened(form)} was found.",
        )


def _record(dataset: Dataset, item: dict[str, Any]) -> dict[str, Any]:
    """Return a record: only what is known, and places as latitude, longitude."""
    identifier, moment = item.pop(_ID), item.pop(_TIMESTAMP)
    fields: dict[str, Any] = {}
    geometry = None
    for name, value in item.items():
        if value is None:
            continue
        field = dataset.field(name)
        if field and field.type is Type.GEO_POINT:
            geometry = geometry or {"type": "Point", "coordinates": [value["lon"], value["lat"]]}
            fields[name] = [value["lat"], value["lon"]]
        elif field and field.type is Type.GEO_SHAPE:
            fields[name] = value["geometry"]
            geometry = geometry or value["geometry"]
        else:
            fields[name] = value
    content = {
        "datasetid": dataset.id,
        "recordid": identifier,
        "fields": fields,
        "record_timestamp": moment,
    }
    return content | ({"geometry": geometry} if geometry else {})


def _geojson(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "geometry": item.get("geometry"), "properties": item["fields"]}
        for item in records
    ]
    return {"type": "FeatureCollection", "features": features}


def _echo_parameters(dataset_id: str, search: Search, parameters: Parameters) -> dict[str, Any]:
    echo: dict[str, Any] = {
        "dataset": dataset_id,
        "rows": search.page.limit,
        "start": search.page.offset,
        "format": parameters.text("format") or "json",
        "timezone": search.query.timezone,
    }
    optional = {
        "q": search.q,
        "facet": list(search.facets),
        "sort": list(search.sort),
        "refine": {name: values[-1] for name, values in search.refinements.items()},
    }
    return echo | {key: value for key, value in optional.items() if value}


def _facet_group(group: dict[str, Any]) -> dict[str, Any]:
    values = [_facet_value(item) for item in group["facets"]]
    total = sum(value["count"] for value in values)
    return {"name": group["name"], "count": total, "facets": values}


def _facet_value(item: dict[str, Any]) -> dict[str, Any]:
    content = {
        "name": item["name"],
        "path": item["value"],
        "count": item.get("count", 0),
        "state": item["state"],
    }
    below = [_facet_value(child) for child in item.get("facets", [])]
    return content | ({"facets": below} if below else {})


def _encode(content: dict[str, Any], parameters: Parameters) -> Response:
    """Encode as JSON, or as a call of the function that JSONP names."""
    callback = parameters.text("callback")
    if callback and parameters.text("format").lower() == "jsonp":
        if not callback.replace(".", "").replace("_", "").replace("$", "").isalnum():
            raise ApiError(400, "InvalidParameter", "callback is not the name of a function.")
        body = f"/**/{callback}({orjson.dumps(content).decode()});"
        return Response(body, media_type="application/javascript")
    if parameters.boolean("pretty_print"):
        return Response(orjson.dumps(content, option=orjson.OPT_INDENT_2), media_type=JSON)
    return json(content, parameters)


async def record(request: Request) -> Response:
    """Answer ``/api/datasets/1.0/{id}/records/{record_id}``."""
    parameters = await read_parameters(request)
    async with lease(request, request.path_params["id"]) as dataset:
        record_id = request.path_params["record_id"]
        row = await one_record(
            request, dataset, Query(), record_id, hidden_columns(dataset, _HIDDEN)
        )
        return json(_record(dataset, row), parameters)


async def download(request: Request) -> Response:
    """Answer ``/api/records/1.0/download/``, or the address of before the API."""
    parameters = await read_parameters(request)
    name = request.path_params.get("id") or dataset_name(parameters)
    async with lease(request, name) as dataset:
        search = parse_search(parameters, dataset)
        page = exports.read_page(parameters, "rows", "start")
        exports.check_epsg(parameters)
        form = parameters.text("format").lower() or "csv"
        form = _FORMATS.get(form, form)
        options = Options(
            separator=exports.read_separator(parameters.text("csv_separator") or ";"),
            bom=parameters.boolean("csv_bom"),
            labels=parameters.boolean("use_labels_for_header"),
            records_v1=form == "json",
        )
        return await exports.export_rows(
            request, dataset, search.query, form, options, page, parameters
        )


async def datasets(request: Request) -> Response:
    """Answer ``/api/datasets/1.0/search/``."""
    parameters = await read_parameters(request)
    _check_format(parameters, ("json", "jsonp"))
    catalog_index = index(request)
    search = parse_search(parameters, catalog_index.dataset)
    answer = await _search_datasets(request, catalog_index.dataset, search)
    by_id = {item.id: item for item in catalog_index.datasets}
    content: dict[str, Any] = {
        "nhits": answer.count,
        "parameters": _echo_parameters("", search, parameters),
        "datasets": [_dataset(by_id[row[0]], request) for row in answer.rows],
    }
    content["parameters"].pop("dataset")
    if search.facets:
        groups = await facets.count_facets(request, catalog_index.dataset, search.query)
        content["facet_groups"] = [_facet_group(group) for group in groups]
    return _encode(content, parameters)


async def _search_datasets(request: Request, catalogue: Dataset, search: Search) -> Answer:
    only_ids = replace(search.query, select="dataset_id")
    page = Page(min(search.page.limit or MAX_ROWS, MAX_ROWS), search.page.offset)
    return await answer_query(request, catalogue, only_ids, page)


async def dataset(request: Request) -> Response:
    """Answer ``/api/datasets/1.0/{id}/``."""
    parameters = await read_parameters(request)
    async with lease(request, request.path_params["id"]) as leased:
        return json(_dataset(leased, request), parameters)


def _dataset(dataset: Dataset, request: Request) -> dict[str, Any]:
    whole = description.dataset_object(dataset, request)
    kept = ("has_records", "data_visible", "features", "attachments")
    return {
        "datasetid": dataset.id,
        "metas": {
            key: value for key, value in description.metas(dataset).items() if value is not None
        },
        **{key: whole[key] for key in kept},
        "fields": [_field(dataset, field) for field in dataset.fields],
    }


def _field(dataset: Dataset, item: Field) -> dict[str, Any]:
    annotations = [
        {"name": name, "args": [] if value is True else [str(value)]}
        for name, value in item.annotations.items()
        if value is not False and value is not None
    ]
    described = description.field(dataset, item)
    return described | {"annotations": annotations}


def routes() -> list[BaseRoute]:
    """Return the routes of the v1."""
    both = ["GET", "POST"]
    return [
        Route("/api/records/1.0/search", search_records, methods=both),
        Route("/api/records/1.0/download", download, methods=both),
        Route("/api/records/1.0/analyze", v1_analyze.analyze, methods=both),
        Route("/api/datasets/1.0/search", datasets, methods=both),
        Route("/api/datasets/1.0/{id}", dataset),
        Route("/api/datasets/1.0/{id}/records/{record_id}", record),
        Route("/explore/dataset/{id}/download", download),
    ]
