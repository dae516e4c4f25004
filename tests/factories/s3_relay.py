"""A relay before the S3 server, on loopback, that is slow or knows no conditional writes.

Requests pass as they are: their signature covers the host's name, so that of the server is kept.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_NOT_RELAYED = {"connection", "transfer-encoding", "content-length"}


@contextmanager
def relay(url: str, *, conditions: bool = True, delay: float = 0.0) -> Iterator[str]:
    """Relay to ``url``; every writing request waits ``delay`` seconds before it is passed on."""
    target = urlsplit(url).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if not conditions and {"if-match", "if-none-match"} & {*map(str.lower, self.headers)}:
                self._answer(501, [], b"<Error><Code>NotImplemented</Code></Error>")
                return
            if self.command in {"PUT", "POST"}:
                time.sleep(delay)
            upstream = HTTPConnection(target, timeout=30)
            upstream.request(self.command, self.path, body, dict(self.headers))
            upstream_response = upstream.getresponse()
            self._answer(
                upstream_response.status, upstream_response.getheaders(), upstream_response.read()
            )
            upstream.close()

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass  # noqa: N815

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response_only(status)
            known = dict(headers)
            for name, value in headers:
                if name.lower() not in _NOT_RELAYED:
                    self.send_header(name, value)
            # The answer to HEAD tells the size of what it does not hold.
            size = known.get("Content-Length", "0") if self.command == "HEAD" else str(len(body))
            self.send_header("Content-Length", size)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: the tests' output is theirs."""

    class Relay(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that was killed does not wait for its answer."""

    server = Relay(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
