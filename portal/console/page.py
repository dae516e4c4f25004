"""The console: a page to write a query, see its answer and its address. No script is needed.

Belongs here: the form and what it shows. Does not: answering queries (``portal.explore``).
"""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from jinja2 import Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from orchestration.quality.page import environnement
from portal.application import jeu_demande, portail
from portal.catalogue.jeu import Jeu
from portal.erreurs import ApiError
from portal.explore.enregistrements import repondre
from portal.explore.parametres import Parametres, lire_demande, lire_page
from portal.explore.reponses import adresse

CHEMIN = "/api/explore/v2.1/console"
_CLAUSES = ("select", "where", "group_by", "order_by", "limit")
# An example that has an answer in any dataset.
_EXEMPLE = {"select": "count(*) as lignes", "limit": "1"}


@lru_cache(maxsize=1)
def _modele() -> Template:
    return environnement(Path(__file__).parent / "templates").get_template("console.html.j2")


async def console(request: Request) -> Response:
    """Answer with the page, and the answer to the query if there is one."""
    shared = portail(request)
    datasets = list(shared.catalogue.jeux())
    given = {name: request.query_params.get(name, "") for name in _CLAUSES}
    name = request.query_params.get("jeu") or (datasets[0].id if datasets else "")
    found: dict[str, Any] = {"erreur": None, "objets": [], "nombre": None, "champs": ()}
    if name:
        found |= await _repondre(request, name)
    html = _modele().render(
        chemin=CHEMIN,
        jeux=datasets,
        nom=name,
        clauses=given if any(given.values()) else _EXEMPLE,
        adresse=_adresse(request, name, given),
        json=orjson.dumps(
            {"total_count": found["nombre"], "results": found["objets"]},
            option=orjson.OPT_INDENT_2,
        ).decode(),
        **found,
    )
    return HTMLResponse(html)


async def _repondre(request: Request, name: str) -> dict[str, Any]:
    try:
        async with jeu_demande(request, name) as jeu:
            return {"champs": jeu.champs} | await _page(request, jeu)
    except ApiError as error:
        return {"erreur": error.message}


async def _page(request: Request, jeu: Jeu) -> dict[str, Any]:
    if not any(request.query_params.get(item) for item in _CLAUSES):
        return {}
    try:
        parameters = Parametres.de(request)
        demand = lire_demande(parameters, jeu)
        page = lire_page(parameters, groupes=bool(demand.group_by.strip()))
        answer = await repondre(request, jeu, demand, page)
    except ApiError as error:
        return {"erreur": error.message}
    return {"objets": answer.objets, "nombre": answer.nombre}


def _adresse(request: Request, name: str, given: dict[str, str]) -> str:
    query = urlencode({key: value for key, value in given.items() if value})
    path = f"/api/explore/v2.1/catalog/datasets/{name}/records"
    return adresse(request, path) + (f"?{query}" if query else "")


async def page_du_jeu(request: Request) -> Response:
    """Lead from the pages of older portals to that of the dataset, else to the console."""
    name = request.path_params["id"]
    async with jeu_demande(request, name) as jeu:
        site = portail(request).reglages.site / jeu.id / "index.html"
        target = f"/{jeu.id}/" if site.is_file() else f"{CHEMIN}?{urlencode({'jeu': name})}"
    return RedirectResponse(target, 302)


async def accueil(request: Request) -> Response:
    """Lead to the console where there is no site."""
    return RedirectResponse(CHEMIN, 302)


def routes(site: Path) -> list[BaseRoute]:
    """Return the routes of the page, and of those that lead to it."""
    found: list[BaseRoute] = [
        Route(CHEMIN, console),
        Route("/explore", accueil),
        Route("/explore/dataset/{id}", page_du_jeu),
        Route("/explore/dataset/{id}/{onglet}", page_du_jeu),
        Route("/explore/embed/dataset/{id}/{reste:path}", page_du_jeu),
    ]
    return found if (site / "index.html").is_file() else [*found, Route("/", accueil)]
