"""Limits of a request: the length of its address, the size of its body, the time of its bytes.

Belongs here: refusing (413, 414), and leaving when the client left. Does not: limits of queries
(``portal.moteur``), nor how many requests (``quota``).
"""

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.erreurs import ApiError
from portal.reglages import Reglages
from portal.serveur.reponses import reponse

# Paths where a final slash means nothing; elsewhere it is a folder's.
_SANS_BARRE = ("/api/", "/explore/", "/health", "/ready", "/metrics")


class Bornes:
    """Reads the whole body first: what remains to be received is that the client left."""

    def __init__(self, app: ASGIApp, reglages: Reglages) -> None:
        self._app = app
        self._reglages = reglages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through within the limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].startswith(_SANS_BARRE):
            scope["path"] = scope["path"].rstrip("/")
        error = self._trop_longue(scope)
        body = b""
        if error is None:
            received = await self._corps(scope, receive)
            if received is None:  # it left, or took too long
                return
            error, body = received
        if error is not None:
            await reponse(scope, error)(scope, receive, send)
            return
        await self._suivre(scope, body, receive, send)

    def _trop_longue(self, scope: Scope) -> ApiError | None:
        length = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if length <= self._reglages.adresse:
            return None
        return ApiError(
            414, "URITooLong", f"The URL has {length} bytes; {self._reglages.adresse} are the most."
        )

    async def _corps(self, scope: Scope, receive: Receive) -> tuple[ApiError | None, bytes] | None:
        parts, size = [], 0
        try:
            async with asyncio.timeout(self._reglages.ecriture):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > self._reglages.corps:
                        return _trop_grand(self._reglages.corps), b""
                    if not message.get("more_body", False):
                        return None, b"".join(parts)
        except TimeoutError:
            return ApiError(408, "RequestTimeout", "The body took too long to come."), b""

    async def _suivre(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """Call the application; end it when the client leaves or takes nothing any more."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        gone = loop.create_future()
        first = [{"type": "http.request", "body": body, "more_body": False}]
        over = False

        async def replay() -> Message:
            if first:
                return first.pop()
            await asyncio.shield(gone)
            return {"type": "http.disconnect"}

        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            if not over and task is not None:
                gone.set_result(None)
                task.cancel()

        async def bounded(message: Message) -> None:
            nonlocal over
            async with asyncio.timeout(self._reglages.ecriture):
                await send(message)
            over = over or (
                message["type"] == "http.response.body" and not message.get("more_body", False)
            )

        watching = loop.create_task(watch())
        try:
            await self._app(scope, replay, bounded)
        except asyncio.CancelledError:
            if not gone.done():  # the server stops
                raise
            if task is not None:
                task.uncancel()
        finally:
            over = True
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching


def _trop_grand(maximum: int) -> ApiError:
    return ApiError(
        413, "RequestTooLarge", f"The body is larger than {maximum} bytes.", {"Connection": "close"}
    )
