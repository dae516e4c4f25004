"""``/api/sql``: read-only SQL over the published datasets, one view each.

Belongs here: reading the request. Does not: running the query (``processus``).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.application import Portail, portail
from portal.erreurs import ApiError, parametre_invalide
from portal.moteur import Sql
from portal.serveur.demande import client
from portal.sql.formats import ARROW, TYPES
from portal.sql.processus import Images

_CHEMIN = Sql("select path from duckdb_databases() where database_name = ?")


@dataclass(frozen=True)
class Demande:
    """A query as asked; ``parametres`` by position or by name."""

    q: str
    format: str
    limite: int
    parametres: list[Any] | dict[str, Any]


def routes() -> list[Route]:
    """Return the routes."""
    return [Route("/api/sql", _sql, methods=["GET", "POST"])]


async def _sql(request: Request) -> Response:
    shared = portail(request)
    asked = await lire_demande(request, shared.reglages.sql_lignes)
    found = await shared.sql.demander(
        await _images(shared),
        {
            "q": asked.q,
            "format": asked.format,
            "limite": asked.limite,
            "parametres": asked.parametres,
        },
        client(request),
    )
    headers = {"Cache-Control": "no-cache"}
    if found.tronque:
        headers["X-Truncated"] = "true"
    if asked.format in ARROW | {"csv"}:
        headers["Content-Disposition"] = f'attachment; filename="resultat.{asked.format}"'
    return Response(found.corps, 200, headers, TYPES[asked.format])


async def lire_demande(request: Request, maximum: int) -> Demande:
    """Read the parameters, of the URL and of the body. Raises ``ApiError`` (400)."""
    given: dict[str, Any] = dict(request.query_params)
    if request.method == "POST":
        given |= _du_corps(request.headers.get("content-type", ""), await request.body())
    text = given.get("q")
    if not isinstance(text, str) or not text.strip():
        raise parametre_invalide("The parameter q, a SQL query, is required.")
    form = given.get("format", "json")
    if form not in TYPES:
        raise parametre_invalide(
            f"Invalid value for format API parameter: one of {', '.join(TYPES)} is expected."
        )
    return Demande(text, form, _limite(given.get("limit"), maximum), _parametres(given))


def _du_corps(media_type: str, body: bytes) -> dict[str, Any]:
    try:
        if media_type.startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        content = orjson.loads(body)
    except ValueError:
        raise parametre_invalide("The body is neither JSON nor a form.") from None
    if not isinstance(content, dict):
        raise parametre_invalide("The body must be a JSON object.")
    return content


def _limite(value: Any, maximum: int) -> int:
    try:
        limit = maximum if value is None else int(value)
    except (TypeError, ValueError):
        limit = -1
    if 0 <= limit <= maximum:
        return limit
    raise parametre_invalide(
        f"Invalid value for limit API parameter: 0 <= limit <= {maximum} is expected."
    )


def _parametres(given: dict[str, Any]) -> list[Any] | dict[str, Any]:
    """Return ``params`` of a JSON body, else ``p1``, ``p2``… in their order."""
    values = given.get("params")
    if isinstance(values, (list, dict)):
        return values
    if values is not None:
        raise parametre_invalide("params must be a list or an object.")
    ranks = sorted(int(name[1:]) for name in given if name[:1] == "p" and name[1:].isdecimal())
    if ranks != list(range(1, len(ranks) + 1)):
        raise parametre_invalide("Parameters must be p1, p2… without a gap.")
    return [_valeur(given[f"p{rank}"]) for rank in ranks]


def _valeur(value: Any) -> Any:
    """Read a number as a number, unless it would lose something (``01``)."""
    if isinstance(value, str):
        for kind in (int, float):
            try:
                if str(kind(value)) == value:
                    return kind(value)
            except ValueError:
                continue
    return value


async def _images(shared: Portail) -> Images:
    found = []
    for jeu in sorted(shared.catalogue.jeux(), key=lambda item: item.id):
        base = jeu.base.removeprefix('"').removesuffix('"').replace('""', '"')
        rows = (await shared.moteur.lire(Sql(_CHEMIN.texte, (base,)))).lignes
        found += [(jeu.id, str(path)) for (path,) in rows]
    if not found:
        raise ApiError(503, "ServiceUnavailable", "No dataset is loaded yet.", {"Retry-After": "5"})
    return tuple(found)
