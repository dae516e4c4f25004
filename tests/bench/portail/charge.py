"""Requests, timed: one after the other, or by many clients at once.

Belongs here: the clients. Does not: what they ask (``questions``), printing. Run as a module, it is
the process of the fifty clients: ``python -m tests.bench.portail.charge PORT SECONDES CLIENTS``.
"""

import http.client
import json
import random
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


def ensemble(
    port: int, melange: Callable[[random.Random], Iterator[Demande]], secondes: float, clients: int
) -> Mesure:
    """Let many clients ask at once for some seconds, each as fast as it is answered."""
    found = Mesure()
    end = time.monotonic() + secondes

    def client(seed: int) -> None:
        requests = melange(random.Random(seed))  # noqa: S311 (a draw of queries)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while time.monotonic() < end:
            start = time.perf_counter()
            status, _ = demander(connection, next(requests))
            found.temps.append(time.perf_counter() - start)
            if status != 200:
                found.erreurs.append(status)
        connection.close()

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
