"""The API v1, which scripts still call: records, datasets, downloads.

Belongs here: its shapes. Does not: its parameters (``parametres``), its queries (``q``), charts
(``analyse``).
"""

from collections.abc import Iterable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal.anciennes import analyse
from portal.anciennes.parametres import (
    LIGNES,
    Recherche,
    lire_parametres,
    lire_recherche,
    nom_du_jeu,
    prendre,
)
from portal.catalogue.champ import Champ, Type
from portal.catalogue.jeu import Jeu
from portal.erreurs import ApiError
from portal.explore import exports, facettes
from portal.explore.catalogue import index
from portal.explore.ecriture import Options
from portal.explore.enregistrements import Reponse, repondre, un_enregistrement
from portal.explore.parametres import Page, Parametres
from portal.explore.reponses import JSON, json
from portal.odsql.arbre import Nom
from portal.odsql.contexte import Contexte
from portal.odsql.plan import Colonne, Demande
from portal.repertoire import description

_ID, _MOMENT = "\x00recordid", "\x00record_timestamp"


async def recherche(request: Request) -> Response:
    """Answer ``/api/records/1.0/search/``."""
    parameters = await lire_parametres(request)
    name = nom_du_jeu(parameters)
    async with prendre(request, name) as jeu:
        search = lire_recherche(parameters, jeu)
        answer = await repondre(request, jeu, search.demande, search.page, _techniques(jeu))
        groups = []
        if search.facettes:
            groups = await facettes.compter(request, jeu, search.demande)
        records = [_enregistrement(jeu, item) for item in answer.objets]
    if parameters.texte("format").lower() == "geojson":
        return json(_geojson(records), parameters)
    content: dict[str, Any] = {
        "nhits": answer.nombre,
        "parameters": _rappel(name, search, parameters),
        "records": records,
    }
    if groups:
        content["facet_groups"] = [_groupe(item) for item in groups]
    return _encoder(content, parameters)


def _techniques(jeu: Jeu) -> tuple[Colonne, ...]:
    context = Contexte(jeu)
    return tuple(Colonne(key, context.nom(Nom(0, key[1:], key[1:]))) for key in (_ID, _MOMENT))


def _enregistrement(jeu: Jeu, item: dict[str, Any]) -> dict[str, Any]:
    """Return a record: only what is known, and places as latitude, longitude."""
    identifier, moment = item.pop(_ID), item.pop(_MOMENT)
    fields: dict[str, Any] = {}
    geometry = None
    for name, value in item.items():
        if value is None:
            continue
        champ = jeu.champ(name)
        if champ and champ.type is Type.GEO_POINT:
            geometry = geometry or {"type": "Point", "coordinates": [value["lon"], value["lat"]]}
            fields[name] = [value["lat"], value["lon"]]
        elif champ and champ.type is Type.GEO_SHAPE:
            fields[name] = value["geometry"]
            geometry = geometry or value["geometry"]
        else:
            fields[name] = value
    found = {
        "datasetid": jeu.id,
        "recordid": identifier,
        "fields": fields,
        "record_timestamp": moment,
    }
    return found | ({"geometry": geometry} if geometry else {})


def _geojson(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "geometry": item.get("geometry"), "properties": item["fields"]}
        for item in records
    ]
    return {"type": "FeatureCollection", "features": features}


def _rappel(nom: str, search: Recherche, parametres: Parametres) -> dict[str, Any]:
    found: dict[str, Any] = {
        "dataset": nom,
        "rows": search.page.limite,
        "start": search.page.decalage,
        "format": parametres.texte("format") or "json",
        "timezone": search.demande.fuseau,
    }
    optional = {
        "q": search.q,
        "facet": list(search.facettes),
        "sort": list(search.tri),
        "refine": {name: values[-1] for name, values in search.raffinements.items()},
    }
    return found | {key: value for key, value in optional.items() if value}


def _groupe(groupe: dict[str, Any]) -> dict[str, Any]:
    values = [_valeur(item) for item in groupe["facets"]]
    total = sum(item["count"] for item in values)
    return {"name": groupe["name"], "count": total, "facets": values}


def _valeur(item: dict[str, Any]) -> dict[str, Any]:
    found = {
        "name": item["name"],
        "path": item["value"],
        "count": item.get("count", 0),
        "state": item["state"],
    }
    below = [_valeur(child) for child in item.get("facets", [])]
    return found | ({"facets": below} if below else {})


