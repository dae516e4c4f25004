"""The OpenAPI document of the portal: what programs and their makers read.

Belongs here: paths, parameters, schemas, in the words of OpenAPI 3.1. Does not: answering.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal.explore.ecriture import FORMATS
from portal.explore.parametres import LANGUES, LIMITE, LIMITE_GROUPES, PROFONDEUR, Parametres
from portal.explore.reponses import adresse, json

ADRESSES = ("/api/explore/v2.1/swagger.json", "/openapi.json")
_TEXTE = {"type": "string"}
_LISTE_DE_TEXTES = {"type": "array", "items": _TEXTE}
_BOOLEEN = {"type": "boolean"}
_Schema = Mapping[str, Any]


def _parametre(
    nom: str, description: str, schema: _Schema, *, dans: str = "query", exemple: Any = None
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": nom,
        "in": dans,
        "description": description,
        "required": dans == "path",
        "schema": schema,
    }
    return found | ({"example": exemple} if exemple is not None else {})


_PARAMETRES = {
    item["name"]: item
    for item in (
        _parametre("select", "Fields and expressions, in ODSQL.", _TEXTE, exemple="*"),
        _parametre("where", "Conditions in ODSQL; all must hold.", _LISTE_DE_TEXTES),
        _parametre("group_by", "What rows are grouped by, in ODSQL.", _TEXTE),
        _parametre("order_by", "What rows are sorted by, in ODSQL.", _TEXTE),
        _parametre(
            "limit",
            f"Rows of the answer: {LIMITE} at most, {LIMITE_GROUPES} with group_by; -1 for the"
            " most.",
            {"type": "integer", "minimum": -1, "maximum": LIMITE_GROUPES, "default": 10},
        ),
        _parametre(
            "offset",
            f"Rows to pass over; offset + limit is at most {PROFONDEUR}.",
            {"type": "integer", "minimum": 0, "default": 0},
        ),
        _parametre(
            "after",
            "Cursor: empty for the first page, then as the Link header says. No depth limit.",
            _TEXTE,
        ),
        _parametre("refine", "field:value; repeatable.", _LISTE_DE_TEXTES),
        _parametre("exclude", "field:value; repeatable.", _LISTE_DE_TEXTES),
        _parametre(
            "facet", 'A field, or facet(name="f", limit=1000); repeatable.', _LISTE_DE_TEXTES
        ),
        _parametre("lang", "Language of names of days and months.", {"enum": list(LANGUES)}),
        _parametre("timezone", "IANA name; UTC by default.", _TEXTE, exemple="Europe/Paris"),
        _parametre("include_links", "Add links to the answer.", _BOOLEEN),
        _parametre("include_app_metas", "Accepted, without effect.", _BOOLEEN),
        _parametre("use_labels", "Labels instead of names in headers.", _BOOLEEN),
        _parametre("compressed", "Compress the file (gzip).", _BOOLEEN),
        _parametre("epsg", "Accepted; coordinates are WGS 84.", {"type": "integer"}),
        _parametre(
            "delimiter", "Separator of a CSV.", {"enum": [";", ",", "\t", "|"], "default": ";"}
        ),
        _parametre("list_separator", "Separator of the values of a list.", _TEXTE),
        _parametre("quote_all", "Quote every cell of a CSV.", _BOOLEEN),
        _parametre("with_bom", "Begin a CSV with a byte order mark.", _BOOLEEN),
        _parametre(
            "parquet_compression",
            "Compression of a Parquet file.",
            {"enum": ["snappy", "zstd"], "default": "snappy"},
        ),
        _parametre("include_exports", "Formats that DCAT names, between commas.", _TEXTE),
        _parametre("use_labels_in_exports", "Whether DCAT links ask for labels.", _BOOLEEN),
        _parametre("id", "Dataset; id@version for a past version.", _TEXTE, dans="path"),
        _parametre("record_id", "Record.", _TEXTE, dans="path"),
        _parametre("piece", "Attachment.", _TEXTE, dans="path"),
    )
}
_FORMAT = _parametre("format", "Format.", {"enum": sorted(FORMATS)}, dans="path")
_FORMAT_DU_CATALOGUE = _parametre(
    "format",
    "Format.",
    {
        "enum": [
            "csv", "data.json", "dcat", "dcat_ap", "json", "jsonl", "rdf", "rss", "ttl", "xlsx",
        ]
    },
    dans="path",
)  # fmt: skip
_LIRE = ("select", "where", "group_by", "order_by", "limit", "offset", "refine", "exclude")
_LECTEUR = ("lang", "timezone")
_LIENS = ("include_links", "include_app_metas")
_FICHIER = ("use_labels", "compressed", "epsg", "delimiter", "list_separator", "quote_all",
            "with_bom", "parquet_compression")  # fmt: skip


def _lien() -> dict[str, Any]:
    properties = {"rel": _TEXTE, "href": {"type": "string", "format": "uri"}}
    return _objet(properties, "rel", "href")


def _objet(proprietes: Mapping[str, _Schema], *obligatoires: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(proprietes),
        "required": list(obligatoires),
    }


def _liste(schema: _Schema) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _renvoi(nom: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{nom}"}


_NOMBRE = {"type": "integer", "minimum": 0}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "error": _objet({"error_code": _TEXTE, "message": _TEXTE}, "error_code", "message"),
    "link": _lien(),
    "record": {"type": "object", "additionalProperties": True},
    "records": _objet(
        {
            "total_count": _NOMBRE,
            "results": _liste(_renvoi("record")),
            "_links": _liste(_renvoi("link")),
        },
        "total_count",
        "results",
    ),
    "links": _objet({"links": _liste(_renvoi("link"))}, "links"),
    "facet_value": _objet(
        {
            "name": _TEXTE,
            "value": _TEXTE,
            "count": _NOMBRE,
            "state": {"enum": ["displayed", "refined", "excluded"]},
            "facets": _liste(_renvoi("facet_value")),
        },
        "name",
        "value",
        "state",
    ),
    "facet": _objet({"name": _TEXTE, "facets": _liste(_renvoi("facet_value"))}, "name", "facets"),
    "facets": _objet(
        {"links": _liste(_renvoi("link")), "facets": _liste(_renvoi("facet"))}, "links", "facets"
    ),
    "field": _objet(
        {
            "name": _TEXTE,
            "label": _TEXTE,
            "description": {"type": ["string", "null"]},
            "type": _TEXTE,
            "annotations": {"type": "object", "additionalProperties": True},
        },
        "name",
        "label",
        "type",
        "annotations",
    ),
    "dataset": _objet(
        {
            "dataset_id": _TEXTE,
            "dataset_uid": _TEXTE,
            "has_records": _BOOLEEN,
            "features": _LISTE_DE_TEXTES,
            "metas": {"type": "object", "additionalProperties": True},
            "fields": _liste(_renvoi("field")),
            "attachments": _liste({"type": "object", "additionalProperties": True}),
        }
    ),
    "datasets": _objet(
        {"total_count": _NOMBRE, "results": _liste({"type": "object"})}, "total_count", "results"
    ),
    "attachments": _objet(
        {"links": _liste(_renvoi("link")), "attachments": _liste({"type": "object"})},
        "links",
        "attachments",
    ),
}
_ERREURS = {
    "400": "The request means nothing: the message says where and why.",
    "404": "There is no such dataset, record or path.",
    "429": "Too many requests; Retry-After says when to come back.",
    "503": "Too busy, or the query takes too long; Retry-After says when to come back.",
}


def _operation(
    nom: str, resume: str, schema: str | None, *parametres: str | dict[str, Any]
) -> dict[str, Any]:
    """Describe a GET whose answer is JSON of a schema, or a file."""
    listed = [_PARAMETRES[item] if isinstance(item, str) else item for item in parametres]
    content = (
        {"application/json": {"schema": _renvoi(schema)}} if schema else {"*/*": {"schema": {}}}
    )
    responses: dict[str, Any] = {"200": {"description": "The answer.", "content": content}}
    for status, description in _ERREURS.items():
        body = {"application/json": {"schema": _renvoi("error")}}
        responses[status] = {"description": description, "content": body}
    get = {
        "operationId": nom,
        "summary": resume,
        "parameters": listed,
        "responses": responses,
    }
    return {"get": get}


def document(request: Request) -> dict[str, Any]:
    """Return the document, its server being this one."""
    catalog = "/catalog"
    dataset = catalog + "/datasets/{id}"
    read = (*_LIRE, "facet", *_LECTEUR)
    whole = (*_LIRE[:5], "refine", "exclude", "facet", *_LECTEUR, *_FICHIER)
    paths = {
        catalog: _operation("getCatalog", "Where to go from here.", "links"),
        catalog + "/datasets": _operation("getDatasets", "Datasets.", "datasets", *read, *_LIENS),
        catalog + "/exports": _operation("listDatasetsExports", "Formats.", "links"),
        catalog + "/exports/{format}": _operation(
            "exportDatasets", "The catalogue in a format.", None, _FORMAT_DU_CATALOGUE,
            *_LIRE, *_LECTEUR, "include_exports", "use_labels_in_exports",
        ),
        catalog + "/facets": _operation(
            "getDatasetsFacets", "Facets of the catalogue.", "facets",
            "facet", "refine", "exclude", "where", "timezone",
        ),
        dataset: _operation(
            "getDataset", "One dataset.", "dataset", "id", "select", *_LECTEUR, *_LIENS
        ),
        dataset + "/records": _operation(
            "getRecords", "Records.", "records", "id", *read, "after", *_LIENS
        ),
        dataset + "/records/{record_id}": _operation(
            "getRecord", "One record.", "record", "id", "record_id", "select", *_LECTEUR
        ),
        dataset + "/facets": _operation(
            "getRecordsFacets", "Facets.", "facets", "id", "where", "refine", "exclude", "facet",
            "limit", *_LECTEUR,
        ),
        dataset + "/exports": _operation("listExports", "Formats.", "links", "id"),
        dataset + "/exports/{format}": _operation(
            "exportRecords", "All records in a format.", None, "id", _FORMAT, *whole
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
        "servers": [{"url": adresse(request, "/api/explore/v2.1")}],
        "paths": paths,
        "components": {"schemas": _SCHEMAS},
    }


async def openapi(request: Request) -> Response:
    """Answer with the document."""
    return json(document(request), Parametres.de(request))


def routes() -> list[BaseRoute]:
    """Return the routes of the document."""
    return [Route(path, openapi) for path in ADRESSES]
