"""Requests to a server under test, and reading what it answers.

Belongs here: HTTP and formats of bodies. Does not: what is expected.
"""

import csv
import gzip
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import requests

from tests.conformite import donnees
from tests.conformite.modele import Cas, Params

CPF = Path(sys.executable).with_name("cpf")


@dataclass(frozen=True)
class Reponse:
    """What came back; names of headers are in lower case."""

    statut: int
    entetes: Mapping[str, str]
    corps: bytes

    @cached_property
    def texte(self) -> str:
        """The body as text; a BOM is kept, for it is part of what is expected."""
        return self.corps.decode("utf-8", "replace")

    def lire(self, forme: str) -> Any:
        """Read the body as JSON, or as the rows of a file."""
        readers = {
            "json": lambda: json.loads(self.corps),
            "jsonl": lambda: [json.loads(line) for line in self.texte.splitlines()],
            "csv": lambda: _csv(self.corps),
            "csv.gz": lambda: _csv(gzip.decompress(self.corps)),
            "parquet": lambda: _parquet(self.corps),
            "xlsx": lambda: _xlsx(self.corps),
            "jsonp": lambda: json.loads(re.sub(r"^[^(]*\(|\);?\s*$", "", self.texte)),
        }
        try:
            return readers[forme]()
        except (ValueError, OSError) as error:
            return f"illisible en {forme} : {error} : {self.texte[:200]}"


def _csv(corps: bytes) -> list[list[str]]:
    text = corps.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def _parquet(corps: bytes) -> dict[str, Any]:
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(corps))
    codec = pq.ParquetFile(io.BytesIO(corps)).metadata.row_group(0).column(0).compression
    types = {
        name: str(kind) for name, kind in zip(table.schema.names, table.schema.types, strict=True)
    }
    return {"lignes": table.num_rows, "types": types, "compression": codec,
            "colonnes": table.to_pydict()}  # fmt: skip


def _xlsx(corps: bytes) -> list[list[Any]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(corps), read_only=True)
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


@dataclass(frozen=True)
class Client:
    """A server under test."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)

    def demander(
        self, chemin: str, params: Params = (), methode: str = "GET", **entetes: str
    ) -> Reponse:
        """Send one request; a full address is taken as it is."""
        url = chemin if "://" in chemin else self.base + chemin
        headers = {name.replace("_", "-"): value for name, value in entetes.items()}
        # Nothing is asked in gzip but by the cases that are about it.
        headers = {"Accept-Encoding": "identity"} | headers
        done = self.session.request(
            methode, url, params=params, headers=headers, timeout=60, allow_redirects=False
        )
        names = {name.lower(): value for name, value in done.headers.items()}
        return Reponse(done.status_code, names, done.content)

    def jouer(self, cas: Cas) -> Reponse:
        """Send the request of a case."""
        return self.demander(cas.chemin, cas.params, cas.methode, **cas.envoi)

    def brut(self, cible: str) -> Reponse:
        """Send a request target that no library would let pass unencoded."""
        host, port = self.base.partition("://")[2].split(":")
        with socket.create_connection((host, int(port)), timeout=30) as link:
            head = f"GET {cible} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            link.sendall(head.encode())
            received = b"".join(iter(lambda: link.recv(65536), b""))
        head_bytes, _, body = received.partition(b"\r\n\r\n")
        return Reponse(int(head_bytes.split()[1]), {}, body)


@contextmanager
def serveur(dossier: Path) -> Iterator[Client]:
    """Give a client of ``$CONFORMITE_URL``, else of a server started on the hand-made packages."""
    given = os.environ.get("CONFORMITE_URL")
    if given:
        yield Client(given.rstrip("/"))
        return
    packages = dossier / "paquets"
    donnees.ecrire(packages)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [CPF, "serve", "--publications", packages, "--port", str(port)]
    with (dossier / "journal.txt").open("wb") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, "CPF_DATA": str(dossier / "etat")},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    client = Client(f"http://127.0.0.1:{port}")
    try:
        _attendre(client, process, dossier / "journal.txt")
        yield client
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _attendre(client: Client, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + 90
    while time.monotonic() < limit:
        assert process.poll() is None, log.read_text()
        try:
            if client.demander("/ready").statut == 200:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"le serveur n'est pas prêt : {log.read_text()}")
