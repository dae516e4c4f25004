"""Croissant 1.1 of a version: its Parquet as records, for machine-learning tools.

Belongs here: the words of Croissant. Does not: what is true of a column (``champs``). The CSV is
not described: Croissant has no word for its delimiter.
"""

from typing import Any

from orchestration.description.champs import DATE, DECIMAL, ENTIER, TEXTE, Champ, champs
from orchestration.description.fiche import LICENCE_URL, Fiche, sans_vide
from orchestration.publication.fichiers import Fichier, json_lisible

NOM = "croissant.json"
# The only name of the format by which Croissant's own reader knows it.
_PARQUET = "application/x-parquet"
_TYPES = {TEXTE: "sc:Text", ENTIER: "sc:Integer", DECIMAL: "sc:Float", DATE: "sc:Date"}
# The context that the specification gives, word for word, but for the language of our texts.
_CONTEXTE: dict[str, Any] = {
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


def document(fiche: Fiche) -> bytes:
    """Return ``croissant.json``."""
    parquet = fiche.donnee("parquet")
    jeu = fiche.jeu
    return json_lisible(
        sans_vide(
            {
                "@context": _CONTEXTE,
                "@type": "sc:Dataset",
                "conformsTo": "http://mlcommons.org/croissant/1.1",
                "name": jeu.nom,
                "alternateName": jeu.titre,
                "description": jeu.description,
                "url": fiche.site.page(jeu.nom),
                "version": fiche.version,
                "datePublished": fiche.horodatage,
                "dateModified": fiche.horodatage,
                "temporalCoverage": fiche.couverture,
                "inLanguage": "fr",
                "license": LICENCE_URL,
                "creator": _editeur(fiche),
                "publisher": _editeur(fiche),
                "keywords": list(jeu.mots_cles),
                "citeAs": fiche.citation,
                "size": f"{fiche.lignes} lignes",
                "distribution": [_fichier(parquet)] if parquet else [],
                "recordSet": [_enregistrements(fiche, parquet)] if parquet else [],
            }
        )
    )


def _editeur(fiche: Fiche) -> dict[str, str]:
    return {"@type": "sc:Organization", "name": fiche.site.editeur, "url": fiche.site.url}


def _fichier(parquet: Fichier) -> dict[str, str]:
    return {
        "@type": "cr:FileObject",
        "@id": parquet.nom,
        "name": parquet.nom,
        "contentUrl": parquet.nom,
        "contentSize": f"{parquet.octets} B",
        "encodingFormat": _PARQUET,
        "sha256": parquet.sha256,
    }


def _enregistrements(fiche: Fiche, parquet: Fichier) -> dict[str, Any]:
    nom = fiche.jeu.nom
    return {
        "@type": "cr:RecordSet",
        "@id": nom,
        "name": nom,
        "description": fiche.jeu.description,
        "key": [{"@id": f"{nom}/{column}"} for column in fiche.jeu.cle],
        "field": [_champ(item, nom, parquet) for item in champs(fiche)],
    }


def _champ(champ: Champ, nom: str, parquet: Fichier) -> dict[str, Any]:
    column = champ.colonne
    unit = f" Unité : {column.unite}." if column.unite else ""
    return {
        "@type": "cr:Field",
        "@id": f"{nom}/{column.nom}",
        "name": column.nom,
        "description": f"{column.titre}. {column.description}{unit}",
        "dataType": _TYPES[champ.nature],
        "source": {"fileObject": {"@id": parquet.nom}, "extract": {"column": column.nom}},
    }
