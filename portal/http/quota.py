"""How many calls a client may make in a day, and the headers that tell it.

Belongs here: counting calls of the API. Does not: how heavy they are (``portal.engine.slots``).

Each process counts by itself: with several, a client gets up to that many times the quota.
"""

import datetime as dt
import hashlib
import secrets
from collections import OrderedDict

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.http.request import CLIENT

_MAX_CLIENTS = 100_000  # about 15 MB; beyond, those not seen for the longest time start anew
_COUNTED_PATHS = ("/api/", "/explore/dataset/")


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
