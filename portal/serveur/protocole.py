"""HTTP as uvicorn reads it, but for raw addresses, too long ones, and heads that never end.

Belongs here: what must be done before there is a request. Does not: limits of requests
(``bornes``).
"""

import asyncio
import re
from functools import lru_cache

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from portal.reglages import lire_reglages

# The parser takes 65,535 bytes: beyond, it breaks the connection instead of saying 414.
_MAXIMUM = 65_500
_INTERDITS = re.compile(rb"[^\x21-\x7e]")
_ESPACES = 2  # of a request line


def _encoder(data: bytes) -> bytes:
    """Percent-encode what an address cannot hold, if data begins with a line that has some."""
    line, end, rest = data.partition(b"\r\n")
    if not end or (line.isascii() and line.count(b" ") == _ESPACES):
        return data
    method, _, target = line.partition(b" ")
    target, _, version = target.rpartition(b" ")
    if not version.startswith(b"HTTP/"):
        return data
    target = _INTERDITS.sub(lambda found: b"%%%02X" % found[0][0], target)
    return b" ".join((method, target, version)) + end + rest


class Protocole(HttpToolsProtocol):
    """Cuts the address where ``bornes`` refuses it anyway; closes on who does not ask in time."""

    _echeance: asyncio.TimerHandle | None = None
    _dans_un_message = False

    def data_received(self, data: bytes) -> None:
        """Read on; people write accents and spaces in addresses as they are."""
        super().data_received(data if self._dans_un_message else _encoder(data))

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
        self._dans_un_message = True
        super().on_message_begin()
        self._patienter()

    def on_headers_complete(self) -> None:
        """Go on with an address that the parser takes."""
        self._cesser()
        self.url = self.url[:_MAXIMUM]
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Another request may begin."""
        self._dans_un_message = False
        super().on_message_complete()

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
