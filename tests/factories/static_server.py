"""A small HTTP server on loopback: ``site/`` laid over ``publications/``, as a web server does."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from orchestration import settings
from orchestration.metadata.version_card import LATEST


def served_file(path: str) -> Path | None:
    """File that answers to a path of the site; None when nothing does."""
    parts = [part for part in unquote(path).split("/") if part]
    if not parts or path.endswith("/"):
        parts.append("index.html")
    page = settings.site().joinpath(*parts)
    if page.is_file():
        return page
    if len(parts) == 3 and parts[1] == LATEST:
        pointer = settings.publications(parts[0]) / "current.json"
        parts[1] = json.loads(pointer.read_text())["version"]
    published = settings.publications().joinpath(*parts)
    return published if published.is_file() else None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        path = served_file(urlsplit(self.path).path)
        content = path.read_bytes() if path else b""
        total = len(content)
        byte_range = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        status = 404
        if path:
            status = 206 if byte_range else 200
        self.send_response(status)
        if path and byte_range:
            first = int(byte_range[1])
            last = min(int(byte_range[2] or total - 1), total - 1)
            content = content[first : last + 1]
            self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests' output is theirs."""


@contextmanager
def server() -> Iterator[str]:
    """Serve the state of ``CPF_DATA``; give the address, without a final slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
