"""Requests to a server under test, and reading what it answers."""

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

from tests.conformity import data
from tests.conformity.case import Case, Params

CPF = Path(sys.executable).with_name("cpf")


@dataclass(frozen=True)
class Answer:
    """What came back; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def text(self) -> str:
        """The body as text; a BOM is kept, for it is part of what is expected."""
        return self.body.decode("utf-8", "replace")

    def read(self, form: str) -> Any:
        """Read the body as JSON, or as the rows of a file."""
        readers = {
            "json": lambda: json.loads(self.body),
            "jsonl": lambda: [json.loads(line) for line in self.text.splitlines()],
            "csv": lambda: _csv(self.body),
            "csv.gz": lambda: _csv(gzip.decompress(self.body)),
            "parquet": lambda: _parquet(self.body),
            "xlsx": lambda: _xlsx(self.body),
            "jsonp": lambda: json.loads(re.sub(r"^[^(]*\(|\);?\s*$", "", self.text)),
        }
        try:
            return readers[form]()
        except (ValueError, OSError) as error:
            return f"illisible en {form} : {error} : {self.text[:200]}"


def _csv(body: bytes) -> list[list[str]]:
    text = body.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def _parquet(body: bytes) -> dict[str, Any]:
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(body))
    codec = pq.ParquetFile(io.BytesIO(body)).metadata.row_group(0).column(0).compression
    types = {
        name: str(kind) for name, kind in zip(table.schema.names, table.schema.types, strict=True)
    }
    return {"lignes": table.num_rows, "types": types, "compression": codec,
            "colonnes": table.to_pydict()}  # fmt: skip


def _xlsx(body: bytes) -> list[list[Any]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


@dataclass(frozen=True)
class Client:
    """A server under test."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)

    def request(
        self, path: str, params: Params = (), method: str = "GET", **headers: str
    ) -> Answer:
        """Send one request; a full address is taken as it is."""
        url = path if "://" in path else self.base + path
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        # Nothing is asked in gzip but by the cases that are about it.
        headers = {"Accept-Encoding": "identity"} | headers
        answer = self.session.request(
            method, url, params=params, headers=headers, timeout=60, allow_redirects=False
        )
        names = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, names, answer.content)

    def send_case(self, case: Case) -> Answer:
        """Send the request of a case."""
        return self.request(case.path, case.params, case.method, **case.request_headers)

    def raw(self, target: str) -> Answer:
        """Send a request target that no library would let pass unencoded."""
        host, port = self.base.partition("://")[2].split(":")
        with socket.create_connection((host, int(port)), timeout=30) as link:
            head = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            link.sendall(head.encode())
            received = b"".join(iter(lambda: link.recv(65536), b""))
        head_bytes, _, body = received.partition(b"\r\n\r\n")
        return Answer(int(head_bytes.split()[1]), {}, body)


@contextmanager
def server(folder: Path) -> Iterator[Client]:
    """Give a client of ``$CONFORMITE_URL``, else of a server started on the hand-made packages."""
    address = os.environ.get("CONFORMITE_URL")
    if address:
        yield Client(address.rstrip("/"))
        return
    packages = folder / "paquets"
    data.write(packages)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [CPF, "serve", "--publications", packages, "--port", str(port)]
    with (folder / "journal.txt").open("wb") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, "CPF_DATA": str(folder / "etat")},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    client = Client(f"http://127.0.0.1:{port}")
    try:
        _wait_until_ready(client, process, folder / "journal.txt")
        yield client
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(client: Client, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + 90
    while time.monotonic() < limit:
        assert process.poll() is None, log.read_text()
        try:
            if client.request("/ready").status == 200:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"le serveur n'est pas prêt : {log.read_text()}")
