"""Data Package v2 of a version: its data files, each with its hash, its rows and its schema.

Belongs here: the words of Data Package. Does not: columns (``table_schema``).

``rows`` (of a resource) and ``temporal`` (of the package) are ours: the standard allows more
properties than it names; Frictionless counts the rows against the first.
"""

from typing import Any

from orchestration.description.fiche import Fiche, forme, media_type, sans_vide
from orchestration.description.table_schema import contributeurs, licences, schema, sources
from orchestration.publication.fichiers import Fichier, json_lisible

NOM = "datapackage.json"
_PROFIL = "https://datapackage.org/profiles/2.0/datapackage.json"
_DIALECTES: dict[str, dict[str, Any]] = {"csv": {"delimiter": ";", "header": True}}


def document(fiche: Fiche) -> bytes:
    """Return ``datapackage.json``."""
    return json_lisible(
        {
            "$schema": _PROFIL,
            "name": fiche.jeu.nom,
            "id": fiche.adresse(NOM),
            "title": fiche.jeu.titre,
            "description": fiche.jeu.description,
            "homepage": fiche.site.page(fiche.jeu.nom),
            "version": fiche.version,
            "created": fiche.horodatage,
            "keywords": list(fiche.jeu.mots_cles),
            "licenses": licences(fiche),
            "contributors": [
                {key: value for key, value in item.items() if key != "role"}
                | {"roles": [item["role"]]}
                for item in contributeurs(fiche)
            ],
            "sources": sources(fiche),
            "temporal": sans_vide({"start": fiche.debut, "end": fiche.fin}),
            # The CSV first: it is the resource that bears the dataset's name.
            "resources": [
                _ressource(fiche, item)
                for item in sorted(fiche.donnees, key=lambda item: forme(item) != "csv")
            ],
        }
    )


def _ressource(fiche: Fiche, fichier: Fichier) -> dict[str, Any]:
    form = forme(fichier)
    dialect = _DIALECTES.get(form)
    return {
        "name": fiche.jeu.nom if form == "csv" else f"{fiche.jeu.nom}_{form}",
        "type": "table",
        "title": f"{fiche.jeu.titre} ({form})",
        "path": fichier.nom,
        "format": form,
        "mediatype": media_type(fichier),
        **({"encoding": "utf-8", "dialect": dialect} if dialect else {}),
        "bytes": fichier.octets,
        "hash": f"sha256:{fichier.sha256}",
        "rows": fiche.lignes,
        "schema": schema(fiche),
    }
