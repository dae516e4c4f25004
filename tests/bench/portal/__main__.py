"""``make bench-portal``: the portal beside datasette and roapi, on the same two million rows.

The servers run one at a time. ``PAIRS=`` (empty) leaves the peers out; the state is
``$CPF_DATA/banc``.
"""

import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration import settings
from tests.bench.measure import tree_resident
from tests.bench.portal import data
from tests.bench.portal.load import Timings, run_load
from tests.bench.portal.questions import QUESTIONS

PEERS = os.environ.get("PAIRS", "datasette roapi").split()
PORT = 18200
REPETITIONS = {"portail": 200, "datasette": 5, "roapi": 40}
WARM_UP = {"portail": 5, "datasette": 1, "roapi": 5}
CLIENTS, SECONDS = 50, 20
GOALS = {"filtered records": 15, "group_by, 1 and 2 fields": 40, "facets, all": 100}
_PEERS_VENV = settings.PROJECT / ".venv" / "bench-portal"


def main() -> None:
    """Run everything and print a table."""
    folder = settings.data() / "banc"
    package = data.write(folder)
    print(f"{data.ROWS:,} rows, {os.cpu_count()} cores; ms, one client unless said.")
    measured: dict[str, dict[str, Timings]] = {}
    with _portal(folder) as (port, pid):
        measured["portail"] = _questions("portail", port)
        _together(port)
        _export(port)
        print(f"memory of the server: {tree_resident(pid) / 1e9:.2f} GB (goal 2)")
    for peer in PEERS:
        with _peer_server(peer, folder, package) as port:
            measured[peer] = _questions(peer, port)
    _ratios(measured)


def _questions(name: str, port: int) -> dict[str, Timings]:
    measured = {}
    for question, draw in QUESTIONS[name].items():
        requests = draw(random.Random(1))  # noqa: S311 (a draw of queries)
        measure = run_load(port, requests, REPETITIONS[name], WARM_UP[name])
        measured[question] = measure
        errors = f", {len(measure.errors)} errors" if measure.errors else ""
        goal = f" (goal {GOALS[question]})" if name == "portail" and question in GOALS else ""
        p50, p95 = measure.percentile(0.5), measure.percentile(0.95)
        print(f"{name:10} {question:26} p50 {p50:8.1f}{goal}  p95 {p95:8.1f}{errors}", flush=True)
    return measured


def _together(port: int) -> None:
    command = [sys.executable, "-m", "tests.bench.portal.load", "portail", str(port)]
    completed = subprocess.run(
        [*command, str(SECONDS), str(CLIENTS)], check=True, capture_output=True, text=True
    )
    measure = Timings(**json.loads(completed.stdout))
    print(
        f"portail    {CLIENTS} clients at once, mixed    p50 {measure.percentile(0.5):8.1f}"
        f"  p99 {measure.percentile(0.99):8.1f} (goal 400)  {len(measure.times) / SECONDS:.0f}/s,"
        f" {len(measure.errors)} errors"
    )


def _export(port: int) -> None:
    path = f"/api/explore/v2.1/catalog/datasets/{data.DATASET}/exports/csv"
    for attempt in ("first", "prepared"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        start = time.perf_counter()
        connection.request("GET", path)
        response, size = connection.getresponse(), 0
        while block := response.read(1 << 20):
            size += len(block)
        seconds = time.perf_counter() - start
        goal = " (goal 100)" if attempt == "prepared" else ""
        speed = size / 1e6 / seconds
        print(f"portail    full CSV, {attempt}: {size / 1e6:.0f} MB, {speed:.0f} MB/s{goal}")


@contextmanager
def _portal(folder: Path) -> Iterator[tuple[int, int]]:
    command = [Path(sys.executable).with_name("cpf"), "serve", "--port", str(PORT)]
    start = time.perf_counter()
    with _server(
        [*command, "--publications", folder / "publications"],
        "/ready",
        {**os.environ, "CPF_DATA": str(folder)},
    ) as pid:
        print(f"portail    ready in {time.perf_counter() - start:.1f} s")
        yield PORT, pid


@contextmanager
def _peer_server(name: str, folder: Path, package: Path) -> Iterator[int]:
    if not (_PEERS_VENV / ".installed").exists():
        venv.create(_PEERS_VENV, clear=True, with_pip=True)
        packages = ["datasette==0.65.5", "roapi==0.12.7"]
        subprocess.run([_PEERS_VENV / "bin/pip", "install", "--quiet", *packages], check=True)
        (_PEERS_VENV / ".installed").touch()
    if name == "datasette":
        database = folder / f"{data.DATASET}.db"
        data.write_sqlite(package, database)
        limits = ("sql_time_limit_ms", "facet_time_limit_ms")
        options = [part for limit in limits for part in ("--setting", limit, "120000")]
        command = [
            _PEERS_VENV / "bin/datasette",
            "serve",
            "-i",
            database,
            "-p",
            str(PORT),
            *options,
        ]
        ready = "/-/versions.json"
    else:
        table = f"{data.DATASET}={package / data.DATASET}.parquet"
        command = [_PEERS_VENV / "bin/roapi", "--table", table, "--addr-http", f"127.0.0.1:{PORT}"]
        ready = "/health"
    with _server(command, ready, dict(os.environ)):
        yield PORT


@contextmanager
def _server(command: list[str | Path], ready: str, environment: dict[str, str]) -> Iterator[int]:
    """Start a server, wait until it answers, stop it in the end."""
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(1200):
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} stopped with code {process.returncode}")
            if _is_answering(ready):
                break
            time.sleep(0.25)
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def _is_answering(path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _ratios(measured: dict[str, dict[str, Timings]]) -> None:
    ours = measured.pop("portail")
    for peer, measures in measured.items():
        for question, measure in measures.items():
            ratio = measure.percentile(0.5) / ours[question].percentile(0.5)
            print(f"{peer:10} {question:26} {ratio:6.1f} times our p50")


if __name__ == "__main__":
    main()
    shutil.rmtree(settings.data() / "banc" / "temporaire", ignore_errors=True)
