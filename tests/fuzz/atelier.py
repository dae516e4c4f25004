"""The whole portal in this process, over a small dataset, with secrets planted beside it.

Belongs here: assembling it, planting, asking, judging an answer. Does not: what to ask
(``clauses``).
"""

import asyncio
import json
import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote_from_bytes

import structlog

from portal import mesures
from portal.anciennes import v1, v20
from portal.application import Portail, creer
from portal.catalogue.veille import Catalogue
from portal.explore import routes as explore
from portal.explore.interroger import Memoire
from portal.moteur import Moteur
from portal.reglages import lire_reglages
from portal.repertoire.index import Repertoire
from portal.sql.processus import Processus
from tests.clients import paquets

CANARI = "rossignol" + "philomele"
PRIVE, VARIABLE, FICHIER = "prive", "CPF_ESSAI_SECRET", "secret.csv"
API = "/api/explore/v2.1/catalog/datasets"
LENT = 1.0
_ATTENDUS = (200, 400)
Parametres = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Demande:
    """A request: a path and its parameters, as they are before they are encoded."""

    chemin: str
    parametres: Parametres

    @property
    def requete(self) -> bytes:
        """The query string; what is no text of Unicode becomes bytes that are no UTF-8."""
        pairs = (
            (quote_from_bytes(part.encode("utf-8", "surrogatepass")) for part in pair)
            for pair in self.parametres
        )
        return "&".join("=".join(pair) for pair in pairs).encode()


@dataclass(frozen=True)
class Reponse:
    """What came back. ``secondes`` are the least of the clock's and of the process's own; ``panne``
    tells what nobody foresaw, and where."""

    statut: int
    corps: bytes
    secondes: float
    panne: str = ""

    @property
    def defaut(self) -> str | None:
        """Tell what is wrong with it, if anything is."""
        if self.statut not in _ATTENDUS:
            return f"statut {self.statut} {self.panne}"
        if CANARI.encode() in self.corps:
            return "le secret est sorti"
        if self.secondes > LENT:
            return f"lente : {self.secondes:.1f} s"
        if self.statut != 200 and not _est_une_erreur(self.corps):
            return "erreur sans code ni message"
        return None


def _est_une_erreur(corps: bytes) -> bool:
    told = json.loads(corps)
    return {"error_code", "message"} <= set(told) or {"errorcode", "error"} <= set(told)


class Atelier:
    """Asks the application, without a network."""

    def __init__(self, dossier: Path, boucle: asyncio.AbstractEventLoop) -> None:
        self._boucle = boucle
        self._pannes: list[str] = []
        structlog.configure(
            processors=[self._noter],
            wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        )
        settings = lire_reglages()
        self.moteur = Moteur(settings)
        shared = Portail(
            self.moteur,
            Catalogue(dossier / "publications", self.moteur),
            settings,
            Processus(settings),
            Repertoire(self.moteur),
            Memoire(),
        )
        routes = [*explore.routes(), *v20.routes(), *v1.routes()]
        self._app = creer(shared, routes)
        self._portail = shared

    def ouvrir(self) -> None:
        """Load the datasets, and plant a table of the engine's own."""
        self._boucle.run_until_complete(self._portail.catalogue.demarrer())
        names = {item.id for item in self._portail.catalogue.jeux()}
        assert names == {paquets.TYPES, PRIVE}, self._portail.catalogue.refus
        run = self.moteur.connexion.execute
        run("create schema coffre")
        run("create table coffre.secrets as select ? as mot", [CANARI])
        run("create table secrets as select ? as mot", [CANARI])
        run("create macro secret() as (select mot from coffre.secrets)")

    def fermer(self) -> None:
        """Stop all of it."""
        self._boucle.run_until_complete(self._portail.catalogue.arreter())
        self._boucle.run_until_complete(self._portail.sql.fermer())
        self.moteur.fermer()

    def demander(self, demande: Demande) -> Reponse:
        """Ask, and wait for the whole answer."""
        wall, own = time.perf_counter(), time.process_time()
        status, body = self._boucle.run_until_complete(self._appeler(demande))
        # Another process that takes the cores makes an answer late, but not this one's fault.
        seconds = min(time.perf_counter() - wall, time.process_time() - own)
        return Reponse(status, body, seconds, self._pannes.pop() if self._pannes else "")

    def _noter(self, _: object, __: str, event: Mapping[str, Any]) -> Any:
        """Keep what the log would tell of an unforeseen error."""
        places = [line for line in event.get("trace", ()) if "/portal/" in line]
        where = places[-1].partition("/portal/")[2] if places else ""
        self._pannes.append(f"{event.get('erreur')} {where}")
        raise structlog.DropEvent

    async def _appeler(self, demande: Demande) -> tuple[int, bytes]:
        status, body = 0, b""

        async def send(message: Mapping[str, Any]) -> None:
            nonlocal status, body
            status = message.get("status", status)
            body += message.get("body", b"")

        given = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> dict[str, Any]:
            # Then the client waits; the application leaves the watch when it has answered.
            return next(given, None) or await asyncio.get_running_loop().create_future()

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": demande.chemin,
            "raw_path": demande.chemin.encode(),
            "root_path": "",
            "query_string": demande.requete,
            "headers": [(b"host", b"127.0.0.1")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        try:
            await self._app(scope, receive, send)
        except Exception:
            return 500, body
        return status, body


@contextmanager
def monter(dossier: Path) -> Iterator[Atelier]:
    """Yield a portal whose state is in ``dossier``, and its secrets."""
    paquets.types(dossier / "publications" / paquets.TYPES, 60)
    _planter(dossier)
    environment = {"CPF_DATA": str(dossier), "CPF_PORTAIL_MEMOIRE": "400MB", VARIABLE: CANARI}
    with mock.patch.dict(os.environ, environment):
        loop = asyncio.new_event_loop()
        shop = Atelier(dossier, loop)
        try:
            shop.ouvrir()
            yield shop
        finally:
            shop.fermer()
            loop.close()
            structlog.reset_defaults()
            mesures.oublier_les_morts()


def _planter(dossier: Path) -> None:
    """Write the secret into a dataset that is never asked for, and into files within reach."""
    folder = dossier / "publications" / PRIVE
    folder.mkdir(parents=True)
    (folder / "prive.csv").write_text(f"mot\n{CANARI}\n", encoding="utf-8")
    resource = {"name": PRIVE, "path": "prive.csv", "schema": {"fields": [{"name": "mot"}]}}
    (folder / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    for place in (dossier, dossier / "portail"):
        place.mkdir(exist_ok=True)
        (place / FICHIER).write_text(f"mot\n{CANARI}\n", encoding="utf-8")
