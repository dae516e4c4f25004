"""Exports of the catalogue: as a table, or as harvesters read it.

Belongs here: the answers of ``/catalog/exports``. Does not: the formats (``ecriture``,
``repertoire.dcat``).
"""

from collections.abc import Callable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from portal.application import portail
from portal.erreurs import parametre_invalide
from portal.explore.catalogue import BASE, chercher, index
from portal.explore.ecriture import FORMATS, Ecriture
from portal.explore.exports import ephemere, lire_limite, lire_options
from portal.explore.interroger import interroger
from portal.explore.page import lignes
from portal.explore.parametres import Page, Parametres, lire_demande
from portal.explore.reponses import adresse, entete_des_ignores, json
from portal.odsql.requete import compiler
from portal.odsql.sortie import Presentation, Rendu
from portal.repertoire import dcat
from portal.repertoire.dcat import Moisson
from portal.serveur.demande import client

_TABLES = ("csv", "json", "jsonl", "xlsx")
_Ecrire = Callable[[Moisson], bytes]
_RDF_XML: tuple[_Ecrire, str] = (dcat.en_rdf_xml, "application/rdf+xml; charset=utf-8")
_MOISSONS: dict[str, tuple[_Ecrire, str]] = {
    "data.json": (dcat.en_data_json, "application/json; charset=utf-8"),
    "dcat": _RDF_XML,
    "dcat_ap": _RDF_XML,
    "rdf": _RDF_XML,
    "rss": (dcat.en_rss, "application/rss+xml; charset=utf-8"),
    "ttl": (dcat.en_turtle, "text/turtle; charset=utf-8"),
}


async def liste(request: Request) -> Response:
    """Answer ``/catalog/exports``."""
    here = adresse(request, f"{BASE}/exports")
    links = [{"rel": "self", "href": here}]
    links += [{"rel": name, "href": f"{here}/{name}"} for name in sorted([*_TABLES, *_MOISSONS])]
    return json({"links": links}, Parametres.de(request))


async def export(request: Request) -> Response:
    """Answer ``/catalog/exports/{format}``."""
    name = request.path_params["format"]
    parameters = Parametres.de(request)
    if name in _TABLES:
        return await _table(request, name, parameters)
    # The profiles of countries ask for no more than we say.
    known = "dcat_ap" if name.startswith("dcat_ap_") else name
    if known not in _MOISSONS:
        raise parametre_invalide(
            f"Invalid value for export format: {name} was found but one of"
            f" {', '.join(sorted([*_TABLES, *_MOISSONS]))} is expected."
        )
    return await _moisson(request, known, parameters)


async def _table(request: Request, name: str, parameters: Parametres) -> Response:
    demand = lire_demande(parameters, index(request).jeu)
    options = lire_options(parameters, name)
    page = Page(lire_limite(parameters), max(0, parameters.entier("offset", 0)))
    headers = {"Content-Disposition": f'attachment; filename="catalog.{name}"'}
    headers |= entete_des_ignores(parameters)
    if name == "json" and not demand.select.strip() and not demand.group_by.strip():
        # Whole datasets are no rows: they are written as the API tells them.
        _, found = await chercher(request, index(request), demand, page)
        return json(found, None, **headers)
    plan = compiler(index(request).jeu, demand)
    writing = Ecriture(
        portail(request).moteur, plan, demand.fuseau, name, options, client=client(request)
    )
    if FORMATS[name].fichier:
        path = await writing.dans_un_fichier(page, portail(request).reglages.temporaire)
        return ephemere(path, name, headers)
    return StreamingResponse(
        writing.flux(page), media_type=FORMATS[name].media_type, headers=headers
    )


async def _moisson(request: Request, name: str, parameters: Parametres) -> Response:
    demand = lire_demande(parameters, index(request).jeu)
    listed = index(request)
    plan = compiler(listed.jeu, replace(demand, select="dataset_id", group_by=""))
    page = Page(lire_limite(parameters), max(0, parameters.entier("offset", 0)))
    look = Presentation(Rendu.JSON, demand.fuseau)
    table = await interroger(request, lignes(plan, look, page))
    by_id = {item.id: item for item in listed.jeux}
    asked = parameters.texte("include_exports")
    harvest = Moisson(
        adresse(request, ""),
        [by_id[row[0]] for row in table.lignes],
        frozenset(asked.split(",")) if asked else None,
        parameters.booleen("use_labels_in_exports", defaut=True),
    )
    write, media_type = _MOISSONS[name]
    return Response(write(harvest), media_type=media_type, headers=entete_des_ignores(parameters))
