"""Requests, timed: one after the other, or by many clients at once.

Belongs here: the clients. Does not: what they ask (``questions``), printing. Run as a module, it is
the process of the fifty clients: ``python -m tests.bench.portail.charge PORT SECONDES CLIENTS``.
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
class Demande:
    """A request: GET without body, POST with one."""

    chemin: str
    corps: str | None = None


@dataclass
class Mesure:
    """Seconds of each answer, and how many were not 200."""

    temps: list[float] = field(default_factory=list)
    erreurs: list[int] = field(default_factory=list)

    def centile(self, part: float) -> float:
        """Return the time (ms) that a share of the answers took at most."""
        ordered = sorted(self.temps)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000


def demander(connexion: http.client.HTTPConnection, demande: Demande) -> tuple[int, bytes]:
    """Send a request and read the whole answer."""
    method = "POST" if demande.corps is not None else "GET"
    headers = {"Accept": "application/json"}
    connexion.request(method, demande.chemin, body=demande.corps, headers=headers)
    response = connexion.getresponse()
    return response.status, response.read()


def mesurer(port: int, demandes: Iterator[Demande], nombre: int, chauffe: int = 5) -> Mesure:
    """Time ``nombre`` requests, one after the other, on one connection."""
    found = Mesure()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for rank in range(nombre + chauffe):
        start = time.perf_counter()
        status, _ = demander(connection, next(demandes))
        if rank >= chauffe:
            found.temps.append(time.perf_counter() - start)
            if status != 200:
                found.erreurs.append(status)
    connection.close()
    return found


class _Ligne:
    """A connection kept alive: as little work as can be, since the server shares its cores."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)

    def demander(self, chemin: str) -> int:
        """Send a GET, read its answer whole, return its status."""
        self._socket.sendall(f"GET {chemin} HTTP/1.1\r\nHost: banc\r\n\r\n".encode())
        head, _, body = self._lire_jusqu_au_corps()
        found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        left = int(found[1]) - len(body) if found else 0
        while left > 0:
            left -= len(self._socket.recv(min(left, 65536)))
        return int(head[9:12])

    def _lire_jusqu_au_corps(self) -> tuple[bytes, bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._socket.recv(65536)
        return received.partition(b"\r\n\r\n")


def ensemble(
    port: int, melange: Callable[[random.Random], Iterator[Demande]], secondes: float, clients: int
) -> Mesure:
    """Let many clients ask at once for some seconds, each as fast as it is answered."""
    found = Mesure()
    end = time.monotonic() + secondes

    def client(seed: int) -> None:
        requests = melange(random.Random(seed))  # noqa: S311 (a draw of queries)
        line = _Ligne(port)
        while time.monotonic() < end:
            path = next(requests).chemin
            start = time.perf_counter()
            status = line.demander(path)
            found.temps.append(time.perf_counter() - start)
            if status != 200:
                found.erreurs.append(status)

    threads = [threading.Thread(target=client, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _main() -> None:
    from tests.bench.portail.questions import MELANGES

    name, port, seconds, clients = sys.argv[1], *map(int, sys.argv[2:5])
    found = ensemble(port, MELANGES[name], seconds, clients)
    print(json.dumps({"temps": found.temps, "erreurs": found.erreurs}))


if __name__ == "__main__":
    _main()
