"""The key figures as pages: the last value of each, and the series of one."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.dashboards.answers import in_french
from portal.diagnostic.shown_tables import (
    FIGURES,
    Page,
    ask_table,
    refuse_unknown,
    respond,
    versions,
)

PATH = "/chiffres-cles"
_COLUMNS = """chiffre, libelle, unite, grain, periode, perimetre, nom_perimetre, valeur, effectif,
    part_non_ventilee, provisoire, valeur_un_an_avant, evolution_pourcentage, ecart_points, cumul,
    cumul_un_an_avant, evolution_cumul_pourcentage, douze_mois, ruptures, jeu_source,
    version_source, requete"""
_LAST_ONES = f"""
select {_COLUMNS}, definition
from {{0}}
where perimetre = ?
qualify row_number() over (partition by chiffre, grain order by periode desc) = 1
order by chiffre, grain desc
"""
_SERIES = f"""
select {_COLUMNS}, definition
from {{0}}
where chiffre = ? and perimetre = ?
order by grain desc, periode desc
"""
_PLACES = "select distinct perimetre, nom_perimetre from {0} order by perimetre"


def routes() -> list[Route]:
    """Return the routes; each page is a CSV and a JSON too."""
    return [
        *(Route(f"{PATH}{end}", in_french(_all)) for end in ("", ".csv", ".json")),
        Route(f"{PATH}/{{chiffre}}", in_french(_series)),
    ]


async def _all(request: Request) -> Response:
    place = request.query_params.get("perimetre") or "FR"
    async with versions(request, FIGURES) as datasets:
        table = await ask_table(request, _LAST_ONES, datasets, place)
        if not table.rows:
            raise refuse_unknown(place)
        places = (await ask_table(request, _PLACES, datasets)).rows
        elsewhere = "" if place == "FR" else f"?perimetre={place}"
        links = {x["chiffre"]: f"{PATH}/{x['chiffre']}{elsewhere}" for x in table.rows}
        context: dict[str, Any] = {
            "places": places,
            "place": place,
            "figure": None,
            "path": PATH,
            "links": links,
            "breaks": [],
        }
        return respond(request, Page("chiffres.html.j2", datasets, table, {}, context))


async def _series(request: Request) -> Response:
    name = re.sub(r"\.(csv|json)$", "", request.path_params["chiffre"])
    place = request.query_params.get("perimetre") or "FR"
    async with versions(request, FIGURES) as datasets:
        table = await ask_table(request, _SERIES, datasets, name, place)
        if not table.rows:
            raise refuse_unknown(f"{name}, {place}")
        places = (await ask_table(request, _PLACES, datasets)).rows
        told = (row["ruptures"] for row in table.rows if row["ruptures"])
        breaks = dict.fromkeys(one for text in told for one in text.split(" ; "))
        context: dict[str, Any] = {"places": places, "place": place, "figure": table.rows[0],
                   "path": f"{PATH}/{name}", "links": {}, "breaks": list(breaks)}  # fmt: skip
        return respond(request, Page("chiffres.html.j2", datasets, table, {}, context))
