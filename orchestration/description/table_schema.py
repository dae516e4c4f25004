"""Table Schema of a version, by the rules of schema.data.gouv.fr.

Belongs here: the words of Table Schema. Does not: what is true of a column (``champs``).
"""

from typing import Any

from orchestration.description.champs import (
    DATE,
    DECIMAL,
    ENTIER,
    TEXTE,
    Champ,
    champs,
    cle_sans_vide,
)
from orchestration.description.fiche import LICENCE_NOM, LICENCE_URL, Fiche, media_type, sans_vide
from orchestration.description.provenance import provenances
from orchestration.publication.fichiers import json_lisible

NOM = "schema.json"
_STANDARD = "https://specs.frictionlessdata.io/schemas/table-schema.json"
_TYPES = {TEXTE: "string", ENTIER: "integer", DECIMAL: "number", DATE: "date"}


def document(fiche: Fiche) -> bytes:
    """Return ``schema.json``."""
    return json_lisible(
        {
            "$schema": _STANDARD,
            "name": fiche.jeu.nom,
            "title": fiche.jeu.titre,
            "description": fiche.jeu.description,
            "countryCode": "FR",
            "homepage": fiche.site.page(fiche.jeu.nom),
            "path": fiche.adresse(NOM),
            "version": fiche.version,
            "created": fiche.horodatage[:10],
            "lastModified": fiche.horodatage[:10],
            "licence": fiche.jeu.licence,
            "licenses": licences(fiche),
            "contributors": contributeurs(fiche),
            "keywords": list(fiche.jeu.mots_cles),
            "sources": sources(fiche),
            "resources": [
                {
                    "title": item.nom,
                    "path": fiche.adresse(item),
                    "mediatype": media_type(item),
                    "hash": f"sha256:{item.sha256}",
                    "bytes": item.octets,
                    "rows": fiche.lignes,
                }
                for item in fiche.donnees
            ],
            **schema(fiche),
        }
    )


def schema(fiche: Fiche) -> dict[str, Any]:
    """Return the columns and the key.

    A primary key may not be empty, even in part: a key that may (a remote training has no place)
    is told as ``uniqueKeys``.
    """
    key = list(fiche.jeu.cle)
    return {
        "fields": [_champ(item) for item in champs(fiche)],
        **({"primaryKey": key} if cle_sans_vide(fiche.jeu) else {"uniqueKeys": [key]}),
        "missingValues": [""],
    }


def licences(fiche: Fiche) -> list[dict[str, str]]:
    """Return the licence as Frictionless writes it."""
    return [{"name": fiche.jeu.licence, "title": LICENCE_NOM, "path": LICENCE_URL}]


def contributeurs(fiche: Fiche) -> list[dict[str, Any]]:
    """Return the publisher and the contact, who signs the schema."""
    return [
        {"title": fiche.site.editeur, "path": fiche.site.url, "role": "publisher"},
        {"title": fiche.site.contact, "path": fiche.site.url, "role": "author"},
    ]


def sources(fiche: Fiche) -> list[dict[str, Any]]:
    """Return what the version was made from."""
    return [
        {"title": item.titre, "version": item.arrete_le, "deliveries": item.livraisons}
        for item in provenances(fiche)
    ]


def _champ(champ: Champ) -> dict[str, Any]:
    column = champ.colonne
    constraints = {
        "required": column.obligatoire or None,
        "enum": list(champ.valeurs),
        "pattern": champ.motif,
    }
    annotations = {"facet": champ.facette or None, "sortable": champ.triable or None}
    content = {
        "name": column.nom,
        "title": column.titre,
        "description": column.description,
        "type": _TYPES[champ.nature],
        "format": "default",
        "unit": column.unite,
        "example": champ.exemple,
        "constraints": sans_vide(constraints),
        "annotations": sans_vide(annotations),
        "deprecatedNames": list(champ.anciens_noms),
    }
    return sans_vide(content)
