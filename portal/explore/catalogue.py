"""The catalogue: its datasets, one dataset, facets, attachments.

Belongs here: the answers of ``/catalog`` but for records and exports. Does not: what is said of a
dataset (``repertoire.description``).
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.application import jeu_demande, portail
from portal.catalogue.jeu import Jeu
from portal.erreurs import ApiError
from portal.explore import facettes as comptes
from portal.explore import page as pages
from portal.explore.enregistrements import liens, total
from portal.explore.interroger import interroger
from portal.explore.parametres import Page, Parametres, lire_demande, lire_page
from portal.explore.reponses import adresse, json
from portal.explore.valeurs import objets
from portal.fichiers import fichier_reponse
from portal.odsql.plan import Demande
from portal.odsql.requete import compiler
from portal.odsql.sortie import Presentation, Rendu
from portal.repertoire import description
from portal.repertoire.index import Index

BASE = "/api/explore/v2.1/catalog"
_DE_TROP = ("include_app_metas",)


def index(request: Request) -> Index:
    """Return the catalogue as it is now."""
    shared = portail(request)
    return shared.repertoire.index(shared.catalogue.jeux())


async def catalogue(request: Request) -> Response:
    """Answer ``/catalog``: where to go from here."""
    rels = {
        "self": "",
        "datasets": "/datasets",
        "exports": "/exports",
        "facets": "/facets",
    }
    links = [{"rel": rel, "href": adresse(request, BASE + path)} for rel, path in rels.items()]
    return json({"links": links}, Parametres.de(request))


async def jeux(request: Request) -> Response:
    """Answer ``/catalog/datasets``."""
    parameters = Parametres.de(request)
    listed = index(request)
    demand = lire_demande(parameters, listed.jeu)
    page = lire_page(parameters, groupes=bool(demand.group_by.strip()))
    count, found = await chercher(request, listed, demand, page)
    parameters.connus(_DE_TROP)
    content: dict[str, Any] = {"total_count": count}
    if parameters.booleen("include_links"):
        content["_links"] = liens(request, None, page, count)
    content["results"] = found
    return json(content, parameters)


async def chercher(
    request: Request, listed: Index, demande: Demande, page: Page
) -> tuple[int, list[dict[str, Any]]]:
    """Return how many datasets there are, and those of a page: whole, or as selected."""
    whole = demande.select.strip() in ("", "*") and not demande.group_by.strip()
    query = Demande(**(demande.__dict__ | {"select": "dataset_id"})) if whole else demande
    plan = compiler(listed.jeu, query)
    statement = pages.lignes(plan, Presentation(Rendu.JSON, demande.fuseau), page, compter=True)
    table = await interroger(request, statement)
    count = await total(request, listed.jeu, plan, page, table)
    if not whole:
        return count, list(objets(plan.colonnes, table.lignes))
    by_id = {item.id: item for item in listed.jeux}
    return count, [description.objet(by_id[row[0]], request) for row in table.lignes]


async def jeu(request: Request) -> Response:
    """Answer ``/catalog/datasets/{id}``."""
    parameters = Parametres.de(request)
    parameters.connus(_DE_TROP)
    async with jeu_demande(request) as found:
        demand = lire_demande(parameters, found)
        content = await un_jeu(request, found, demand)
    if parameters.booleen("include_links"):
        content["_links"] = [
            {"rel": "self", "href": adresse(request, f"{BASE}/datasets/{found.id}")},
            {"rel": "records", "href": adresse(request, f"{BASE}/datasets/{found.id}/records")},
            {"rel": "exports", "href": adresse(request, f"{BASE}/datasets/{found.id}/exports")},
            {"rel": "catalog", "href": adresse(request, f"{BASE}/datasets")},
        ]
    return json(content, parameters)


async def un_jeu(request: Request, jeu: Jeu, demande: Demande) -> dict[str, Any]:
    """Return one dataset, whole or as selected."""
    if demande.select.strip() in ("", "*"):
        return description.objet(jeu, request)
    alone = portail(request).repertoire.index((jeu,))
    plan = compiler(alone.jeu, Demande(select=demande.select, fuseau=demande.fuseau))
    look = Presentation(Rendu.JSON, demande.fuseau)
    table = await interroger(request, pages.lignes(plan, look, Page(1)))
    return next(iter(objets(plan.colonnes, table.lignes)))


async def facettes(request: Request) -> Response:
    """Answer ``/catalog/facets``."""
    parameters = Parametres.de(request)
    listed = index(request)
    demand = lire_demande(parameters, listed.jeu)
    found = await comptes.compter(request, listed.jeu, demand, comptes.lire_limite(parameters))
    links = [
        {"rel": "self", "href": str(request.url)},
        {"rel": "source", "href": adresse(request, f"{BASE}/datasets")},
    ]
    return json({"links": links, "facets": found}, parameters)


async def pieces(request: Request) -> Response:
    """Answer ``/attachments`` of a dataset."""
    async with jeu_demande(request) as found:
        here = adresse(request, f"{BASE}/datasets/{found.id}/attachments")
        listed = [description.piece(found, item, request) for item in description.pieces(found)]
    content = {
        "links": [{"rel": "self", "href": here}],
        "attachments": [
            {
                "href": item["url"],
                "metas": {
                    "mime-type": item["mimetype"],
                    "title": item["title"],
                    "url": item["url"],
                    "id": item["id"],
                },
            }
            for item in listed
        ],
    }
    return json(content, Parametres.de(request))


async def piece(request: Request) -> Response:
    """Answer with one attachment."""
    name = request.path_params["piece"]
    async with jeu_demande(request) as found:
        for item in description.pieces(found):
            if name in (description.identifiant_de_piece(item), item.nom):
                return await fichier_reponse(
                    request,
                    item.chemin,
                    item.sha256,
                    found.modifie.timestamp(),
                    item.media_type,
                    item.nom,
                )
    raise ApiError(404, "NotFoundResource", f"The requested attachment {name} does not exist.")
