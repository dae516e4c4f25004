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
from portal.application import assemble
from portal.context import app_context, client
from portal.engine.engine import Engine, Sql
from portal.engine.stream import read_batches
from portal.errors import ApiError, unknown_dataset
from portal.packages.dataset import Dataset
from portal.settings import Settings

HEAVY = "select sum(a.range * b.range) from range(100000) a, range(1000000) b"


class Catalog:
    """Serves ``essai``: two rows."""

    def __init__(self, portal_settings: Settings, engine: Engine) -> None:
        self._engine = engine
        self._image = portal_settings.images / f"essai-{os.getpid()}.duckdb"
        self.ready = False
        self.refusals: tuple[str, ...] = ()

    async def start(self, before: Callable[[Dataset], None]) -> None:
        await asyncio.sleep(float(os.environ.get("CPF_ESSAI_CHARGEMENT", "0")))
        write_image(self._image)
        self._engine.attach(Path(self._image), '"essai"', places=False)
        self.ready = True

    async def prepare(self, name: str) -> None:
        """Nothing is to be waited for."""

    async def stop(self) -> None:
        self.ready = False

    def datasets(self) -> tuple[Dataset, ...]:
        return (Dataset("essai", "", (), {}, (), 2, dt.datetime.now(dt.UTC), {}, (), '"essai"'),)

    def versions(self, name: str) -> tuple[str, ...]:
        return ()

    @contextmanager
    def lease(self, name: str) -> Iterator[Dataset]:
        if name != "essai":
            raise unknown_dataset(name)
        yield self.datasets()[0]


def write_image(image: Path) -> None:
    """Write an image of two rows."""
    with duckdb.connect(str(image)) as connection:
        connection.execute("create table donnees (n bigint, texte varchar)")
        connection.execute("insert into donnees values (1, 'é'), (2, null)")


def application() -> ASGIApp:
    """The factory that the server calls."""
    trial_routes = [
        Route("/api/essai/{nom}", _trial, methods=["GET", "POST"]),
        Route("/api/records/1.0/search", _trial_v1),
    ]
    return assemble(Catalog, trial_routes)


async def _trial(request: Request) -> Response:
    name = request.path_params["nom"]
    engine = app_context(request).engine
    if name == "erreur":
        raise ApiError(400, "ODSQLError", "wrong")
    if name == "imprevue":
        raise ValueError(f"secret {request.query_params['q']}")
    if name == "lente":
        await asyncio.sleep(float(request.query_params["s"]))
    if name in {"lourde", "legere"}:
        table = await engine.read(
            Sql(HEAVY if name == "lourde" else "select 1"), client=client(request)
        )
        return Response(orjson.dumps(table.lignes), media_type="application/json")
    if name == "flux":
        batches = read_batches(engine, Sql("select range as n from range(?)", (50_000_000,)))
        return StreamingResponse(batch.column(0).to_string().encode() async for batch in batches)
    if name == "long":
        return Response(b'"' + b"a" * 100_000 + b'"', media_type="application/json")
    if name == "pid":
        return Response(str(os.getpid()))
    return Response(await request.body() or b"{}", media_type="application/json")


async def _trial_v1(_: Request) -> Response:
    raise ApiError(404, "NotFoundResource", "Unknown dataset: x")


class Server:
    """A running server; ``journal`` are the lines of its standard error so far."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.log: list[str] = []
        assert process.stdout is not None
        self.announcement = process.stdout.readline()
        result = re.search(r"http://\S+?:\d+", self.announcement)
        self.url = result.group() if result else ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def request(self, path: str, method: str = "GET", **options: Any) -> requests.Response:
        """Ask for a path; no redirection is followed."""
        return requests.request(
            method, self.url + path, timeout=60, allow_redirects=False, **options
        )

    def stop(self, signum: signal.Signals = signal.SIGTERM) -> int:
        """Stop it; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signum)
        code = self.process.wait(90)
        self._reader.join(5)
        return code

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.log += iter(self.process.stderr.readline, "")


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is true; others may use the machine, so for long."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


_PROGRAM = """
import sys
from portal.settings import read_settings
from portal.server import run_server

def announce(message):
    print(message, flush=True)

if __name__ == "__main__":
    port, workers = map(int, sys.argv[1:])
    factory = "tests.factories.portal_double:application"
    run_server(read_settings(), "127.0.0.1", port, workers, announce, factory)
"""


def start(folder: Path, workers: int = 1, port: int = 0, **portal_settings: object) -> Server:
    """Start a server whose state is in ``folder``, and wait until it answers."""
    (folder / "publications").mkdir(parents=True, exist_ok=True)
    variables = {
        f"CPF_PORTAIL_{name.upper()}": str(value) for name, value in portal_settings.items()
    }
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(port), str(workers)],
        cwd=settings.PROJECT,
        env={**os.environ, "CPF_DATA": str(folder), "CPF_PORTAIL_MEMOIRE": "300MB", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    server = Server(process)
    if "CPF_ESSAI_CHARGEMENT" not in os.environ:
        wait_until(lambda: server.request("/ready").status_code == 200, 30)
    return server
