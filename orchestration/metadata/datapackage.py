"""Data Package v2 of a version: its data files, each with its hash, its rows and its schema.

Belongs here: the words of Data Package. Does not: columns (``table_schema``).

``rows`` (of a resource) and ``temporal`` (of the package) are ours: the standard allows more
properties than it names; Frictionless counts the rows against the first.
"""

from typing import Any

from orchestration.files import File, indented_json
from orchestration.metadata.table_schema import contributors, licences, schema, sources
from orchestration.metadata.version_card import VersionCard, file_format, media_type, without_empty

FILE_NAME = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_DIALECTS: dict[str, dict[str, Any]] = {"csv": {"delimiter": ";", "header": True}}


def document(card: VersionCard) -> bytes:
    """Return ``datapackage.json``."""
    return indented_json(
        {
            "$schema": _PROFILE,
            "name": card.dataset.nom,
            "id": card.address(FILE_NAME),
            "title": card.dataset.titre,
            "description": card.dataset.description,
            "homepage": card.site.page(card.dataset.nom),
            "version": card.version,
            "created": card.timestamp,
            "keywords": list(card.dataset.keywords),
            "licenses": licences(card),
            "contributors": [
                {key: value for key, value in item.items() if key != "role"}
                | {"roles": [item["role"]]}
                for item in contributors(card)
            ],
            "sources": sources(card),
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
        "schema": schema(card),
    }
