"""What every answer bears: CORS, security, the id of the request. And OPTIONS, answered here.

Belongs here: headers that depend on no handler. Does not: quotas (``quota``), caching (handlers).
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.serveur.demande import IDENTIFIANT

EXPOSES = (
    "ODS-Explore-API-Deprecation, Link, X-RateLimit-Remaining, X-RateLimit-Limit, "
    "X-RateLimit-Reset, X-RateLimit-dataset-Remaining, X-RateLimit-dataset-Limit, "
    "X-RateLimit-dataset-Reset, X-Request-ID, X-Ignored-Parameters, X-Truncated, Retry-After, "
    "ETag, Content-Range, Accept-Ranges, Content-Disposition"
)
# Pages bear their own styles; any site may show them (frame-ancestors).
CSP = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors *"
)
_TOUJOURS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": EXPOSES,
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
}
_FIXES = [(name.encode(), value.encode()) for name, value in _TOUJOURS.items()]
_DEMANDES = "ODS-Widgets-Version, Authorization, Content-Type, Range, If-None-Match, X-Request-ID"


class Entetes:
    """Adds them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer OPTIONS."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _completes(message["headers"], scope[IDENTIFIANT])
            await send(message)

        if scope["method"] == "OPTIONS":
            await _options(scope)(scope, receive, add)
        else:
            await self._app(scope, receive, add)


def _completes(headers: list[tuple[bytes, bytes]], identifiant: str) -> list[tuple[bytes, bytes]]:
    made = [*headers, *_FIXES, (b"x-request-id", identifiant.encode())]
    names = MutableHeaders(raw=made)
    if names.get("content-type", "").startswith("text/html"):
        names.setdefault("content-security-policy", CSP)
    return made


def _options(scope: Scope) -> Response:
    asked = Headers(scope=scope).get("access-control-request-headers")
    return Response(
        status_code=200,
        headers={
            "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
            "Access-Control-Allow-Headers": asked or _DEMANDES,
            "Access-Control-Max-Age": "86400",
            "Allow": "GET, HEAD, POST, OPTIONS",
            "Vary": "Access-Control-Request-Headers",
        },
    )
