"""Croissant 1.1 of a version: its Parquet as records, for machine-learning tools.

The CSV is not described: Croissant has no word for its delimiter.
"""

from typing import Any

from orchestration.files import File, indented_json
from orchestration.metadata.fields import BOOLEAN, DATE, DECIMAL, INTEGER, TEXT, Field, fields
from orchestration.metadata.version_card import LICENCE_URL, VersionCard, without_empty

FILE_NAME = "croissant.json"
# The only name of the format by which Croissant's own reader knows it.
_PARQUET = "application/x-parquet"
_TYPES = {
    TEXT: "sc:Text",
    INTEGER: "sc:Integer",
    DECIMAL: "sc:Float",
    DATE: "sc:Date",
    BOOLEAN: "sc:Boolean",
}
# The context that the specification gives, word for word, but for the language of our texts.
_CONTEXT: dict[str, Any] = {
    "@language": "fr",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def document(card: VersionCard) -> bytes:
    """Return ``croissant.json``."""
    parquet = card.data_file("parquet")
    dataset = card.dataset
    return indented_json(
        without_empty(
            {
                "@context": _CONTEXT,
                "@type": "sc:Dataset",
                "conformsTo": "http://mlcommons.org/croissant/1.1",
                "name": dataset.nom,
                "alternateName": dataset.titre,
                "description": card.description,
                "url": card.site.page(dataset.nom),
                "version": card.version,
                "datePublished": card.timestamp,
                "dateModified": card.timestamp,
                "temporalCoverage": card.coverage,
                "inLanguage": "fr",
                "license": LICENCE_URL,
                "creator": _publisher(card),
                "publisher": _publisher(card),
                "keywords": list(dataset.keywords),
                "citeAs": card.citation,
                "size": f"{card.lignes} lignes",
                "distribution": [_file_object(parquet)] if parquet else [],
                "recordSet": [_record_set(card, parquet)] if parquet else [],
            }
        )
    )


def _publisher(card: VersionCard) -> dict[str, str]:
    return {"@type": "sc:Organization", "name": card.site.editeur, "url": card.site.url}


def _file_object(parquet: File) -> dict[str, str]:
    return {
        "@type": "cr:FileObject",
        "@id": parquet.nom,
        "name": parquet.nom,
        "contentUrl": parquet.nom,
        "contentSize": f"{parquet.octets} B",
        "encodingFormat": _PARQUET,
        "sha256": parquet.sha256,
    }


def _record_set(card: VersionCard, parquet: File) -> dict[str, Any]:
    nom = card.dataset.nom
    return {
        "@type": "cr:RecordSet",
        "@id": nom,
        "name": nom,
        "description": card.dataset.description,
        "key": [{"@id": f"{nom}/{column}"} for column in card.dataset.key],
        "field": [_field(field, nom, parquet) for field in fields(card)],
    }


def _field(field: Field, nom: str, parquet: File) -> dict[str, Any]:
    column = field.column
    unit = f" Unité : {column.unit}." if column.unit else ""
    return {
        "@type": "cr:Field",
        "@id": f"{nom}/{column.nom}",
        "name": column.nom,
        "description": f"{column.titre}. {column.description}{unit}",
        "dataType": _TYPES[field.nature],
        "source": {"fileObject": {"@id": parquet.nom}, "extract": {"column": column.nom}},
    }
