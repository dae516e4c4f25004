"""A portal with a double of the catalogue, and its server in a process of its own.

The double serves one image of two rows per dataset folder; routes show what layers do of answers.
"""

import asyncio
import datetime as dt
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import orjson
import requests
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from orchestration import settings
from portal.application import portail
from portal.catalogue.jeu import Jeu
from portal.erreurs import ApiError, jeu_inconnu
from portal.moteur import Moteur, Sql
from portal.reglages import Reglages
from portal.serveur.assemblage import assembler
from portal.serveur.demande import client

LOURDE = "select sum(a.range * b.range) from range(100000) a, range(1000000) b"


class Catalogue:
    """Serves ``essai``: two rows."""

    def __init__(self, reglages: Reglages, moteur: Moteur) -> None:
        self._moteur = moteur
        self._image = reglages.images / f"essai-{os.getpid()}.duckdb"
        self.pret = False
        self.refus: tuple[str, ...] = ()

    async def demarrer(self) -> None:
        await asyncio.sleep(float(os.environ.get("CPF_ESSAI_CHARGEMENT", "0")))
        fabriquer(self._image)
        self._moteur.connexion.execute(f"attach '{self._image}' as \"essai\" (read_only)")
        self.pret = True

    async def preparer(self, nom: str) -> None:
        """Nothing is to be waited for."""

    async def arreter(self) -> None:
        self.pret = False

    def jeux(self) -> tuple[Jeu, ...]:
        return (Jeu("essai", "", (), {}, (), 2, dt.datetime.now(dt.UTC), {}, (), '"essai"'),)

    @contextmanager
    def prendre(self, nom: str) -> Iterator[Jeu]:
        if nom != "essai":
            raise jeu_inconnu(nom)
        yield self.jeux()[0]


def fabriquer(image: Path) -> None:
    """Write an image of two rows."""
    with duckdb.connect(str(image)) as made:
        made.execute("create table donnees (n bigint, texte varchar)")
        made.execute("insert into donnees values (1, 'é'), (2, null)")


def application() -> ASGIApp:
    """The factory that the server calls."""
    essais = [
        Route("/api/essai/{nom}", _essai, methods=["GET", "POST"]),
        Route("/api/records/1.0/search", _essai_v1),
    ]
    return assembler(Catalogue, essais)


async def _essai(request: Request) -> Response:
    name = request.path_params["nom"]
    engine = portail(request).moteur
    if name == "erreur":
        raise ApiError(400, "ODSQLError", "wrong")
    if name == "imprevue":
        raise ValueError(f"secret {request.query_params['q']}")
    if name == "lente":
        await asyncio.sleep(float(request.query_params["s"]))
    if name in {"lourde", "legere"}:
        found = await engine.lire(
            Sql(LOURDE if name == "lourde" else "select 1"), client=client(request)
        )
        return Response(orjson.dumps(found.lignes), media_type="application/json")
    if name == "flux":
        lots = engine.flux(Sql("select range as n from range(?)", (50_000_000,)))
        return StreamingResponse(batch.column(0).to_string().encode() async for batch in lots)
    if name == "long":
        return Response(b'"' + b"a" * 100_000 + b'"', media_type="application/json")
    if name == "pid":
        return Response(str(os.getpid()))
    return Response(await request.body() or b"{}", media_type="application/json")


async def _essai_v1(_: Request) -> Response:
    raise ApiError(404, "NotFoundResource", "Unknown dataset: x")


class Serveur:
    """A running server; ``journal`` are the lines of its standard error so far."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.journal: list[str] = []
        assert process.stdout is not None
        self.annonce = process.stdout.readline()
        found = re.search(r"http://\S+?:\d+", self.annonce)
        self.url = found.group() if found else ""
        self._lecteur = threading.Thread(target=self._lire, daemon=True)
        self._lecteur.start()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def demander(self, chemin: str, methode: str = "GET", **options: Any) -> requests.Response:
        """Ask for a path; no redirection is followed."""
        return requests.request(
            methode, self.url + chemin, timeout=60, allow_redirects=False, **options
        )

    def arreter(self, sorte: signal.Signals = signal.SIGTERM) -> int:
        """Stop it; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(sorte)
        code = self.process.wait(90)
        self._lecteur.join(5)
        return code

    def _lire(self) -> None:
        assert self.process.stderr is not None
        self.journal += iter(self.process.stderr.readline, "")


def attendre(condition: Callable[[], bool], secondes: float = 5) -> None:
    """Wait until something is true."""
    end = time.monotonic() + secondes
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


_PROGRAMME = """
import sys
from portal.reglages import lire_reglages
from portal.serveur.demarrage import servir

def dire(message):
    print(message, flush=True)

if __name__ == "__main__":
    port, workers = map(int, sys.argv[1:])
    factory = "tests.unit.portail_double:application"
    servir(lire_reglages(), "127.0.0.1", port, workers, dire, factory)
"""


def demarrer(dossier: Path, processus: int = 1, port: int = 0, **reglages: object) -> Serveur:
    """Start a server whose state is in ``dossier``, and wait until it answers."""
    (dossier / "publications").mkdir(parents=True, exist_ok=True)
    given = {f"CPF_PORTAIL_{name.upper()}": str(value) for name, value in reglages.items()}
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAMME, str(port), str(processus)],
        cwd=settings.PROJECT,
        env={**os.environ, "CPF_DATA": str(dossier), "CPF_PORTAIL_MEMOIRE": "300MB", **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    server = Serveur(process)
    if "CPF_ESSAI_CHARGEMENT" not in os.environ:
        attendre(lambda: server.demander("/ready").status_code == 200, 30)
    return server
