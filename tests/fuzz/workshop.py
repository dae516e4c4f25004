"""The whole portal in this process, over a small dataset, with secrets planted beside it."""

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

from portal import metrics
from portal.api.catalog import routes as explore
from portal.api.legacy import v1, v20
from portal.application import create_app
from portal.context import AppContext
from portal.engine.cache import AnswerCache
from portal.engine.engine import Engine
from portal.images.watch import WatchedCatalog
from portal.settings import read_settings
from tests.clients import packages

CANARY = "rossignol" + "philomele"
PRIVATE, VARIABLE, SECRET_FILE = "prive", "CPF_ESSAI_SECRET", "secret.csv"
API = "/api/explore/v2.1/catalog/datasets"
SLOW_SECONDS = 1.0
_EXPECTED_STATUSES = (200, 400)
Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HttpRequest:
    """A request: a path and its parameters, as they are before they are encoded."""

    path: str
    parameters: Parameters

    @property
    def query(self) -> bytes:
        """The query string; what is no text of Unicode becomes bytes that are no UTF-8."""
        pairs = (
            (quote_from_bytes(part.encode("utf-8", "surrogatepass")) for part in pair)
            for pair in self.parameters
        )
        return "&".join("=".join(pair) for pair in pairs).encode()


@dataclass(frozen=True)
class Answer:
    """What came back. ``secondes`` are the least of the clock's and of the process's own; ``panne``
    tells what nobody foresaw, and where."""

    status: int
    body: bytes
    seconds: float
    failure: str = ""

    @property
    def defect(self) -> str | None:
        """Tell what is wrong with it, if anything is."""
        if self.status not in _EXPECTED_STATUSES:
            return f"statut {self.status} {self.failure}"
        if CANARY.encode() in self.body:
            return "le secret est sorti"
        if self.seconds > SLOW_SECONDS:
            return f"lente : {self.seconds:.1f} s"
        if self.status != 200 and not _is_an_error(self.body):
            return "erreur sans code ni message"
        return None


def _is_an_error(body: bytes) -> bool:
    payload = json.loads(body)
    return {"error_code", "message"} <= set(payload) or {"errorcode", "error"} <= set(payload)


class Harness:
    """Asks the application, without a network."""

    def __init__(self, state_folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._failures: list[str] = []
        structlog.configure(
            processors=[self._note_failure],
            wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        )
        settings = read_settings()
        self.engine = Engine(settings)
        shared = AppContext(
            self.engine,
            WatchedCatalog(state_folder / "publications", self.engine),
            settings,
            AnswerCache(),
        )
        routes = [*explore.routes(), *v20.routes(), *v1.routes()]
        self._app = create_app(shared, routes)
        self._portal = shared

    def load(self) -> None:
        """Load the datasets, and plant a table of the engine's own beside each."""
        self._loop.run_until_complete(self._portal.catalog.start())
        datasets = list(self._portal.catalog.datasets())
        names = {dataset.id for dataset in datasets}
        assert names == {packages.TYPES, PRIVATE}, self._portal.catalog.refusals
        for text in ("", *(dataset.base for dataset in datasets)):
            run = self.engine.cursor(text).execute
            run("create schema if not exists coffre")
            run("create or replace table coffre.secrets as select ? as mot", [CANARY])
            run("create or replace table secrets as select ? as mot", [CANARY])
            run("create or replace macro secret() as (select mot from coffre.secrets)")

    def close(self) -> None:
        """Stop all of it."""
        self._loop.run_until_complete(self._portal.catalog.stop())
        self.engine.close()

    def request(self, request: HttpRequest) -> Answer:
        """Ask, and wait for the whole answer."""
        wall, own = time.perf_counter(), time.process_time()
        status, body = self._loop.run_until_complete(self._call(request))
        # Another process that takes the cores makes an answer late, but not this one's fault.
        seconds = min(time.perf_counter() - wall, time.process_time() - own)
        return Answer(status, body, seconds, self._failures.pop() if self._failures else "")

    def _note_failure(self, _: object, __: str, event: Mapping[str, Any]) -> Any:
        """Keep what the log would tell of an unforeseen error."""
        places = [line for line in event.get("trace", ()) if "/portal/" in line]
        where = places[-1].partition("/portal/")[2] if places else ""
        self._failures.append(f"{event.get('erreur')} {where}")
        raise structlog.DropEvent

    async def _call(self, request: HttpRequest) -> tuple[int, bytes]:
        status, body = 0, b""

        async def send(message: Mapping[str, Any]) -> None:
            nonlocal status, body
            status = message.get("status", status)
            body += message.get("body", b"")

        messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> dict[str, Any]:
            # Then the client waits; the application leaves the watch when it has answered.
            return next(messages, None) or await asyncio.get_running_loop().create_future()

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": request.path,
            "raw_path": request.path.encode(),
            "root_path": "",
            "query_string": request.query,
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
def open_harness(state_folder: Path) -> Iterator[Harness]:
    """Yield a portal whose state is in ``folder``, and its secrets."""
    packages.types(state_folder / "publications" / packages.TYPES, 60)
    _plant(state_folder)
    environment = {"CPF_DATA": str(state_folder), "CPF_PORTAIL_MEMOIRE": "400MB", VARIABLE: CANARY}
    with mock.patch.dict(os.environ, environment):
        loop = asyncio.new_event_loop()
        harness = Harness(state_folder, loop)
        try:
            harness.load()
            yield harness
        finally:
            harness.close()
            loop.close()
            structlog.reset_defaults()
            metrics.forget_dead_processes()


def _plant(state_folder: Path) -> None:
    """Write the secret into a dataset that is never asked for, and into files within reach."""
    package_folder = state_folder / "publications" / PRIVATE
    package_folder.mkdir(parents=True)
    (package_folder / "prive.csv").write_text(f"mot\n{CANARY}\n", encoding="utf-8")
    resource = {"name": PRIVATE, "path": "prive.csv", "schema": {"fields": [{"name": "mot"}]}}
    (package_folder / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    for place in (state_folder, state_folder / "portail"):
        place.mkdir(exist_ok=True)
        (place / SECRET_FILE).write_text(f"mot\n{CANARY}\n", encoding="utf-8")
