"""Frictionless standards of a version: its Table Schema and its Data Package v2.

The schema follows the rules of schema.data.gouv.fr. ``rows`` (of a resource) and ``temporal`` (of
the package) are ours: the standard allows more properties than it names; Frictionless counts the
rows against the first.
"""

from typing import Any

from orchestration.files import File, indented_json
from orchestration.metadata.fields import (
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    TEXT,
    Field,
    fields,
    key_never_null,
)
from orchestration.metadata.version_card import (
    LICENCE_NAME,
    LICENCE_URL,
    VersionCard,
    file_format,
    media_type,
    provenances,
    without_empty,
)

SCHEMA_FILE = "schema.json"
PACKAGE_FILE = "datapackage.json"
_STANDARD = "https://specs.frictionlessdata.io/schemas/table-schema.json"
_TYPES = {
    TEXT: "string",
    INTEGER: "integer",
    DECIMAL: "number",
    DATE: "date",
    BOOLEAN: "boolean",
}
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_DIALECTS: dict[str, dict[str, Any]] = {"csv": {"delimiter": ";", "header": True}}


def table_schema(card: VersionCard) -> bytes:
    """Return ``schema.json``."""
    return indented_json(
        {
            "$schema": _STANDARD,
            "name": card.dataset.nom,
            "title": card.dataset.titre,
            "description": card.description,
            "countryCode": "FR",
            "homepage": card.site.page(card.dataset.nom),
            "path": card.address(SCHEMA_FILE),
            "version": card.version,
            "created": card.timestamp[:10],
            "lastModified": card.timestamp[:10],
            "licence": card.dataset.licence,
            "licenses": _licences(card),
            "contributors": _contributors(card),
            "keywords": list(card.dataset.keywords),
            "sources": _sources(card),
            "resources": [
                {
                    "title": data_file.nom,
                    "path": card.address(data_file),
                    "mediatype": media_type(data_file),
                    "hash": f"sha256:{data_file.sha256}",
                    "bytes": data_file.octets,
                    "rows": card.lignes,
                }
                for data_file in card.data_files
            ],
            **_schema(card),
        }
    )


def data_package(card: VersionCard) -> bytes:
    """Return ``datapackage.json``."""
    return indented_json(
        {
            "$schema": _PROFILE,
            "name": card.dataset.nom,
            "id": card.address(PACKAGE_FILE),
            "title": card.dataset.titre,
            "description": card.description,
            "homepage": card.site.page(card.dataset.nom),
            "version": card.version,
            "created": card.timestamp,
            "keywords": list(card.dataset.keywords),
            "licenses": _licences(card),
            "contributors": [
                {key: value for key, value in contributor.items() if key != "role"}
                | {"roles": [contributor["role"]]}
                for contributor in _contributors(card)
            ],
            "sources": _sources(card),
            "temporal": without_empty({"start": card.debut, "end": card.fin}),
            # The CSV first: it is the resource that bears the dataset's name.
            "resources": [
                _resource(card, item)
                for item in sorted(card.data_files, key=lambda item: file_format(item) != "csv")
            ],
        }
    )


def _resource(card: VersionCard, file: File) -> dict[str, Any]:
    form = file_format(file)
    dialect = _DIALECTS.get(form)
    return {
        "name": card.dataset.nom if form == "csv" else f"{card.dataset.nom}_{form}",
        "type": "table",
        "title": f"{card.dataset.titre} ({form})",
        "path": file.nom,
        "format": form,
        "mediatype": media_type(file),
        **({"encoding": "utf-8", "dialect": dialect} if dialect else {}),
        "bytes": file.octets,
        "hash": f"sha256:{file.sha256}",
        "rows": card.lignes,
        "schema": _schema(card),
    }


def _schema(card: VersionCard) -> dict[str, Any]:
    """Return the columns and the key.

    A primary key may not be empty, even in part: a key that may (a remote training has no place)
    is told as ``uniqueKeys``.
    """
    key = list(card.dataset.key)
    return {
        "fields": [_field(field) for field in fields(card)],
        **({"primaryKey": key} if key_never_null(card.dataset) else {"uniqueKeys": [key]}),
        "missingValues": [""],
    }


def _licences(card: VersionCard) -> list[dict[str, str]]:
    """Return the licence as Frictionless writes it."""
    return [{"name": card.dataset.licence, "title": LICENCE_NAME, "path": LICENCE_URL}]


def _contributors(card: VersionCard) -> list[dict[str, Any]]:
    """Return the publisher and the contact, who signs the schema."""
    return [
        {"title": card.site.editeur, "path": card.site.url, "role": "publisher"},
        {"title": card.site.contact, "path": card.site.url, "role": "author"},
    ]


def _sources(card: VersionCard) -> list[dict[str, Any]]:
    """Return what the version was made from."""
    return [
        {
            "title": provenance.titre,
            "version": provenance.extracted_on,
            "deliveries": provenance.deliveries,
        }
        for provenance in provenances(card)
    ]


def _field(field: Field) -> dict[str, Any]:
    column = field.column
    constraints = {
        "required": column.required or None,
        "enum": list(field.values),
        "pattern": field.pattern,
    }
    annotations = {"facet": field.facet or None, "sortable": field.sortable or None}
    content = {
        "name": column.nom,
        "title": column.titre,
        "description": column.description,
        "type": _TYPES[field.nature],
        "format": "default",
        "unit": column.unit,
        "example": field.example,
        "constraints": without_empty(constraints),
        "annotations": without_empty(annotations),
        "deprecatedNames": list(field.former_names),
    }
    return without_empty(content)
