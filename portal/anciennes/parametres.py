"""The parameters of the API v1, turned into a request of today.

Belongs here: their names and meaning. Does not: answers.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams
from starlette.requests import Request

from portal.anciennes.q import dans_un_polygone, dans_un_rayon, lire_q
from portal.application import jeu_demande
from portal.catalogue.champ import Type
from portal.catalogue.jeu import Jeu
from portal.erreurs import ApiError
from portal.explore.parametres import Page, Parametres, lire_fuseau, lire_langue
from portal.odsql.arbre import Noeud
from portal.odsql.plan import Demande

LIGNES = 10_000
_ENSEMBLE = ("format", "pretty_print", "callback", "user-agent", "stats")


async def lire_parametres(request: Request) -> Parametres:
    """Return the parameters of the address, or of the body of a POST."""
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        pairs += parse_qsl((await request.body()).decode("utf-8", "replace"), True)
    found = Parametres(QueryParams(pairs))
    found.connus(_ENSEMBLE)
    return found


def nom_du_jeu(parametres: Parametres) -> str:
    """Return the dataset asked for. Raises ``ApiError``."""
    name = parametres.texte("dataset").strip()
    if not name:
        raise ApiError(400, "InvalidParameter", "The dataset parameter is missing.")
    return name


@asynccontextmanager
async def prendre(request: Request, nom: str) -> AsyncIterator[Jeu]:
    """Lease a dataset; the v1 has its own words for one that does not exist."""
    async with AsyncExitStack() as stack:
        try:
            found = await stack.enter_async_context(jeu_demande(request, nom))
        except ApiError as error:
            raise ApiError(error.statut, error.code, f"Unknown dataset: {nom}") from None
        yield found


@dataclass(frozen=True)
class Recherche:
    """A search of the v1: the request, the page, and what the answer repeats of it."""

    demande: Demande
    page: Page
    q: str
    facettes: tuple[str, ...]
    tri: tuple[str, ...]
    raffinements: dict[str, list[str]]


def citer(nom: str) -> str:
    """Return a name as ODSQL takes any name."""
    return "`" + nom.replace("\\", "\\\\").replace("`", "\\`") + "`"


def lire_recherche(parametres: Parametres, jeu: Jeu) -> Recherche:
    """Read a search. Raises ``ApiError``."""
    query = parametres.texte("q").strip() or parametres.texte("query").strip()
    refined = _prefixes(parametres, "refine.")
    excluded = _prefixes(parametres, "exclude.")
    alternatives = _prefixes(parametres, "disjunctive.")
    facets = tuple(name for text in parametres.textes("facet") for name in text.split(",") if name)
    sort = tuple(name for text in parametres.textes("sort") for name in text.split(",") if name)
    fields = [name for text in parametres.textes("fields") for name in text.split(",") if name]
    demand = Demande(
        select=", ".join(citer(name.strip()) for name in fields),
        # The v1 sorts downwards, and upwards after a minus.
        order_by=", ".join(
            f"{citer(name.removeprefix('-'))} {'asc' if name.startswith('-') else 'desc'}"
            for name in sort
        ),
        refine=tuple(f"{citer(n)}:{_cite(v)}" for n, values in refined.items() for v in values),
        exclude=tuple(f"{citer(n)}:{_cite(v)}" for n, values in excluded.items() for v in values),
        facettes=tuple(citer(name) for name in facets),
        conditions=tuple(_conditions(parametres, query, jeu)),
        disjonctifs=frozenset(
            name for name, values in alternatives.items() if values[-1].lower() == "true"
        ),
        fuseau=lire_fuseau(parametres),
        langue=lire_langue(parametres),
    )
    return Recherche(demand, _page(parametres), query, facets, sort, refined)


def _cite(valeur: str) -> str:
    return '"' + valeur.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _page(parametres: Parametres) -> Page:
    rows, start = parametres.entier("rows", 10), parametres.entier("start", 0)
    rows = LIGNES if rows == -1 else rows
    if not 0 <= rows <= LIGNES or start < 0 or start + rows > LIGNES:
        raise ApiError(
            400,
            "InvalidParameter",
            f"rows and start + rows are between 0 and {LIGNES}: {rows} and {start} were found.",
        )
    return Page(rows, start)


def _prefixes(parametres: Parametres, prefixe: str) -> dict[str, list[str]]:
    """Return the values of ``refine.f=v`` by field."""
    found: dict[str, list[str]] = {}
    for name in parametres.noms():
        if name.startswith(prefixe):
            found[name.removeprefix(prefixe)] = list(parametres.textes(name))
    return found


def _conditions(parametres: Parametres, q: str, jeu: Jeu) -> list[Noeud]:
    found = [lire_q(q, jeu)] if q and q != "*:*" else []
    place = next((item.nom for item in jeu.champs if item.type is Type.GEO_POINT), None)
    near = parametres.texte("geofilter.distance")
    inside = parametres.texte("geofilter.polygon")
    if (near or inside) and place is None:
        raise ApiError(400, "InvalidParameter", f"{jeu.id} has no geo point field.")
    if near and place:
        latitude, _, rest = near.partition(",")
        longitude, _, metres = rest.partition(",")
        found.append(dans_un_rayon(place, f"{latitude},{longitude}", metres or "0"))
    if inside and place:
        found.append(dans_un_polygone(place, inside))
    return found
