"""HTTP as uvicorn reads it, but for addresses that are too long and heads that never end.

Belongs here: what must be done before there is a request. Does not: limits of requests
(``bornes``).
"""

import asyncio
from functools import lru_cache

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from portal.reglages import lire_reglages

# The parser takes 65,535 bytes: beyond, it breaks the connection instead of saying 414.
_MAXIMUM = 65_500


class Protocole(HttpToolsProtocol):
    """Cuts the address where ``bornes`` refuses it anyway; closes on who does not ask in time."""

    _echeance: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first request a time to come."""
        super().connection_made(transport)
        self._patienter()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._cesser()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Give the head of a request a time to end."""
        super().on_message_begin()
        self._patienter()

    def on_headers_complete(self) -> None:
        """Go on with an address that the parser takes."""
        self._cesser()
        self.url = self.url[:_MAXIMUM]
        super().on_headers_complete()

    def _patienter(self) -> None:
        self._cesser()
        self._echeance = self.loop.call_later(_delai(), self.transport.close)

    def _cesser(self) -> None:
        if self._echeance is not None:
            self._echeance.cancel()
            self._echeance = None


@lru_cache(maxsize=1)
def _delai() -> float:
    return lire_reglages().tete
