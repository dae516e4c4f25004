"""The outer layer: an id for each request, one line of log, the metrics, the last catch.

Belongs here: what is told of a request. Does not: query values and addresses, which never are.
"""

import asyncio
import time
import traceback

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal import mesures
from portal.serveur import reponses
from portal.serveur.demande import IDENTIFIANT, gabarit, marquer

_METHODES = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_ABANDON = 499  # as nginx says: the client left before the answer
_log = structlog.get_logger("portail")


class Journal:
    """Wraps everything."""

    def __init__(self, app: ASGIApp, *, mandataire: bool) -> None:
        self._app = app
        self._mandataire = mandataire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through and tell it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        marquer(scope, mandataire=self._mandataire)
        status = size = 0

        async def watch(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            _imprevue(scope, error)
            if not status:
                await reponses.reponse(scope, reponses.interne(scope))(scope, receive, watch)
        finally:
            _dire(scope, status or _ABANDON, time.perf_counter() - start, size)


def echec_du_chargement(chargement: "asyncio.Task[None]") -> None:
    """Tell that the catalogue cannot be loaded: the server stays, not ready."""
    if not chargement.cancelled() and (error := chargement.exception()) is not None:
        _log.error("catalogue illisible", **_lieux(error))


def _dire(scope: Scope, statut: int, duree: float, octets: int) -> None:
    route = gabarit(scope)
    method = scope["method"] if scope["method"] in _METHODES else "autre"
    mesures.REQUETES.labels(method, route, statut).inc()
    mesures.DUREE.labels(route).observe(duree)
    mesures.OCTETS.labels(route).inc(octets)
    _log.info(
        "requête",
        methode=method,
        route=route,
        statut=statut,
        ms=round(1000 * duree, 1),
        octets=octets,
        requete=scope[IDENTIFIANT],
    )


def _imprevue(scope: Scope, error: BaseException) -> None:
    """Log where it happened, not its message, which may quote a value."""
    _log.error("erreur imprévue", requete=scope[IDENTIFIANT], **_lieux(error))


def _lieux(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "erreur": type(error).__name__,
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
