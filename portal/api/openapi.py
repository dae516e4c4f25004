"""The OpenAPI document of the portal: what programs and their makers read.

Belongs here: paths, parameters, schemas, in the words of OpenAPI 3.1. Does not: answering.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal.api.export_formats import FORMATS
from portal.api.parameters import LANGUAGES, MAX_DEPTH, MAX_GROUPED_LIMIT, MAX_LIMIT, Parameters
from portal.api.responses import address, json

PATHS = ("/api/explore/v2.1/swagger.json", "/openapi.json")
_STRING = {"type": "string"}
_STRING_LIST = {"type": "array", "items": _STRING}
_BOOLEAN = {"type": "boolean"}
_Schema = Mapping[str, Any]


def _parameter(
    name: str, description: str, schema: _Schema, *, location: str = "query", example: Any = None
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": name,
        "in": location,
        "description": description,
        "required": location == "path",
        "schema": schema,
    }
    return described | ({"example": example} if example is not None else {})


_PARAMETERS = {
    parameter["name"]: parameter
    for parameter in (
        _parameter("select", "Fields and expressions, in ODSQL.", _STRING, example="*"),
        _parameter("where", "Conditions in ODSQL; all must hold.", _STRING_LIST),
        _parameter("group_by", "What rows are grouped by, in ODSQL.", _STRING),
        _parameter("order_by", "What rows are sorted by, in ODSQL.", _STRING),
        _parameter(
            "limit",
            f"Rows of the answer: {MAX_LIMIT} at most, {MAX_GROUPED_LIMIT} with group_by; -1 for the"
            " most.",
            {"type": "integer", "minimum": -1, "maximum": MAX_GROUPED_LIMIT, "default": 10},
        ),
        _parameter(
            "offset",
            f"Rows to pass over; offset + limit is at most {MAX_DEPTH}.",
            {"type": "integer", "minimum": 0, "default": 0},
        ),
        _parameter(
            "after",
            "Cursor: empty for the first page, then as the Link header says. No depth limit.",
            _STRING,
        ),
        _parameter("refine", "field:value; repeatable.", _STRING_LIST),
        _parameter("exclude", "field:value; repeatable.", _STRING_LIST),
        _parameter("facet", 'A field, or facet(name="f", limit=1000); repeatable.', _STRING_LIST),
        _parameter("lang", "Language of names of days and months.", {"enum": list(LANGUAGES)}),
        _parameter("timezone", "IANA name; UTC by default.", _STRING, example="Europe/Paris"),
        _parameter("include_links", "Add links to the answer.", _BOOLEAN),
        _parameter("include_app_metas", "Accepted, without effect.", _BOOLEAN),
        _parameter("use_labels", "Labels instead of names in headers.", _BOOLEAN),
        _parameter("compressed", "Compress the file (gzip).", _BOOLEAN),
        _parameter("epsg", "Accepted; coordinates are WGS 84.", {"type": "integer"}),
        _parameter(
            "delimiter", "Separator of a CSV.", {"enum": [";", ",", "\t", "|"], "default": ";"}
        ),
        _parameter("list_separator", "Separator of the values of a list.", _STRING),
        _parameter("quote_all", "Quote every cell of a CSV.", _BOOLEAN),
        _parameter("with_bom", "Begin a CSV with a byte order mark.", _BOOLEAN),
        _parameter(
            "parquet_compression",
            "Compression of a Parquet file.",
            {"enum": ["snappy", "zstd"], "default": "snappy"},
        ),
        _parameter("include_exports", "Formats that DCAT names, between commas.", _STRING),
        _parameter("use_labels_in_exports", "Whether DCAT links ask for labels.", _BOOLEAN),
        _parameter("id", "Dataset; id@version for a past version.", _STRING, location="path"),
        _parameter("record_id", "Record.", _STRING, location="path"),
        _parameter("piece", "Attachment.", _STRING, location="path"),
    )
}
_FORMAT_PARAMETER = _parameter("format", "Format.", {"enum": sorted(FORMATS)}, location="path")
_CATALOG_FORMAT_PARAMETER = _parameter(
    "format",
    "Format.",
    {
        "enum": [
            "csv", "data.json", "dcat", "dcat_ap", "json", "jsonl", "rdf", "rss", "ttl", "xlsx",
        ]
    },
    location="path",
)  # fmt: skip
_QUERY_PARAMETERS = (
    "select",
    "where",
    "group_by",
    "order_by",
    "limit",
    "offset",
    "refine",
    "exclude",
)
_LOCALE_PARAMETERS = ("lang", "timezone")
_LINK_PARAMETERS = ("include_links", "include_app_metas")
_FILE_PARAMETERS = ("use_labels", "compressed", "epsg", "delimiter", "list_separator", "quote_all",
            "with_bom", "parquet_compression")  # fmt: skip


def _link_schema() -> dict[str, Any]:
    properties = {"rel": _STRING, "href": {"type": "string", "format": "uri"}}
    return _object_schema(properties, "rel", "href")


def _object_schema(properties: Mapping[str, _Schema], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
    }


def _list(schema: _Schema) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _schema_ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_COUNT = {"type": "integer", "minimum": 0}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "error": _object_schema({"error_code": _STRING, "message": _STRING}, "error_code", "message"),
    "link": _link_schema(),
    "record": {"type": "object", "additionalProperties": True},
    "records": _object_schema(
        {
            "total_count": _COUNT,
            "results": _list(_schema_ref("record")),
            "_links": _list(_schema_ref("link")),
        },
        "total_count",
        "results",
    ),
    "links": _object_schema({"links": _list(_schema_ref("link"))}, "links"),
    "facet_value": _object_schema(
        {
            "name": _STRING,
            "value": _STRING,
            "count": _COUNT,
            "state": {"enum": ["displayed", "refined", "excluded"]},
            "facets": _list(_schema_ref("facet_value")),
        },
        "name",
        "value",
        "state",
    ),
    "facet": _object_schema(
        {"name": _STRING, "facets": _list(_schema_ref("facet_value"))}, "name", "facets"
    ),
    "facets": _object_schema(
        {"links": _list(_schema_ref("link")), "facets": _list(_schema_ref("facet"))},
        "links",
        "facets",
    ),
    "field": _object_schema(
        {
            "name": _STRING,
            "label": _STRING,
            "description": {"type": ["string", "null"]},
            "type": _STRING,
            "annotations": {"type": "object", "additionalProperties": True},
        },
        "name",
        "label",
        "type",
        "annotations",
    ),
    "dataset": _object_schema(
        {
            "dataset_id": _STRING,
            "dataset_uid": _STRING,
            "has_records": _BOOLEAN,
            "features": _STRING_LIST,
            "metas": {"type": "object", "additionalProperties": True},
            "fields": _list(_schema_ref("field")),
            "attachments": _list({"type": "object", "additionalProperties": True}),
        }
    ),
    "datasets": _object_schema(
        {"total_count": _COUNT, "results": _list({"type": "object"})}, "total_count", "results"
    ),
    "attachments": _object_schema(
        {"links": _list(_schema_ref("link")), "attachments": _list({"type": "object"})},
        "links",
        "attachments",
    ),
}
_ERRORS = {
    "400": "The request means nothing: the message says where and why.",
    "404": "There is no such dataset, record or path.",
    "429": "Too many requests; Retry-After says when to come back.",
    "503": "Too busy, or the query takes too long; Retry-After says when to come back.",
}


def _operation(
    name: str, summary: str, schema: str | None, *parameters: str | dict[str, Any]
) -> dict[str, Any]:
    """Describe a GET whose answer is JSON of a schema, or a file."""
    parameter_list = [
        _PARAMETERS[parameter] if isinstance(parameter, str) else parameter
        for parameter in parameters
    ]
    content = (
        {"application/json": {"schema": _schema_ref(schema)}} if schema else {"*/*": {"schema": {}}}
    )
    responses: dict[str, Any] = {"200": {"description": "The answer.", "content": content}}
    for status, description in _ERRORS.items():
        body = {"application/json": {"schema": _schema_ref("error")}}
        responses[status] = {"description": description, "content": body}
    operation = {
        "operationId": name,
        "summary": summary,
        "parameters": parameter_list,
        "responses": responses,
    }
    return {"get": operation}


def document(request: Request) -> dict[str, Any]:
    """Return the document, its server being this one."""
    catalog = "/catalog"
    dataset = catalog + "/datasets/{id}"
    read = (*_QUERY_PARAMETERS, "facet", *_LOCALE_PARAMETERS)
    whole = (
        *_QUERY_PARAMETERS[:5],
        "refine",
        "exclude",
        "facet",
        *_LOCALE_PARAMETERS,
        *_FILE_PARAMETERS,
    )
    paths = {
        catalog: _operation("getCatalog", "Where to go from here.", "links"),
        catalog + "/datasets": _operation("getDatasets", "Datasets.", "datasets", *read, *_LINK_PARAMETERS),
        catalog + "/exports": _operation("listDatasetsExports", "Formats.", "links"),
        catalog + "/exports/{format}": _operation(
            "exportDatasets", "The catalogue in a format.", None, _CATALOG_FORMAT_PARAMETER,
            *_QUERY_PARAMETERS, *_LOCALE_PARAMETERS, "include_exports", "use_labels_in_exports",
        ),
        catalog + "/facets": _operation(
            "getDatasetsFacets", "Facets of the catalogue.", "facets",
            "facet", "refine", "exclude", "where", "timezone",
        ),
        dataset: _operation(
            "getDataset", "One dataset.", "dataset", "id", "select", *_LOCALE_PARAMETERS, *_LINK_PARAMETERS
        ),
        dataset + "/records": _operation(
            "getRecords", "Records.", "records", "id", *read, "after", *_LINK_PARAMETERS
        ),
        dataset + "/records/{record_id}": _operation(
            "getRecord", "One record.", "record", "id", "record_id", "select", *_LOCALE_PARAMETERS
        ),
        dataset + "/facets": _operation(
            "getRecordsFacets", "Facets.", "facets", "id", "where", "refine", "exclude", "facet",
            "limit", *_LOCALE_PARAMETERS,
        ),
        dataset + "/exports": _operation("listExports", "Formats.", "links", "id"),
        dataset + "/exports/{format}": _operation(
            "exportRecords", "All records in a format.", None, "id", _FORMAT_PARAMETER, *whole
        ),
        dataset + "/attachments": _operation(
            "getDatasetAttachments", "Attachments.", "attachments", "id"
        ),
        dataset + "/attachments/{piece}": _operation(
            "getAttachment", "One attachment.", None, "id", "piece"
        ),
    }  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Explore API",
            "version": "v2.1",
            "description": "Open data of Mon Compte Formation. Compatible with the Explore API"
            " v2.1: programs that read it work here with another base address.",
            "license": {
                "name": "Licence Ouverte 2.0",
                "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
            },
        },
        "servers": [{"url": address(request, "/api/explore/v2.1")}],
        "paths": paths,
        "components": {"schemas": _SCHEMAS},
    }


async def openapi(request: Request) -> Response:
    """Answer with the document."""
    return json(document(request), Parameters.from_request(request))


def routes() -> list[BaseRoute]:
    """Return the routes of the document."""
    return [Route(path, openapi) for path in PATHS]
