"""Requests, timed: one after the other, or by many clients at once.

Run as a module, it is the process of the fifty clients:
``python -m tests.bench.portal.load NAME PORT SECONDS CLIENTS``.
"""

import http.client
import json
import random
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class HttpRequest:
    """A request: GET without body, POST with one."""

    path: str
    body: str | None = None


@dataclass
class Timings:
    """Seconds of each answer, and how many were not 200."""

    times: list[float] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)

    def percentile(self, part: float) -> float:
        """Return the time (ms) that a share of the answers took at most."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000


def request(connection: http.client.HTTPConnection, http_request: HttpRequest) -> tuple[int, bytes]:
    """Send a request and read the whole answer."""
    method = "POST" if http_request.body is not None else "GET"
    headers = {"Accept": "application/json"}
    connection.request(method, http_request.path, body=http_request.body, headers=headers)
    response = connection.getresponse()
    return response.status, response.read()


def run_load(port: int, requests: Iterator[HttpRequest], count: int, warm_up: int = 5) -> Timings:
    """Time ``count`` requests, one after the other, on one connection."""
    timings = Timings()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for rank in range(count + warm_up):
        start = time.perf_counter()
        status, _ = request(connection, next(requests))
        if rank >= warm_up:
            timings.times.append(time.perf_counter() - start)
            if status != 200:
                timings.errors.append(status)
    connection.close()
    return timings


class _Connection:
    """A connection kept alive: as little work as can be, since the server shares its cores."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)

    def request(self, path: str) -> int:
        """Send a GET, read its answer whole, return its status."""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: banc\r\n\r\n".encode())
        head, _, body = self._read_to_body()
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        left = int(length[1]) - len(body) if length else 0
        while left > 0:
            left -= len(self._socket.recv(min(left, 65536)))
        return int(head[9:12])

    def _read_to_body(self) -> tuple[bytes, bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._socket.recv(65536)
        return received.partition(b"\r\n\r\n")


def measure_together(
    port: int, mix: Callable[[random.Random], Iterator[HttpRequest]], seconds: float, clients: int
) -> Timings:
    """Let many clients ask at once for some seconds, each as fast as it is answered."""
    timings = Timings()
    end = time.monotonic() + seconds

    def client(seed: int) -> None:
        requests = mix(random.Random(seed))  # noqa: S311 (a draw of queries)
        line = _Connection(port)
        while time.monotonic() < end:
            path = next(requests).path
            start = time.perf_counter()
            status = line.request(path)
            timings.times.append(time.perf_counter() - start)
            if status != 200:
                timings.errors.append(status)

    threads = [threading.Thread(target=client, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return timings


def _main() -> None:
    from tests.bench.portal.questions import MIXES

    name, port, seconds, clients = sys.argv[1], *map(int, sys.argv[2:5])
    timings = measure_together(port, MIXES[name], seconds, clients)
    print(json.dumps({"times": timings.times, "errors": timings.errors}))


if __name__ == "__main__":
    _main()
