"""The outer layer: an id for each request, one line of log, the metrics, the last catch.

Query values and addresses are never told.
"""

import asyncio
import logging
import sys
import time
import traceback

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal import metrics
from portal.http import error_responses
from portal.http.request import REQUEST_ID, mark_request, route_template


def configure() -> None:
    """Set up logging for this process."""
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="quand")
    level = structlog.processors.add_log_level
    structlog.configure(
        processors=[stamp, level, structlog.processors.JSONRenderer(_json)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[stamp, level],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(_json),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _json(event: dict[str, object], **_: object) -> str:
    return orjson.dumps(event, default=str).decode()


_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_CLIENT_CLOSED_REQUEST = 499  # as nginx says: the client left before the answer
_log = structlog.get_logger("portail")


class RequestLog:
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
        mark_request(scope, mandataire=self._mandataire)
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
            _log_unexpected(scope, error)
            if not status:
                await error_responses.error_response(scope, error_responses.internal(scope))(
                    scope, receive, watch
                )
        finally:
            _log_request(scope, status or _CLIENT_CLOSED_REQUEST, time.perf_counter() - start, size)


def loading_failed(loading: "asyncio.Task[None]") -> None:
    """Tell that the catalogue cannot be loaded: the server stays, not ready."""
    if not loading.cancelled() and (error := loading.exception()) is not None:
        _log.error("catalogue illisible", **_traceback(error))


def _log_request(scope: Scope, statut: int, duration: float, octets: int) -> None:
    route = route_template(scope)
    method = scope["method"] if scope["method"] in _METHODS else "autre"
    metrics.REQUESTS.labels(method, route, statut).inc()
    metrics.DURATION.labels(route).observe(duration)
    metrics.BYTES_SENT.labels(route).inc(octets)
    _log.info(
        "requête",
        methode=method,
        route=route,
        statut=statut,
        ms=round(1000 * duration, 1),
        octets=octets,
        requete=scope[REQUEST_ID],
    )


def _log_unexpected(scope: Scope, error: BaseException) -> None:
    """Log where it happened, not its message, which may quote a value."""
    _log.error("erreur imprévue", requete=scope[REQUEST_ID], **_traceback(error))


def _traceback(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "erreur": type(error).__name__,
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
