"""The catalogue: its datasets, one dataset, facets, attachments."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.api import paging
from portal.api.ask import run_query
from portal.api.catalog import description
from portal.api.catalog.index import Directory, Index
from portal.api.facets import count_facets, read_limit
from portal.api.parameters import Page, Parameters, read_page, read_query
from portal.api.records import page_links, total
from portal.api.responses import api_base, json, objects
from portal.context import app_context, requested_dataset
from portal.errors import ApiError
from portal.http.file_response import file_response
from portal.odsql.plan import Query
from portal.odsql.query import compile_query
from portal.odsql.rendering import Presentation, Rendering
from portal.packages.dataset import Dataset

BASE = "/api/explore/v2.1/catalog"


def _directory(request: Request) -> Directory:
    directory: Directory = request.app.state.directory
    return directory


def index(request: Request) -> Index:
    """Return the catalogue as it is now. Raises ``ApiError`` (503) until all of it is loaded.

    A harvester that saw a part of it would believe that the rest was removed.
    """
    if not app_context(request).catalog.ready:
        raise ApiError(
            503, "ServiceUnavailable", "The datasets are being loaded.", {"Retry-After": "5"}
        )
    return _directory(request).index(app_context(request).catalog.datasets())


async def root(request: Request) -> Response:
    """Answer the root of a version of the API: where it begins."""
    here = api_base(request)
    links = [{"rel": "self", "href": here}, {"rel": "catalog", "href": f"{here}/catalog"}]
    return json({"links": links}, Parameters.from_request(request))


async def catalogue(request: Request) -> Response:
    """Answer ``/catalog``: where to go from here."""
    rels = {
        "self": "",
        "datasets": "/datasets",
        "exports": "/exports",
        "facets": "/facets",
    }
    links = [
        {"rel": rel, "href": f"{api_base(request)}/catalog{path}"} for rel, path in rels.items()
    ]
    return json({"links": links}, Parameters.from_request(request))


async def datasets(request: Request) -> Response:
    """Answer ``/catalog/datasets``."""
    parameters = Parameters.from_request(request)
    listed = index(request)
    query = read_query(parameters, listed.dataset)
    page = read_page(parameters, grouped=bool(query.group_by.strip()))
    count, shown = await search(request, listed, query, page)
    parameters.boolean("include_app_metas")
    content: dict[str, Any] = {"total_count": count}
    if parameters.boolean("include_links"):
        content["_links"] = page_links(request, None, page, count)
    content["results"] = shown
    return json(content, parameters)


async def search(
    request: Request, listed: Index, query: Query, page: Page
) -> tuple[int, list[dict[str, Any]]]:
    """Return how many datasets there are, and those of a page: whole, or as selected."""
    whole = query.select.strip() in ("", "*") and not query.group_by.strip()
    selected_query = replace(query, select="dataset_id") if whole else query
    plan = compile_query(listed.dataset, selected_query)
    statement = paging.page_statement(
        plan, Presentation(Rendering.JSON, query.timezone), page, count=True
    )
    table = await run_query(request, statement)
    count = await total(request, listed.dataset, plan, page, table)
    if not whole:
        return count, list(objects(plan.columns, table.lignes))
    by_id = {item.id: item for item in listed.datasets}
    return count, [description.dataset_object(by_id[row[0]], request) for row in table.lignes]


async def dataset(request: Request) -> Response:
    """Answer ``/catalog/datasets/{id}``."""
    parameters = Parameters.from_request(request)
    parameters.boolean("include_app_metas")
    async with requested_dataset(request) as leased:
        query = read_query(parameters, leased)
        content = await one_dataset(request, leased, query)
    if parameters.boolean("include_links"):
        content["_links"] = [
            {"rel": "self", "href": f"{api_base(request)}/catalog/datasets/{leased.id}"},
            {"rel": "records", "href": f"{api_base(request)}/catalog/datasets/{leased.id}/records"},
            {"rel": "exports", "href": f"{api_base(request)}/catalog/datasets/{leased.id}/exports"},
            {"rel": "catalog", "href": f"{api_base(request)}/catalog/datasets"},
        ]
    return json(content, parameters)


async def one_dataset(request: Request, dataset: Dataset, query: Query) -> dict[str, Any]:
    """Return one dataset, whole or as selected."""
    if query.select.strip() in ("", "*"):
        return description.dataset_object(dataset, request)
    alone = _directory(request).index((dataset,))
    plan = compile_query(alone.dataset, Query(select=query.select, timezone=query.timezone))
    presentation = Presentation(Rendering.JSON, query.timezone)
    table = await run_query(request, paging.page_statement(plan, presentation, Page(1)))
    return next(iter(objects(plan.columns, table.lignes)))


async def facets(request: Request) -> Response:
    """Answer ``/catalog/facets``."""
    parameters = Parameters.from_request(request)
    listed = index(request)
    query = read_query(parameters, listed.dataset)
    counted = await count_facets(request, listed.dataset, query, read_limit(parameters))
    links = [
        {"rel": "self", "href": str(request.url)},
        {"rel": "source", "href": f"{api_base(request)}/catalog/datasets"},
    ]
    return json({"links": links, "facets": counted}, parameters)


async def attachments(request: Request) -> Response:
    """Answer ``/attachments`` of a dataset."""
    async with requested_dataset(request) as dataset:
        self_url = f"{api_base(request)}/catalog/datasets/{dataset.id}/attachments"
        listed = [
            description.attachment(dataset, item, request)
            for item in description.attachments(dataset)
        ]
    content = {
        "links": [{"rel": "self", "href": self_url}],
        "attachments": [
            {
                "href": item["url"],
                "metas": {
                    "mime-type": item["mimetype"],
                    "title": item["title"],
                    "url": item["url"],
                    "id": item["id"],
                },
            }
            for item in listed
        ],
    }
    return json(content, Parameters.from_request(request))


async def attachment(request: Request) -> Response:
    """Answer with one attachment."""
    name = request.path_params["piece"]
    async with requested_dataset(request) as dataset:
        for item in description.attachments(dataset):
            if name in (description.attachment_id(item), item.nom):
                return await file_response(
                    request,
                    item.path,
                    item.sha256,
                    dataset.modified.timestamp(),
                    item.media_type,
                    item.nom,
                )
    raise ApiError(404, "NotFoundResource", f"The requested attachment {name} does not exist.")
