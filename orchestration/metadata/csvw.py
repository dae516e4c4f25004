"""CSV on the Web of a version: how to read its CSV."""

import re
from typing import Any

from orchestration.files import indented_json
from orchestration.metadata.fields import BOOLEAN, DATE, DECIMAL, INTEGER, TEXT, Field, fields
from orchestration.metadata.version_card import LICENCE_URL, VersionCard, without_empty

FILE_NAME = "{dataset}.csv-metadata.json"
# What regular expressions of XML Schema treat apart (they refuse an escape where none is needed).
_SPECIAL = re.compile(r"[.\\?*+{}()\[\]|^$]")
_BASES = {
    TEXT: "string",
    INTEGER: "integer",
    DECIMAL: "decimal",
    DATE: "date",
    BOOLEAN: "boolean",
}


def document(card: VersionCard) -> bytes:
    """Return ``<jeu>.csv-metadata.json``, the name by which CSVW looks for it beside the CSV."""
    csv = card.data_file("csv")
    return indented_json(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "fr"}],
            "url": f"{card.dataset.nom}.csv",
            "dialect": {
                "encoding": "utf-8",
                "delimiter": ";",
                "quoteChar": '"',
                "doubleQuote": True,
                "header": True,
                "lineTerminators": ["\n"],
            },
            "dc:identifier": card.address(f"{card.dataset.nom}.csv"),
            "dc:title": card.dataset.titre,
            "dc:description": card.description,
            "dc:license": {"@id": LICENCE_URL},
            "dc:publisher": card.site.editeur,
            "dc:issued": card.timestamp,
            "dcat:keyword": list(card.dataset.keywords),
            "schema:version": card.version,
            "schema:sha256": csv and csv.sha256,
            "schema:contentSize": csv and f"{csv.octets} B",
            "schema:size": f"{card.lignes} lignes",
            "tableSchema": {
                "columns": [_column(field) for field in fields(card)],
                "primaryKey": list(card.dataset.key),
            },
        }
    )


def _column(field: Field) -> dict[str, Any]:
    column = field.column
    content = {
        "name": column.nom,
        # The header of the CSV, which CSVW compares: the readable title is Dublin Core's.
        "titles": column.nom,
        "dc:title": column.titre,
        "dc:description": column.description,
        "schema:unitText": column.unit,
        "datatype": _type(field),
        "required": column.required,
    }
    # An empty cell is null: CSVW's own default.
    return without_empty(content)


def _type(field: Field) -> str | dict[str, str]:
    """Return the type; CSVW has no lists, so that one is a form: this value or that one."""
    base = _BASES[field.nature]
    if field.nature == DATE:
        return {"base": base, "format": "yyyy-MM-dd"}
    form = field.pattern or "|".join(_SPECIAL.sub(r"\\\g<0>", value) for value in field.values)
    return {"base": base, "format": f"^({form})$"} if form else base