def _encoder(content: dict[str, Any], parametres: Parametres) -> Response:
    """Encode as JSON, or as a call of the function that JSONP names."""
    callback = parametres.texte("callback")
    if callback and parametres.texte("format").lower() == "jsonp":
        if not callback.replace(".", "").replace("_", "").replace("$", "").isalnum():
            raise ApiError(400, "InvalidParameter", "callback is not the name of a function.")
        body = f"/**/{callback}({orjson.dumps(content).decode()});"
        return Response(body, media_type="application/javascript")
    if parametres.booleen("pretty_print"):
        return Response(orjson.dumps(content, option=orjson.OPT_INDENT_2), media_type=JSON)
    return json(content, parametres)


async def enregistrement(request: Request) -> Response:
    """Answer ``/api/datasets/1.0/{id}/records/{record_id}``."""
    parameters = await lire_parametres(request)
    async with prendre(request, request.path_params["id"]) as jeu:
        record_id = request.path_params["record_id"]
        found = await un_enregistrement(request, jeu, Demande(), record_id, _techniques(jeu))
        return json(_enregistrement(jeu, found), parameters)


async def telechargement(request: Request) -> Response:
    """Answer ``/api/records/1.0/download/``, or the address of before the API."""
    parameters = await lire_parametres(request)
    name = request.path_params.get("id") or nom_du_jeu(parameters)
    async with prendre(request, name) as jeu:
        search = lire_recherche(parameters, jeu)
        rows = parameters.entier("rows", -1)
        form = parameters.texte("format").lower() or "csv"
        options = Options(
            separateur=exports.lire_separateur(parameters.texte("csv_separator") or ";"),
            bom=parameters.booleen("csv_bom"),
            libelles=parameters.booleen("use_labels_for_header"),
        )
        limit = None if rows == -1 else rows
        return await exports.exporter(
            request, jeu, search.demande, form, options, limit, parameters
        )


async def jeux(request: Request) -> Response:
    """Answer ``/api/datasets/1.0/search/``."""
    parameters = await lire_parametres(request)
    listed = index(request)
    search = lire_recherche(parameters, listed.jeu)
    answer = await _jeux(request, listed.jeu, search)
    by_id = {item.id: item for item in listed.jeux}
    content: dict[str, Any] = {
        "nhits": answer.nombre,
        "parameters": _rappel("", search, parameters),
        "datasets": [_jeu(by_id[row[0]], request) for row in answer.lignes],
    }
    content["parameters"].pop("dataset")
    if search.facettes:
        groups = await facettes.compter(request, listed.jeu, search.demande)
        content["facet_groups"] = [_groupe(item) for item in groups]
    return _encoder(content, parameters)


async def _jeux(request: Request, catalogue: Jeu, search: Recherche) -> Reponse:
    only_ids = Demande(**(search.demande.__dict__ | {"select": "dataset_id"}))
    page = Page(min(search.page.limite or LIGNES, LIGNES), search.page.decalage)
    return await repondre(request, catalogue, only_ids, page)


async def jeu(request: Request) -> Response:
    """Answer ``/api/datasets/1.0/{id}/``."""
    parameters = await lire_parametres(request)
    async with prendre(request, request.path_params["id"]) as found:
        return json(_jeu(found, request), parameters)


def _jeu(jeu: Jeu, request: Request) -> dict[str, Any]:
    whole = description.objet(jeu, request)
    kept = ("has_records", "data_visible", "features", "attachments")
    return {
        "datasetid": jeu.id,
        "metas": {key: value for key, value in description.metas(jeu).items() if value is not None},
        **{key: whole[key] for key in kept},
        "fields": [_champ(jeu, item) for item in jeu.champs],
    }


def _champ(jeu: Jeu, item: Champ) -> dict[str, Any]:
    annotations = [
        {"name": name, "args": [] if value is True else [str(value)]}
        for name, value in item.annotations.items()
        if value is not False and value is not None
    ]
    found = description.champ(jeu, item)
    return found | {"annotations": annotations}


def routes() -> list[BaseRoute]:
    """Return the routes of the v1."""
    both = ["GET", "POST"]
    return [
        Route("/api/records/1.0/search", recherche, methods=both),
        Route("/api/records/1.0/download", telechargement, methods=both),
        Route("/api/records/1.0/analyze", analyse.analyse, methods=both),
        Route("/api/datasets/1.0/search", jeux, methods=both),
        Route("/api/datasets/1.0/{id}", jeu),
        Route("/api/datasets/1.0/{id}/records/{record_id}", enregistrement),
        Route("/explore/dataset/{id}/download", telechargement),
    ]
