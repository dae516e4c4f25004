"""What every answer bears: CORS, security, the id of the request; OPTIONS, and compression."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipResponder
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.http.request import REQUEST_ID

EXPOSED_HEADERS = (
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
_ALWAYS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": EXPOSED_HEADERS,
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
}
_FIXED_HEADERS = [(name.encode(), value.encode()) for name, value in _ALWAYS.items()]
_DEFAULT_ALLOWED_HEADERS = (
    "ODS-Widgets-Version, Authorization, Content-Type, Range, If-None-Match, X-Request-ID"
)
_GZIP_LEVEL = 4  # half of the time of 9, for 5 % more bytes of JSON
_GZIP_MINIMUM = 1024


class Compression:
    """Compresses for those who accept it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through."""
        accepted = scope["type"] == "http" and "gzip" in Headers(scope=scope).get(
            "accept-encoding", ""
        )
        app = _ExceptFiles(self._app, _GZIP_MINIMUM, _GZIP_LEVEL) if accepted else self._app
        await app(scope, receive, send)


class _ExceptFiles(GZipResponder):
    """Lets answers through whole when they accept ranges."""

    _passthrough = False

    async def send_with_compression(self, message: Message) -> None:
        """Compress a message or not."""
        if message["type"] == "http.response.start":
            self._passthrough = "accept-ranges" in Headers(raw=message["headers"])
        if self._passthrough:
            await self.send(message)
        else:
            await super().send_with_compression(message)


class ResponseHeaders:
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
                message["headers"] = _complete(message["headers"], scope[REQUEST_ID])
            await send(message)

        if scope["method"] == "OPTIONS":
            await _options(scope)(scope, receive, add)
        else:
            await self._app(scope, receive, add)


def _complete(headers: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    completed = [*headers, *_FIXED_HEADERS, (b"x-request-id", request_id.encode())]
    names = MutableHeaders(raw=completed)
    if names.get("content-type", "").startswith("text/html"):
        names.setdefault("content-security-policy", CSP)
    return completed


def _options(scope: Scope) -> Response:
    requested_headers = Headers(scope=scope).get("access-control-request-headers")
    return Response(
        status_code=200,
        headers={
            "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
            "Access-Control-Allow-Headers": requested_headers or _DEFAULT_ALLOWED_HEADERS,
            "Access-Control-Max-Age": "86400",
            "Allow": "GET, HEAD, POST, OPTIONS",
            "Vary": "Access-Control-Request-Headers",
        },
    )
