"""The Explore API v2.0, also known as ``/api/v2``: the same answers in older shapes."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal.api import exports, facets
from portal.api.catalog import catalog_exports, datasets
from portal.api.parameters import Parameters, read_page, read_query
from portal.api.records import answer_query, dataset_url, hidden_columns, one_record, page_links
from portal.api.responses import address, api_base, json
from portal.context import requested_dataset
from portal.odsql.plan import Query
from portal.packages.dataset import Dataset

BASES = ("/api/explore/v2.0/catalog", "/api/v2/catalog")
_SUCCESSOR = "/api/explore/v2.1/catalog"
_HIDDEN = {"\x00id": "recordid", "\x00timestamp": "record_timestamp", "\x00size": "record_size"}
_OLD_NAMES = {"rows": "limit", "start": "offset", "sort": "order_by"}
_Endpoint = Callable[[Request], Awaitable[Response]]


def _deprecated(endpoint: _Endpoint) -> _Endpoint:
    """Say in the headers that there is a newer version, and where."""

    async def answer(request: Request) -> Response:
        response = await endpoint(request)
        response.headers["ODS-Explore-API-Deprecation"] = (
            "V2_0: version 2.0 is superseded by version 2.1"
        )
        response.headers["Link"] = f'<{address(request, _SUCCESSOR)}>; rel="successor-version"'
        return response

    return answer


def _parameters(request: Request) -> Parameters:
    """Return the parameters, under their names of today: ``rows``, ``start`` and ``sort`` are old.

    ``sort`` goes up, and down after a minus.
    """
    pairs = request.query_params.multi_items()
    given = {name for name, _ in pairs}
    renamed = []
    for name, value in pairs:
        today = _OLD_NAMES.get(name, name)
        if today != name and today in given:
            continue
        text = ",".join(map(_order, value.split(","))) if name == "sort" else value
        renamed.append((today, text))
    return Parameters(QueryParams(renamed))


def _order(item: str) -> str:
    text = item.strip()
    return f"{text[1:]} desc" if text.startswith("-") else text


def _read_switches(parameters: Parameters) -> None:
    """Read what v2.1 adds when it is asked to: links are always there, and no dataset has more."""
    parameters.boolean("include_links")
    parameters.boolean("include_app_metas")


def _query(parameters: Parameters, dataset: Dataset) -> Query:
    return replace(read_query(parameters, dataset), group_points=True)


def _record(item: dict[str, Any], dataset_address: str) -> dict[str, Any]:
    """Return a record and where it is."""
    technical = {key.removeprefix("\x00"): item.pop(key) for key in _HIDDEN}
    here = f"{dataset_address}/records/{technical['id']}"
    links = [
        {"rel": "self", "href": here},
        {"rel": "datasets", "href": dataset_address.rpartition("/")[0]},
        {"rel": "dataset", "href": dataset_address},
    ]
    return {"links": links, "record": {**technical, "fields": item}}


async def list_records(request: Request) -> Response:
    """Answer ``/records``, or ``/query``, which is its older name."""
    parameters = _parameters(request)
    _read_switches(parameters)
    async with requested_dataset(request) as dataset:
        query = _query(parameters, dataset)
        page = read_page(parameters, grouped=bool(query.group_by.strip()))
        answer = await answer_query(request, dataset, query, page, hidden_columns(dataset, _HIDDEN))
        links = page_links(request, dataset, page, answer.count)
        here = dataset_url(request, dataset)
    records = [
        _record(item, here) if "\x00id" in item else {"links": [], "record": {"fields": item}}
        for item in answer.objects
    ]
    content = {"total_count": answer.count, "links": links, "records": records}
    return json(content, parameters)


async def record(request: Request) -> Response:
    """Answer ``/records/{record_id}``."""
    parameters = Parameters.from_request(request)
    async with requested_dataset(request) as dataset:
        query = read_query(parameters, dataset)
        added = hidden_columns(dataset, _HIDDEN)
        row = await one_record(request, dataset, query, request.path_params["record_id"], added)
        content = _record(row, dataset_url(request, dataset))
    return json(content, parameters)


async def aggregates(request: Request) -> Response:
    """Answer ``/aggregates``: groups, or one row without group."""
    parameters = _parameters(request)
    page = read_page(parameters, grouped=True)
    async with requested_dataset(request) as dataset:
        query = _query(parameters, dataset)
        answer = await answer_query(request, dataset, query, page)
    rows = answer.objects[:1] if answer.plan.repeated else answer.objects
    return json({"links": [], "aggregations": rows}, parameters)


async def dataset_list(request: Request) -> Response:
    """Answer ``/datasets``."""
    parameters = _parameters(request)
    catalog_index = datasets.index(request)
    query = read_query(parameters, catalog_index.dataset)
    page = read_page(parameters, grouped=bool(query.group_by.strip()))
    _read_switches(parameters)
    count, shown = await datasets.search(request, catalog_index, query, page)
    content = {
        "total_count": count,
        "links": page_links(request, None, page, count),
        "datasets": [
            {"links": _dataset_links(request, item["dataset_id"]), "dataset": item}
            if "dataset_id" in item
            else {"links": [], "dataset": item}
            for item in shown
        ],
    }
    return json(content, parameters)


async def dataset(request: Request) -> Response:
    """Answer ``/datasets/{id}``."""
    parameters = Parameters.from_request(request)
    _read_switches(parameters)
    async with requested_dataset(request) as leased:
        query = read_query(parameters, leased)
        content = await datasets.one_dataset(request, leased, query)
    links = _dataset_links(request, leased.id)
    return json({"links": links, "dataset": content}, parameters)


def _dataset_links(request: Request, name: str) -> list[dict[str, str]]:
    here = f"{api_base(request)}/catalog/datasets"
    rels = {"self": "", "records": "/records", "exports": "/exports", "facets": "/facets"}
    links = [{"rel": rel, "href": f"{here}/{name}{path}"} for rel, path in rels.items()]
    return [*links, {"rel": "catalog", "href": here}]


async def export(request: Request) -> Response:
    """Answer ``/exports/{format}``: no byte order mark unless it is asked for."""
    return await exports.export(request, _parameters(request), bom=False)


async def export_catalogue(request: Request) -> Response:
    """Answer ``/catalog/exports/{format}``: likewise."""
    return await catalog_exports.write(request, _parameters(request), bom=False)


def routes() -> list[BaseRoute]:
    """Return the routes of both addresses."""
    paths: dict[str, _Endpoint] = {
        "": datasets.catalogue,
        "/datasets": dataset_list,
        "/exports": catalog_exports.list_formats,
        "/exports/{format}": export_catalogue,
        "/facets": datasets.facets,
        "/datasets/{id}": dataset,
        "/datasets/{id}/records": list_records,
        "/datasets/{id}/query": list_records,
        "/datasets/{id}/aggregates": aggregates,
        "/datasets/{id}/records/{record_id}": record,
        "/datasets/{id}/facets": facets.facets,
        "/datasets/{id}/exports": exports.list_formats,
        "/datasets/{id}/exports/{format}": export,
        "/datasets/{id}/attachments": datasets.attachments,
        "/datasets/{id}/attachments/{piece}": datasets.attachment,
    }
    routes = [
        Route(base + path, _deprecated(answer)) for base in BASES for path, answer in paths.items()
    ]
    roots = [Route(base.removesuffix("/catalog"), _deprecated(datasets.root)) for base in BASES]
    return [*routes, *roots]
