"""What an operator's machines ask: alive, ready, metrics.

Belongs here: these three paths. Does not: counting (``portal.mesures``).
"""

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal import mesures
from portal.application import portail

_SANS_CACHE = {"Cache-Control": "no-store"}


def routes() -> list[Route]:
    """Return the routes."""
    return [
        Route("/health", _vivant),
        Route("/ready", _pret),
        Route("/metrics", _mesures),
    ]


async def _vivant(_: Request) -> Response:
    return _json(200, {"statut": "vivant"})


async def _pret(request: Request) -> Response:
    ready = portail(request).catalogue.pret
    return _json(200 if ready else 503, {"statut": "prêt" if ready else "en préparation"})


async def _mesures(request: Request) -> Response:
    catalogue = portail(request).catalogue
    mesures.IMAGES.set(len(list(catalogue.jeux())))
    mesures.VERSIONS_REFUSEES.set(len(catalogue.refus))
    return Response(mesures.texte(), 200, _SANS_CACHE, mesures.TYPE)


def _json(statut: int, content: dict[str, str]) -> Response:
    return Response(orjson.dumps(content), statut, _SANS_CACHE, "application/json; charset=utf-8")
