"""The Explore API v2.0, also known as ``/api/v2``: the same answers in older shapes.

Belongs here: those shapes. Does not: any query.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal.application import jeu_demande
from portal.catalogue.jeu import Jeu
from portal.explore import catalogue, exports, exports_catalogue, facettes
from portal.explore.enregistrements import liens, repondre, un_enregistrement
from portal.explore.parametres import Parametres, lire_demande, lire_page
from portal.explore.reponses import adresse, json
from portal.odsql.arbre import Nom
from portal.odsql.contexte import Contexte
from portal.odsql.plan import Colonne

BASES = ("/api/explore/v2.0/catalog", "/api/v2/catalog")
_SUITE = "/api/explore/v2.1/catalog"
_TECHNIQUES = {"id": "recordid", "timestamp": "record_timestamp", "size": "record_size"}
_Reponse = Callable[[Request], Awaitable[Response]]


def _vieilli(reponse: _Reponse) -> _Reponse:
    """Say in the headers that there is a newer version, and where."""

    async def answer(request: Request) -> Response:
        response = await reponse(request)
        response.headers["ODS-Explore-API-Deprecation"] = (
            "V2_0: version 2.0 is superseded by version 2.1"
        )
        response.headers["Link"] = f'<{adresse(request, _SUITE)}>; rel="successor-version"'
        return response

    return answer


def _colonnes_techniques(jeu: Jeu) -> tuple[Colonne, ...]:
    context = Contexte(jeu)
    # Names that no field can have: they are taken off again.
    return tuple(
        Colonne(f"\x00{key}", context.nom(Nom(0, name, name))) for key, name in _TECHNIQUES.items()
    )


def _enregistrement(item: dict[str, Any]) -> dict[str, Any]:
    technical = {key: item.pop(f"\x00{key}") for key in _TECHNIQUES}
    return {**technical, "fields": item}


async def enregistrements(request: Request) -> Response:
    """Answer ``/records``, or ``/query``, which is its older name."""
    parameters = Parametres.de(request)
    async with jeu_demande(request) as jeu:
        demand = lire_demande(parameters, jeu)
        page = lire_page(parameters, groupes=bool(demand.group_by.strip()))
        answer = await repondre(request, jeu, demand, page, _colonnes_techniques(jeu))
        links = liens(request, jeu, page, answer.nombre)
    records = [
        {"links": [], "record": _enregistrement(item) if "\x00id" in item else {"fields": item}}
        for item in answer.objets
    ]
    content = {"total_count": answer.nombre, "links": links, "records": records}
    return json(content, parameters)


async def enregistrement(request: Request) -> Response:
    """Answer ``/records/{record_id}``."""
    parameters = Parametres.de(request)
    async with jeu_demande(request) as jeu:
        demand = lire_demande(parameters, jeu)
        added = _colonnes_techniques(jeu)
        found = await un_enregistrement(
            request, jeu, demand, request.path_params["record_id"], added
        )
    return json({"links": [], "record": _enregistrement(found)}, parameters)


async def agregats(request: Request) -> Response:
    """Answer ``/aggregates``: groups, or one row without group."""
    parameters = Parametres.de(request)
    page = lire_page(parameters, groupes=True)
    async with jeu_demande(request) as jeu:
        demand = lire_demande(parameters, jeu)
        answer = await repondre(request, jeu, demand, page)
    rows = answer.objets[:1] if answer.plan.repete else answer.objets
    return json({"links": [], "aggregations": rows}, parameters)


async def jeux(request: Request) -> Response:
    """Answer ``/datasets``."""
    parameters = Parametres.de(request)
    listed = catalogue.index(request)
    demand = lire_demande(parameters, listed.jeu)
    page = lire_page(parameters, groupes=bool(demand.group_by.strip()))
    parameters.connus(("include_app_metas",))
    count, found = await catalogue.chercher(request, listed, demand, page)
    content = {
        "total_count": count,
        "links": liens(request, None, page, count),
        "datasets": [{"links": [], "dataset": item} for item in found],
    }
    return json(content, parameters)


async def jeu(request: Request) -> Response:
    """Answer ``/datasets/{id}``."""
    parameters = Parametres.de(request)
    parameters.connus(("include_app_metas",))
    async with jeu_demande(request) as found:
        demand = lire_demande(parameters, found)
        content = await catalogue.un_jeu(request, found, demand)
    return json({"links": [], "dataset": content}, parameters)


async def export(request: Request) -> Response:
    """Answer ``/exports/{format}``: no byte order mark unless it is asked for."""
    return await exports.export(request, bom=False)


def routes() -> list[BaseRoute]:
    """Return the routes of both addresses."""
    paths: dict[str, _Reponse] = {
        "": catalogue.catalogue,
        "/datasets": jeux,
        "/exports": exports_catalogue.liste,
        "/exports/{format}": exports_catalogue.export,
        "/facets": catalogue.facettes,
        "/datasets/{id}": jeu,
        "/datasets/{id}/records": enregistrements,
        "/datasets/{id}/query": enregistrements,
        "/datasets/{id}/aggregates": agregats,
        "/datasets/{id}/records/{record_id}": enregistrement,
        "/datasets/{id}/facets": facettes.facettes,
        "/datasets/{id}/exports": exports.liste,
        "/datasets/{id}/exports/{format}": export,
        "/datasets/{id}/attachments": catalogue.pieces,
        "/datasets/{id}/attachments/{piece}": catalogue.piece,
    }
    return [
        Route(base + path, _vieilli(answer)) for base in BASES for path, answer in paths.items()
    ]
