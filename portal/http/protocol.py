"""HTTP as uvicorn reads it, but for raw addresses, too long ones, and heads that never end."""

import asyncio
import re
from functools import lru_cache

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from portal.settings import read_settings

# The parser takes 65,535 bytes: beyond, it breaks the connection instead of saying 414.
_MAX_URL = 65_500
_FORBIDDEN_BYTES = re.compile(rb"[^\x21-\x7e]")
_SPACES = 2  # of a request line


def _encode(data: bytes) -> bytes:
    """Percent-encode what an address cannot hold, if data begins with a line that has some."""
    line, end, rest = data.partition(b"\r\n")
    if not end or (line.isascii() and line.count(b" ") == _SPACES):
        return data
    method, _, target = line.partition(b" ")
    target, _, version = target.rpartition(b" ")
    if not version.startswith(b"HTTP/"):
        return data
    target = _FORBIDDEN_BYTES.sub(lambda match: b"%%%02X" % match[0][0], target)
    return b" ".join((method, target, version)) + end + rest


class HttpProtocol(HttpToolsProtocol):
    """Cuts the address where ``limits`` refuses it anyway; closes on who does not ask in time."""

    _head_timer: asyncio.TimerHandle | None = None
    _in_message = False

    def data_received(self, data: bytes) -> None:
        """Read on; people write accents and spaces in addresses as they are."""
        super().data_received(data if self._in_message else _encode(data))

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first request a time to come."""
        super().connection_made(transport)
        self._start_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._cancel_head_timer()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Give the head of a request a time to end."""
        self._in_message = True
        super().on_message_begin()
        self._start_head_timer()

    def on_headers_complete(self) -> None:
        """Go on with an address that the parser takes."""
        self._cancel_head_timer()
        self.url = self.url[:_MAX_URL]
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Another request may begin."""
        self._in_message = False
        super().on_message_complete()

    def _start_head_timer(self) -> None:
        self._cancel_head_timer()
        self._head_timer = self.loop.call_later(_head_timeout(), self.transport.close)

    def _cancel_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


@lru_cache(maxsize=1)
def _head_timeout() -> float:
    return read_settings().tete
