"""Limits of a client's calls in a day; of a request's address, body and time.

Each process counts calls by itself: with several, a client gets up to that many times the quota.
"""

import asyncio
import datetime as dt
import hashlib
import re
import secrets
from collections import OrderedDict
from contextlib import suppress

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.errors import ApiError
from portal.http.error_responses import error_response
from portal.http.request import CLIENT
from portal.settings import Settings

# Paths where a final slash means nothing; elsewhere it is a folder's.
_NO_TRAILING_SLASH = ("/api/", "/explore/", "/health", "/ready", "/metrics")
_REPEATED_SLASHES = re.compile("/{2,}")
_MAX_CLIENTS = 100_000  # about 15 MB; beyond, those not seen for the longest time start anew
_COUNTED_PATHS = ("/api/", "/explore/dataset/")


class RequestLimits:
    """Reads the whole body first: what remains to be received is that the client left."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through within the limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Programs join addresses as they come; a redirect would break POST and CORS.
        scope["path"] = _REPEATED_SLASHES.sub("/", scope["path"])
        if scope["path"].startswith(_NO_TRAILING_SLASH):
            scope["path"] = scope["path"].rstrip("/")
        error = self._uri_too_long(scope)
        body = b""
        if error is None:
            received = await self._read_body(scope, receive)
            if received is None:  # it left, or took too long
                return
            error, body = received
        if error is not None:
            await error_response(scope, error)(scope, receive, send)
            return
        await self._call_app(scope, body, receive, send)

    def _uri_too_long(self, scope: Scope) -> ApiError | None:
        length = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if length <= self._settings.adresse:
            return None
        return ApiError(
            414, "URITooLong", f"The URL has {length} bytes; {self._settings.adresse} are the most."
        )

    async def _read_body(
        self, scope: Scope, receive: Receive
    ) -> tuple[ApiError | None, bytes] | None:
        parts, size = [], 0
        try:
            async with asyncio.timeout(self._settings.ecriture):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > self._settings.corps:
                        return _too_large(self._settings.corps), b""
                    if not message.get("more_body", False):
                        return None, b"".join(parts)
        except TimeoutError:
            return ApiError(408, "RequestTimeout", "The body took too long to come."), b""

    async def _call_app(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """Call the application; end it when the client leaves or takes nothing any more."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        disconnected = loop.create_future()
        unread = [{"type": "http.request", "body": body, "more_body": False}]
        response_ended = False

        async def replay() -> Message:
            if unread:
                return unread.pop()
            await asyncio.shield(disconnected)
            return {"type": "http.disconnect"}

        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            if not response_ended and task is not None:
                disconnected.set_result(None)
                task.cancel()

        async def bounded(message: Message) -> None:
            nonlocal response_ended
            async with asyncio.timeout(self._settings.ecriture):
                await send(message)
            response_ended = response_ended or (
                message["type"] == "http.response.body" and not message.get("more_body", False)
            )

        watching = loop.create_task(watch())
        try:
            await self._app(scope, replay, bounded)
        except asyncio.CancelledError:
            if not disconnected.done():  # the server stops
                raise
            if task is not None:
                task.uncancel()
        finally:
            response_ended = True
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching


def _too_large(maximum: int) -> ApiError:
    return ApiError(
        413, "RequestTooLarge", f"The body is larger than {maximum} bytes.", {"Connection": "close"}
    )


class Quota:
    """Counts, in memory, under a key that means nothing outside of this process."""

    def __init__(self, app: ASGIApp, maximum: int) -> None:
        self._app = app
        self._maximum = maximum
        self._salt = secrets.token_bytes(16)
        self._day = dt.date.min
        self._calls: OrderedDict[bytes, int] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call through if some remain."""
        if scope["type"] != "http" or not scope["path"].startswith(_COUNTED_PATHS):
            await self._app(scope, receive, send)
            return
        today = dt.datetime.now(dt.UTC).date()
        calls = self._count(str(scope[CLIENT]), today)
        headers = self._rate_limit_headers(calls, today)

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        if calls > self._maximum:
            await self._refusal(today)(scope, receive, add)
        else:
            await self._app(scope, receive, add)

    def _count(self, client: str, today: dt.date) -> int:
        if today != self._day:
            self._day = today
            self._calls.clear()
        key = hashlib.blake2b(client.encode(), key=self._salt, digest_size=16).digest()
        calls = self._calls.pop(key, 0) + 1
        self._calls[key] = calls
        if len(self._calls) > _MAX_CLIENTS:
            self._calls.popitem(last=False)
        return calls

    def _rate_limit_headers(self, calls: int, today: dt.date) -> list[tuple[bytes, bytes]]:
        remaining = max(self._maximum - calls, 0)
        return [
            (b"x-ratelimit-limit", str(self._maximum).encode()),
            (b"x-ratelimit-remaining", str(remaining).encode()),
            (b"x-ratelimit-reset", f"{_tomorrow(today)} 00:00:00+00:00".encode()),
        ]

    def _refusal(self, today: dt.date) -> Response:
        now = dt.datetime.now(dt.UTC)
        reset = dt.datetime.combine(_tomorrow(today), dt.time(), dt.UTC)
        body = {
            "errorcode": 10002,
            "error": "Too many requests on the domain. Please contact the domain administrator.",
            "call_limit": self._maximum,
            "limit_time_unit": "day",
            "reset_time": f"{reset:%Y-%m-%dT%H:%M:%SZ}",
        }
        headers = {"Retry-After": str(max(int((reset - now).total_seconds()), 1))}
        return Response(orjson.dumps(body), 429, headers, "application/json; charset=utf-8")


def _tomorrow(today: dt.date) -> dt.date:
    return today + dt.timedelta(days=1)
