"""What every answer bears: CORS, security, the id of the request; OPTIONS, and compression."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

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
# 1 MB of JSON: zstd 2 ms and half of the bytes of gzip, which takes 16 ms at 4 (half of 9's time).
_ZSTD_LEVEL, _GZIP_LEVEL = 4, 4
_MINIMUM = 1024
_OUTSIDE = "cpf.send"  # where answers go that are not to be compressed
for _type in ("text/csv", "text/turtle", "application/jsonl", "application/x-ndjson"):
    add_compress_type(_type)


class Compression:
    """Compresses for those who accept it: zstd, else gzip; not what accepts ranges."""

    def __init__(self, app: ASGIApp) -> None:
        self._compressed = CompressMiddleware(
            _ExceptFiles(app),
            minimum_size=_MINIMUM,
            zstd_level=_ZSTD_LEVEL,
            brotli=False,
            gzip_level=_GZIP_LEVEL,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through."""
        scope[_OUTSIDE] = send
        await self._compressed(scope, receive, send)


class _ExceptFiles:
    """Lets answers around the compression when they accept ranges: pieces are those of a file."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through."""
        outside: Send = scope[_OUTSIDE]
        chosen = send

        async def choose(message: Message) -> None:
            nonlocal chosen
            if message["type"] == "http.response.start":
                is_file = "accept-ranges" in Headers(raw=message["headers"])
                chosen = outside if is_file else send
            await chosen(message)

        await self._app(scope, receive, choose)


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
