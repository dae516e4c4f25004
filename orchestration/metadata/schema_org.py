"""schema.org of a version: the Dataset that search engines read."""

from typing import Any

from orchestration.files import File, indented_json
from orchestration.metadata.fields import Field, fields
from orchestration.metadata.version_card import (
    LICENCE_URL,
    Provenance,
    VersionCard,
    media_type,
    provenances,
    without_empty,
)

FILE_NAME = "schema.org.jsonld"


def document(card: VersionCard) -> bytes:
    """Return ``schema.org.jsonld``."""
    publisher = {"@type": "Organization", "name": card.site.editeur, "url": card.site.url}
    content: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": card.address(""),
        "identifier": card.address(""),
        "name": card.dataset.titre,
        "alternateName": card.dataset.nom,
        "description": card.description,
        "url": card.site.page(card.dataset.nom),
        "version": card.version,
        "datePublished": card.timestamp,
        "dateModified": card.timestamp,
        "inLanguage": "fr",
        "isAccessibleForFree": True,
        "license": LICENCE_URL,
        "creator": publisher,
        "publisher": publisher
        | {"contactPoint": {"@type": "ContactPoint", "name": card.site.contact}},
        "creditText": card.citation,
        "keywords": list(card.dataset.keywords),
        "spatialCoverage": {"@type": "Country", "name": "France"},
        "temporalCoverage": card.coverage,
        "size": f"{card.lignes} lignes",
        "distribution": [_download(card, data_file) for data_file in card.data_files],
        "variableMeasured": [_variable(field) for field in fields(card)],
        "isBasedOn": [_source(provenance) for provenance in provenances(card)],
    }
    return indented_json(without_empty(content))


def _download(card: VersionCard, file: File) -> dict[str, str]:
    return {
        "@type": "DataDownload",
        "name": file.nom,
        "contentUrl": card.address(file),
        "encodingFormat": media_type(file),
        "contentSize": f"{file.octets} B",
        "sha256": file.sha256,
    }


def _variable(field: Field) -> dict[str, str]:
    column = field.column
    return without_empty(
        {
            "@type": "PropertyValue",
            "name": column.nom,
            "alternateName": column.titre,
            "description": column.description,
            "unitText": column.unit,
        }
    )


def _source(provenance: Provenance) -> dict[str, str]:
    return {
        "@type": "CreativeWork",
        "name": provenance.titre,
        "version": provenance.extracted_on,
    }
