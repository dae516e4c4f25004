"""The OpenAPI document of the portal (3.1): what programs and their makers read."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.api.export_formats import FORMATS
from portal.api.parameters import LANGUAGES, MAX_DEPTH, MAX_GROUPED_LIMIT, MAX_LIMIT, Parameters
from portal.api.responses import address, json

BASE = "/api/explore/v2.1"
PATHS = ("/api/explore/v2.1/swagger.json", "/openapi.json")
_Schema = Mapping[str, Any]
_STRING: _Schema = {"type": "string"}
_STRINGS: _Schema = {"type": "array", "items": _STRING}
_BOOLEAN: _Schema = {"type": "boolean"}
_ANYTHING: _Schema = {"type": "object", "additionalProperties": True}
_COUNT: _Schema = {"type": "integer", "minimum": 0}
_LIMIT = {"type": "integer", "minimum": -1, "maximum": MAX_GROUPED_LIMIT, "default": 10}
_CATALOG_FORMATS = [
    "csv",
    "data.json",
    "dcat",
    "dcat_ap",
    "json",
    "jsonl",
    "rdf",
    "rss",
    "ttl",
    "xlsx",
]


def _parameter(name: str, description: str, schema: _Schema, example: Any = None) -> dict[str, Any]:
    in_path = name in ("id", "record_id", "piece", "format")
    described: dict[str, Any] = {
        "name": name,
        "in": "path" if in_path else "query",
        "description": description,
        "required": in_path,
        "schema": schema,
    }
    return described | ({"example": example} if example is not None else {})


_DESCRIBED = (
    _parameter("select", "Fields and expressions, in ODSQL.", _STRING, example="*"),
    _parameter("where", "Conditions in ODSQL; all must hold.", _STRINGS),
    _parameter("group_by", "What rows are grouped by, in ODSQL.", _STRING),
    _parameter("order_by", "What rows are sorted by, in ODSQL.", _STRING),
    _parameter(
        "limit",
        f"Rows of the answer: {MAX_LIMIT} at most, {MAX_GROUPED_LIMIT} with group_by; -1 for the"
        " most.",
        _LIMIT,
    ),
    _parameter(
        "offset",
        f"Rows to pass over; offset + limit is at most {MAX_DEPTH}.",
        {**_COUNT, "default": 0},
    ),
    _parameter(
        "after",
        "Cursor: empty for the first page, then as the Link header says. No depth limit.",
        _STRING,
    ),
    _parameter("refine", "field:value; repeatable.", _STRINGS),
    _parameter("exclude", "field:value; repeatable.", _STRINGS),
    _parameter("facet", 'A field, or facet(name="f", limit=1000); repeatable.', _STRINGS),
    _parameter("lang", "Language of names of days and months.", {"enum": list(LANGUAGES)}),
    _parameter("timezone", "IANA name; UTC by default.", _STRING, example="Europe/Paris"),
    _parameter("include_links", "Add links to the answer.", _BOOLEAN),
    _parameter("include_app_metas", "Accepted: no dataset has any here.", _BOOLEAN),
    _parameter("use_labels", "Labels instead of names in headers.", _BOOLEAN),
    _parameter("compressed", "Compress the file (gzip).", _BOOLEAN),
    _parameter("epsg", "Coordinates are WGS 84: 4326.", {"enum": [4326]}),
    _parameter("delimiter", "Separator of a CSV.", {"enum": [";", ",", "\t", "|"], "default": ";"}),
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
    _parameter("id", "Dataset; id@version for a past version.", _STRING),
    _parameter("record_id", "Record.", _STRING),
    _parameter("piece", "Attachment.", _STRING),
    _parameter("format", "Format.", {"enum": sorted(FORMATS)}),
)
_PARAMETERS = {parameter["name"]: parameter for parameter in _DESCRIBED} | {
    "catalog_format": _parameter("format", "Format.", {"enum": _CATALOG_FORMATS})
}


def _object(required: str, **properties: _Schema) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required.split()}


def _list(schema: _Schema) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_LINKS = _list(_reference("link"))
_OBJECTS = _list({"type": "object"})
_VALUES = _list(_reference("facet_value"))
_SCHEMAS: dict[str, _Schema] = {
    "error": _object("error_code message", error_code=_STRING, message=_STRING),
    "link": _object("rel href", rel=_STRING, href={"type": "string", "format": "uri"}),
    "record": _ANYTHING,
    "records": _object(
        "total_count results",
        total_count=_COUNT,
        results=_list(_reference("record")),
        _links=_LINKS,
    ),
    "links": _object("links", links=_LINKS),
    "facet_value": _object(
        "name value state",
        name=_STRING,
        value=_STRING,
        count=_COUNT,
        state={"enum": ["displayed", "refined", "excluded"]},
        facets=_VALUES,
    ),
    "facet": _object("name facets", name=_STRING, facets=_VALUES),
    "facets": _object("links facets", links=_LINKS, facets=_list(_reference("facet"))),
    "field": _object(
        "name label type annotations",
        name=_STRING,
        label=_STRING,
        description={"type": ["string", "null"]},
        type=_STRING,
        annotations=_ANYTHING,
    ),
    "dataset": _object(
        "",
        dataset_id=_STRING,
        dataset_uid=_STRING,
        has_records=_BOOLEAN,
        features=_STRINGS,
        metas=_ANYTHING,
        fields=_list(_reference("field")),
        attachments=_list(_ANYTHING),
    ),
    "datasets": _object("total_count results", total_count=_COUNT, results=_OBJECTS),
    "attachments": _object("links attachments", links=_LINKS, attachments=_OBJECTS),
}
_ERRORS = {
    "400": "The request means nothing: the message says where and why.",
    "404": "There is no such dataset, record or path.",
    "429": "Too many requests; Retry-After says when to come back.",
    "503": "Too busy, or the query takes too long; Retry-After says when to come back.",
}


def _operation(name: str, summary: str, schema: str, parameters: str = "") -> dict[str, Any]:
    """Describe a GET whose answer is JSON of a schema, or a file when there is none."""
    content = (
        {"application/json": {"schema": _reference(schema)}} if schema else {"*/*": {"schema": {}}}
    )
    error = {"application/json": {"schema": _reference("error")}}
    operation = {
        "operationId": name,
        "summary": summary,
        "parameters": [_PARAMETERS[parameter] for parameter in parameters.split()],
        "responses": {
            "200": {"description": "The answer.", "content": content},
            **{status: {"description": why, "content": error} for status, why in _ERRORS.items()},
        },
    }
    return {"get": operation}


_LOCALE, _WITH_LINKS = "lang timezone", "include_links include_app_metas"
_CLAUSES = "select where group_by order_by limit offset refine exclude"
_READ = f"{_CLAUSES} facet {_LOCALE}"
_FILE = "use_labels compressed epsg delimiter list_separator quote_all with_bom parquet_compression"
_DATASET = "/catalog/datasets/{id}"
_OPERATIONS = {
    "/catalog": _operation("getCatalog", "Where to go from here.", "links"),
    "/catalog/datasets": _operation(
        "getDatasets", "Datasets.", "datasets", f"{_READ} {_WITH_LINKS}"
    ),
    "/catalog/exports": _operation("listDatasetsExports", "Formats.", "links"),
    "/catalog/exports/{format}": _operation(
        "exportDatasets",
        "The catalogue in a format.",
        "",
        f"catalog_format {_CLAUSES} {_LOCALE} include_exports use_labels_in_exports",
    ),
    "/catalog/facets": _operation(
        "getDatasetsFacets",
        "Facets of the catalogue.",
        "facets",
        "facet refine exclude where timezone",
    ),
    _DATASET: _operation(
        "getDataset", "One dataset.", "dataset", f"id select {_LOCALE} {_WITH_LINKS}"
    ),
    f"{_DATASET}/records": _operation(
        "getRecords", "Records.", "records", f"id {_READ} after {_WITH_LINKS}"
    ),
    f"{_DATASET}/records/{{record_id}}": _operation(
        "getRecord", "One record.", "record", f"id record_id select {_LOCALE}"
    ),
    f"{_DATASET}/facets": _operation(
        "getRecordsFacets", "Facets.", "facets", f"id where refine exclude facet limit {_LOCALE}"
    ),
    f"{_DATASET}/exports": _operation("listExports", "Formats.", "links", "id"),
    f"{_DATASET}/exports/{{format}}": _operation(
        "exportRecords",
        "All records in a format.",
        "",
        f"id format {_CLAUSES} facet {_LOCALE} {_FILE}",
    ),
    f"{_DATASET}/attachments": _operation(
        "getDatasetAttachments", "Attachments.", "attachments", "id"
    ),
    f"{_DATASET}/attachments/{{piece}}": _operation(
        "getAttachment", "One attachment.", "", "id piece"
    ),
}


def document(request: Request) -> dict[str, Any]:
    """Return the document, its server being this one."""
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
        "paths": _OPERATIONS,
        "components": {"schemas": _SCHEMAS},
    }


async def openapi(request: Request) -> Response:
    """Answer with the document."""
    return json(document(request), Parameters.from_request(request))
