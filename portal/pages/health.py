"""What an operator's machines ask: alive, ready, metrics."""

import time

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal import metrics, mirror
from portal.context import app_context

_NO_STORE = {"Cache-Control": "no-store"}


def routes() -> list[Route]:
    """Return the routes."""
    return [
        Route("/health", _alive),
        Route("/ready", _ready),
        Route("/metrics", _metrics),
    ]


async def _alive(_: Request) -> Response:
    return _json(200, {"statut": "vivant"})


async def _ready(request: Request) -> Response:
    ready = app_context(request).catalog.ready
    return _json(200 if ready else 503, {"statut": "prêt" if ready else "en préparation"})


async def _metrics(request: Request) -> Response:
    catalog, bucket = app_context(request).catalog, mirror.state(app_context(request).settings)
    metrics.IMAGES.set(len(list(catalog.datasets())))
    metrics.VERSIONS_REFUSED.set(len(catalog.refusals) + len(bucket.refusals))
    metrics.MIRROR_AGE.set(max(time.time() - bucket.seen, 0.0))
    return Response(metrics.text(), 200, _NO_STORE, metrics.CONTENT_TYPE)


def _json(status: int, content: dict[str, str]) -> Response:
    return Response(orjson.dumps(content), status, _NO_STORE, "application/json; charset=utf-8")
