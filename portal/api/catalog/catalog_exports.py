"""Exports of the catalogue: as a table, or as harvesters read it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from portal.api.ask import run_query
from portal.api.catalog import dcat
from portal.api.catalog.datasets import index, search
from portal.api.catalog.dcat import Harvest
from portal.api.export_formats import FORMATS, ExportWriter
from portal.api.exports import read_options, read_page
from portal.api.paging import page_statement
from portal.api.parameters import Parameters, read_query
from portal.api.responses import address, api_base, ignored_header, json
from portal.context import app_context, client
from portal.errors import invalid_parameter
from portal.odsql.query import compile_query
from portal.odsql.rendering import Presentation, Rendering

_TABLE_FORMATS = ("csv", "json", "jsonl", "xlsx")
_Writer = Callable[[Harvest], bytes]
_RDF_XML: tuple[_Writer, str] = (dcat.to_rdf_xml, "application/rdf+xml; charset=utf-8")
_HARVEST_FORMATS: dict[str, tuple[_Writer, str]] = {
    "data.json": (dcat.to_data_json, "application/json; charset=utf-8"),
    "dcat": _RDF_XML,
    "dcat_ap": _RDF_XML,
    "rdf": _RDF_XML,
    "rss": (dcat.to_rss, "application/rss+xml; charset=utf-8"),
    "ttl": (dcat.to_turtle, "text/turtle; charset=utf-8"),
}


async def list_formats(request: Request) -> Response:
    """Answer ``/catalog/exports``."""
    self_url = f"{api_base(request)}/catalog/exports"
    links = [{"rel": "self", "href": self_url}]
    links += [
        {"rel": name, "href": f"{self_url}/{name}"}
        for name in sorted([*_TABLE_FORMATS, *_HARVEST_FORMATS])
    ]
    return json({"links": links}, Parameters.from_request(request))


async def export(request: Request) -> Response:
    """Answer ``/catalog/exports/{format}``."""
    return await write(request, Parameters.from_request(request), bom=True)


async def write(request: Request, parameters: Parameters, *, bom: bool) -> Response:
    """Answer with the catalogue; ``bom`` tells whether a CSV has a mark by default."""
    name = request.path_params["format"]
    if name in _TABLE_FORMATS:
        return await _table(request, name, parameters, bom=bom)
    # The profiles of countries ask for no more than we say.
    known = "dcat_ap" if name.startswith("dcat_ap_") else name
    if known not in _HARVEST_FORMATS:
        raise invalid_parameter(
            f"Invalid value for export format: {name} was found but one of"
            f" {', '.join(sorted([*_TABLE_FORMATS, *_HARVEST_FORMATS]))} is expected."
        )
    return await _harvest(request, known, parameters)


async def _table(request: Request, name: str, parameters: Parameters, *, bom: bool) -> Response:
    catalogue = index(request).dataset
    query = read_query(parameters, catalogue)
    options = read_options(parameters, name, bom=bom)
    page = read_page(parameters)
    headers = {"Content-Disposition": f'attachment; filename="catalog.{name}"'}
    headers |= ignored_header(parameters)
    if name == "json" and not query.select.strip() and not query.group_by.strip():
        # Whole datasets are no rows: they are written as the API tells them.
        _, matches = await search(request, index(request), query, page)
        return json(matches, None, **headers)
    plan = compile_query(catalogue, query)
    shared = app_context(request)
    writer = ExportWriter(
        shared.engine, catalogue, plan, query.timezone, name, options, client(request)
    )
    if FORMATS[name].as_file:
        # Small, and of no version: nothing is kept of it, and no piece of it is offered.
        path = await writer.to_file(page, shared.settings.temporaire)
        content = await asyncio.to_thread(path.read_bytes)
        path.unlink()
        return Response(content, media_type=FORMATS[name].media_type, headers=headers)
    return StreamingResponse(
        writer.stream(page), media_type=FORMATS[name].media_type, headers=headers
    )


async def _harvest(request: Request, name: str, parameters: Parameters) -> Response:
    query = read_query(parameters, index(request).dataset)
    if query.select.strip() or query.group_by.strip():
        raise invalid_parameter(f"select and group_by are for tables: {name} tells whole datasets.")
    catalog_index = index(request)
    plan = compile_query(catalog_index.dataset, replace(query, select="dataset_id", group_by=""))
    page = read_page(parameters)
    presentation = Presentation(Rendering.JSON, query.timezone)
    table = await run_query(request, page_statement(plan, presentation, page))
    by_id = {listed_dataset.id: listed_dataset for listed_dataset in catalog_index.datasets}
    include_exports = parameters.text("include_exports")
    harvest = Harvest(
        address(request, ""),
        [by_id[row[0]] for row in table.lignes],
        frozenset(include_exports.split(",")) if include_exports else None,
        parameters.boolean("use_labels_in_exports", default=True),
    )
    write, media_type = _HARVEST_FORMATS[name]
    return Response(write(harvest), media_type=media_type, headers=ignored_header(parameters))
