"""A dataset as the Explore API describes it: metadata, fields, features, attachments.

Belongs here: the object of ``/catalog/datasets``. Does not: where the facts come from
(``catalogue.paquet``), searching datasets (``index``).
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from portal.catalogue.champ import NUMERIQUES, TEMPORELS, Champ, Type
from portal.catalogue.jeu import FichierServi, Jeu
from portal.explore.reponses import adresse

# The names of the Explore API that a dataset always has, known or not.
_VIDES: Mapping[str, Any] = {
    "title": None,
    "description": None,
    "theme": None,
    "keyword": None,
    "license": None,
    "license_url": None,
    "language": "fr",
    "metadata_languages": ["fr"],
    "timezone": None,
    "modified": None,
    "modified_updates_on_metadata_change": False,
    "modified_updates_on_data_change": True,
    "data_processed": None,
    "metadata_processed": None,
    "geographic_reference": None,
    "geographic_reference_auto": True,
    "territory": None,
    "geometry_types": None,
    "bbox": None,
    "publisher": None,
    "references": None,
    "records_count": None,
    "attributions": None,
    "source_domain": None,
    "source_domain_title": None,
    "source_domain_address": None,
    "source_dataset": None,
    "shared_catalog": None,
    "federated": False,
    "oauth_scope": None,
    "parent_domain": None,
    "update_frequency": None,
}


def objet(jeu: Jeu, request: Request) -> dict[str, Any]:
    """Return a dataset, whole."""
    return {
        "visibility": "domain",
        "dataset_id": jeu.id,
        "dataset_uid": identifiant_interne(jeu.id),
        "has_records": True,
        "features": fonctionnalites(jeu),
        "attachments": [piece(jeu, item, request) for item in pieces(jeu)],
        "alternative_exports": [],
        "data_visible": True,
        "fields": [champ(jeu, item) for item in jeu.champs],
        "metas": {"default": metas(jeu)},
    }


def identifiant_interne(nom: str) -> str:
    """Return what the API calls the uid of a dataset."""
    return "da_" + hashlib.sha256(nom.encode()).hexdigest()[:6]


def metas(jeu: Jeu) -> dict[str, Any]:
    """Return the default metadata, those that are not known being null."""
    moment = jeu.modifie.isoformat(timespec="seconds")
    known = {
        "modified": moment,
        "data_processed": moment,
        "metadata_processed": moment,
        "records_count": jeu.nombre,
        **jeu.metas,
    }
    return {**_VIDES, **known}


def fonctionnalites(jeu: Jeu) -> list[str]:
    """Return what can be made of a dataset, in the words of the API."""
    types = {item.type for item in jeu.champs}
    found = []
    if types & (NUMERIQUES | TEMPORELS) or any(item.facette for item in jeu.champs):
        found.append("analyze")
    if types & TEMPORELS:
        found.append("timeserie")
    if types & {Type.GEO_POINT, Type.GEO_SHAPE}:
        found.append("geo")
    return found


def champ(jeu: Jeu, item: Champ) -> dict[str, Any]:
    """Return a field, with the older names that still answer for it."""
    older = [name for name, field in jeu.alias.items() if field == item.nom]
    return {
        "name": item.nom,
        "description": item.description,
        "annotations": {**item.annotations, **({"deprecated_names": older} if older else {})},
        "label": item.libelle,
        "type": item.type.value,
    }


def pieces(jeu: Jeu) -> tuple[FichierServi, ...]:
    """Return the files that go with the data: reports, metadata."""
    return tuple(item for item in jeu.fichiers if not item.donnees)


def identifiant_de_piece(fichier: FichierServi) -> str:
    """Return the id of an attachment: its name, as paths can hold it."""
    return fichier.nom.replace(".", "_")


def piece(jeu: Jeu, fichier: FichierServi, request: Request) -> dict[str, Any]:
    """Return an attachment."""
    name = identifiant_de_piece(fichier)
    return {
        "mimetype": fichier.media_type,
        "url": adresse(request, f"/api/explore/v2.1/catalog/datasets/{jeu.id}/attachments/{name}"),
        "id": name,
        "title": fichier.titre,
    }
