"""Records: a page of a dataset, groups, aggregates, and one record by its id.

Belongs here: the answers of ``/records``. Does not: ODSQL, facets, exports.
"""

from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.application import jeu_demande
from portal.catalogue.identifiant import condition_d_identifiant
from portal.catalogue.jeu import Jeu
from portal.erreurs import ApiError
from portal.explore import page as pages
from portal.explore.interroger import interroger
from portal.explore.page import Curseur
from portal.explore.parametres import Page, Parametres, lire_demande, lire_page
from portal.explore.reponses import adresse, avec_parametres, json
from portal.explore.valeurs import objets
from portal.moteur import Sql, Table
from portal.odsql.fragment import Fragment
from portal.odsql.plan import Colonne, Demande, Plan
from portal.odsql.requete import compiler
from portal.odsql.sortie import Presentation, Rendu
from portal.odsql.source import lignes_du_jeu

_LIENS = ("self", "first", "last", "next")


@dataclass(frozen=True)
class Reponse:
    """A page: how many rows there are in all, and those of the page, in the plan's columns."""

    plan: Plan
    nombre: int
    lignes: list[tuple[Any, ...]]

    @property
    def objets(self) -> list[dict[str, Any]]:
        """The rows as objects."""
        return list(objets(self.plan.colonnes, self.lignes))


async def repondre(
    request: Request,
    jeu: Jeu,
    demande: Demande,
    page: Page,
    ajouts: tuple[Colonne, ...] = (),
) -> Reponse:
    """Ask for a page, with columns besides those of the request. Raises ``ApiError``."""
    plan = compiler(jeu, demande)
    if not plan.groupe and not plan.repete:
        plan = replace(plan, colonnes=(*plan.colonnes, *ajouts))
    look = Presentation(Rendu.JSON, demande.fuseau)
    if pages.est_par_les_mots(plan, page):
        return await _en_deux_temps(request, jeu, plan, look, page)
    keys = not plan.repete
    table = await interroger(request, pages.lignes(plan, look, page, compter=True, cles=keys))
    return Reponse(plan, await total(request, jeu, plan, page, table), table.lignes)


async def _en_deux_temps(
    request: Request, jeu: Jeu, plan: Plan, look: Presentation, page: Page
) -> Reponse:
    """Find which rows the page has, then read these."""
    first = await interroger(request, pages.premieres(plan, page))
    count, numbers = first.lignes[0]
    wanted = (numbers or [])[page.decalage :]
    table = await interroger(request, pages.de_ces_lignes(plan, look, jeu.base, wanted))
    return Reponse(plan, count, table.lignes)


async def enregistrements(request: Request) -> Response:
    """Answer ``/records``."""
    parameters = Parametres.de(request)
    async with jeu_demande(request) as jeu:
        demand = lire_demande(parameters, jeu)
        page = lire_page(parameters, groupes=bool(demand.group_by.strip()))
        answer = await repondre(request, jeu, demand, page)
    content: dict[str, Any] = {"total_count": answer.nombre}
    links = parameters.booleen("include_links")
    parameters.connus(("include_app_metas",))
    results = answer.objets
    if links:
        content["_links"] = liens(request, jeu, page, answer.nombre)
        here = chemin_du_jeu(request, jeu)
        for item in [] if answer.plan.groupe else results:
            item["_links"] = [{"rel": "dataset", "href": here}]
    content["results"] = results
    return json(content, parameters, **_suite(request, jeu, answer, page))


def _suite(request: Request, jeu: Jeu, answer: Reponse, page: Page) -> dict[str, str]:
    """Return the header that leads to the next page, however far it is."""
    if answer.plan.repete or not page.limite or len(answer.lignes) < page.limite:
        return {}
    if page.apres is None and page.decalage + page.limite >= answer.nombre:
        return {}
    keys = pages.cles_de_la_ligne(answer.lignes[-1], answer.plan)
    cursor = Curseur(jeu.version, keys).ecrire()
    return {"Link": f'<{avec_parametres(request, after=cursor, offset=None)}>; rel="next"'}


async def total(request: Request, jeu: Jeu, plan: Plan, page: Page, table: Table) -> int:
    """Count all rows, without asking when the page tells."""
    found = len(table.lignes)
    if plan.groupe and found:
        return int(table.lignes[0][len(plan.colonnes)])
    if not plan.filtre:
        return jeu.nombre
    if page.apres is None and not plan.repete and 0 < found < (page.limite or 0):
        return page.decalage + found
    counted = await interroger(request, pages.total(plan))
    return int(counted.lignes[0][0])


def chemin_du_jeu(request: Request, jeu: Jeu) -> str:
    """Return the address of a dataset in the API."""
    return adresse(request, f"/api/explore/v2.1/catalog/datasets/{jeu.id}")


def liens(request: Request, jeu: Jeu | None, page: Page, nombre: int) -> list[dict[str, str]]:
    """Return the links of a page, of the records of a dataset or of the catalogue."""
    limit = page.limite or 1
    last = max(0, (nombre - 1) // limit * limit)
    targets = {"self": page.decalage, "first": 0, "last": last}
    if page.decalage + limit < nombre:
        targets["next"] = page.decalage + limit
    return [
        *(
            {"rel": rel, "href": avec_parametres(request, offset=targets[rel])}
            for rel in _LIENS
            if rel in targets
        ),
        *([{"rel": "dataset", "href": chemin_du_jeu(request, jeu)}] if jeu else []),
        {"rel": "catalog", "href": adresse(request, "/api/explore/v2.1/catalog/datasets")},
    ]


async def enregistrement(request: Request) -> Response:
    """Answer ``/records/{record_id}``."""
    parameters = Parametres.de(request)
    record_id = request.path_params["record_id"]
    async with jeu_demande(request) as jeu:
        demand = lire_demande(parameters, jeu)
        found = await un_enregistrement(request, jeu, demand, record_id)
    return json(found, parameters)


async def un_enregistrement(
    request: Request,
    jeu: Jeu,
    demande: Demande,
    identifiant: str,
    ajouts: tuple[Colonne, ...] = (),
) -> dict[str, Any]:
    """Return one record. Raises ``ApiError`` when there is none of that id."""
    plan = compiler(jeu, Demande(select=demande.select, fuseau=demande.fuseau))
    plan = replace(plan, colonnes=(*plan.colonnes, *ajouts))
    missing = ApiError(
        404, "NotFoundResource", f"The requested record {identifiant} does not exist."
    )
    condition = condition_d_identifiant(jeu, identifiant)
    if condition is None:
        raise missing
    rows = lignes_du_jeu(jeu, Fragment(condition.texte, condition.parametres))
    only = Plan(plan.colonnes, rows, Fragment("select 1"))
    statement: Sql = pages.lignes(only, Presentation(Rendu.JSON, demande.fuseau), Page(1))
    table = await interroger(request, statement)
    if not table.lignes:
        raise missing
    return next(iter(objets(plan.colonnes, table.lignes)))
