"""Limits of a request: the length of its address, the size of its body, the time of its bytes.

Belongs here: refusing (413, 414), and leaving when the client left. Does not: limits of queries
(``portal.engine.engine``), nor how many requests (``quota``).
"""

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.errors import ApiError
from portal.http.error_responses import error_response
from portal.settings import Settings

# Paths where a final slash means nothing; elsewhere it is a folder's.
_NO_TRAILING_SLASH = ("/api/", "/explore/", "/health", "/ready", "/metrics")


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
        first = [{"type": "http.request", "body": body, "more_body": False}]
        response_ended = False

        async def replay() -> Message:
            if first:
                return first.pop()
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
