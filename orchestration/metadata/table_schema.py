"""Table Schema of a version, by the rules of schema.data.gouv.fr.

Belongs here: the words of Table Schema. Does not: what is true of a column (``fields``).
"""

from typing import Any

from orchestration.files import indented_json
from orchestration.metadata.fields import (
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
    media_type,
    provenances,
    without_empty,
)

FILE_NAME = "schema.json"
_STANDARD = "https://specs.frictionlessdata.io/schemas/table-schema.json"
_TYPES = {TEXT: "string", INTEGER: "integer", DECIMAL: "number", DATE: "date"}


def document(card: VersionCard) -> bytes:
    """Return ``schema.json``."""
    return indented_json(
        {
            "$schema": _STANDARD,
            "name": card.dataset.nom,
            "title": card.dataset.titre,
            "description": card.dataset.description,
            "countryCode": "FR",
            "homepage": card.site.page(card.dataset.nom),
            "path": card.address(FILE_NAME),
            "version": card.version,
            "created": card.timestamp[:10],
            "lastModified": card.timestamp[:10],
            "licence": card.dataset.licence,
            "licenses": licences(card),
            "contributors": contributors(card),
            "keywords": list(card.dataset.keywords),
            "sources": sources(card),
            "resources": [
                {
                    "title": item.nom,
                    "path": card.address(item),
                    "mediatype": media_type(item),
                    "hash": f"sha256:{item.sha256}",
                    "bytes": item.octets,
                    "rows": card.lignes,
                }
                for item in card.data_files
            ],
            **schema(card),
        }
    )


def schema(card: VersionCard) -> dict[str, Any]:
    """Return the columns and the key.

    A primary key may not be empty, even in part: a key that may (a remote training has no place)
    is told as ``uniqueKeys``.
    """
    key = list(card.dataset.key)
    return {
        "fields": [_field(item) for item in fields(card)],
        **({"primaryKey": key} if key_never_null(card.dataset) else {"uniqueKeys": [key]}),
        "missingValues": [""],
    }


def licences(card: VersionCard) -> list[dict[str, str]]:
    """Return the licence as Frictionless writes it."""
    return [{"name": card.dataset.licence, "title": LICENCE_NAME, "path": LICENCE_URL}]


def contributors(card: VersionCard) -> list[dict[str, Any]]:
    """Return the publisher and the contact, who signs the schema."""
    return [
        {"title": card.site.editeur, "path": card.site.url, "role": "publisher"},
        {"title": card.site.contact, "path": card.site.url, "role": "author"},
    ]


def sources(card: VersionCard) -> list[dict[str, Any]]:
    """Return what the version was made from."""
    return [
        {"title": item.titre, "version": item.extracted_on, "deliveries": item.deliveries}
        for item in provenances(card)
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
