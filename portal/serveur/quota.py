"""How many calls a client may make in a day, and the headers that tell it.

Belongs here: counting calls of the API. Does not: how heavy they are (``portal.voies``).

Each process counts by itself: with several, a client gets up to that many times the quota.
"""

import datetime as dt
import hashlib
import secrets
from collections import OrderedDict

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.serveur.demande import CLIENT

_CLIENTS = 100_000  # about 15 MB; beyond, those not seen for the longest time start anew
_COMPTES = ("/api/", "/explore/dataset/")


class Quota:
    """Counts, in memory, under a key that means nothing outside of this process."""

    def __init__(self, app: ASGIApp, maximum: int) -> None:
        self._app = app
        self._maximum = maximum
        self._sel = secrets.token_bytes(16)
        self._jour = dt.date.min
        self._appels: OrderedDict[bytes, int] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call through if some remain."""
        if scope["type"] != "http" or not scope["path"].startswith(_COMPTES):
            await self._app(scope, receive, send)
            return
        today = dt.datetime.now(dt.UTC).date()
        calls = self._compter(str(scope[CLIENT]), today)
        headers = self._entetes(calls, today)

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        if calls > self._maximum:
            await self._refus(today)(scope, receive, add)
        else:
            await self._app(scope, receive, add)

    def _compter(self, client: str, today: dt.date) -> int:
        if today != self._jour:
            self._jour = today
            self._appels.clear()
        key = hashlib.blake2b(client.encode(), key=self._sel, digest_size=16).digest()
        calls = self._appels.pop(key, 0) + 1
        self._appels[key] = calls
        if len(self._appels) > _CLIENTS:
            self._appels.popitem(last=False)
        return calls

    def _entetes(self, calls: int, today: dt.date) -> list[tuple[bytes, bytes]]:
        remaining = max(self._maximum - calls, 0)
        return [
            (b"x-ratelimit-limit", str(self._maximum).encode()),
            (b"x-ratelimit-remaining", str(remaining).encode()),
            (b"x-ratelimit-reset", f"{_demain(today)} 00:00:00+00:00".encode()),
        ]

    def _refus(self, today: dt.date) -> Response:
        now = dt.datetime.now(dt.UTC)
        reset = dt.datetime.combine(_demain(today), dt.time(), dt.UTC)
        body = {
            "errorcode": 10002,
            "error": "Too many requests on the domain. Please contact the domain administrator.",
            "call_limit": self._maximum,
            "limit_time_unit": "day",
            "reset_time": f"{reset:%Y-%m-%dT%H:%M:%SZ}",
        }
        headers = {"Retry-After": str(max(int((reset - now).total_seconds()), 1))}
        return Response(orjson.dumps(body), 429, headers, "application/json; charset=utf-8")


def _demain(today: dt.date) -> dt.date:
    return today + dt.timedelta(days=1)
