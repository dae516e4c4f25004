"""HTTP as uvicorn reads it, but for addresses that are too long.

Belongs here: what the parser would refuse without words. Does not: limits (``bornes``).
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# The parser takes 65,535 bytes: beyond, it breaks the connection instead of saying 414.
_MAXIMUM = 65_500


class Protocole(HttpToolsProtocol):
    """Cuts the address where ``bornes`` refuses it anyway."""

    def on_headers_complete(self) -> None:
        """Go on with an address that the parser takes."""
        self.url = self.url[:_MAXIMUM]
        super().on_headers_complete()
