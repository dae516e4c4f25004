"""Starting, stopping, sharing the port, clients that leave: a real server in its own process."""

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from typer.testing import CliRunner

from orchestration.cli.app import app
from tests.factories import portal_double
from tests.factories.portal_double import Server, wait_until

pytestmark = pytest.mark.slow

Launcher = Callable[..., Server]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launcher]:
    started: list[Server] = []

    def start(**options: object) -> Server:
        started.append(portal_double.start(tmp_path, **options))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for server in started:
        server.stop()


def _measure(server: Server, name: str) -> float:
    text = server.request("/metrics").text
    result = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(result.group(1)) if result else 0.0


def test_the_server_answers_before_it_is_ready(
    launch: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPF_ESSAI_CHARGEMENT", "3")
    server = launch()
    assert server.request("/health").status_code == 200
    # An empty catalogue would say that everything was removed.
    catalogue = server.request("/api/explore/v2.1/catalog/datasets")
    assert (catalogue.status_code, catalogue.headers["retry-after"]) == (503, "5")
    assert server.request("/ready").status_code == 503
    wait_until(lambda: server.request("/ready").status_code == 200)
    assert server.request("/api/explore/v2.1/catalog/datasets").status_code == 200


def test_an_unreadable_catalog_is_told(launch: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPF_ESSAI_CHARGEMENT", "bientôt")
    server = launch()
    wait_until(lambda: any("catalogue illisible" in line for line in server.log))
    assert server.request("/ready").status_code == 503
    assert server.stop() == 0


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_stopping_lets_what_is_running_finish(launch: Launcher, signum: signal.Signals) -> None:
    server = launch()
    answers: list[int] = []

    def ask() -> None:
        answers.append(server.request("/api/essai/lente?s=1").status_code)

    asking_thread = threading.Thread(target=ask)
    asking_thread.start()
    time.sleep(0.4)
    assert server.stop(signum) == 0
    asking_thread.join()
    assert answers == [200]
    with pytest.raises(requests.ConnectionError):
        server.request("/health")


def test_stopping_does_not_wait_beyond_the_delay(launch: Launcher) -> None:
    server = launch(arret=1)
    for path in ("lente?s=20", "lourde"):
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(f"GET /api/essai/{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.4)
            if path == "lourde":
                start = time.monotonic()
                assert server.stop() == 0
                assert time.monotonic() - start < 6


@pytest.mark.parametrize("partial_head", [b"", b"GET /health HTTP/1.1\r\nHost: x\r\nX-Lent: "])
def test_a_head_that_does_not_end_closes_the_connection(
    launch: Launcher, partial_head: bytes
) -> None:
    server = launch(tete=0.5)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        start = time.monotonic()
        client.sendall(partial_head)
        assert client.recv(100) == b""
        assert 0.4 < time.monotonic() - start < 3
    assert server.request("/api/essai/lente?s=1").status_code == 200


def test_a_client_that_leaves_stops_its_query(launch: Launcher) -> None:
    server = launch()
    running_metric = 'cpf_portail_voie_en_cours{voie="lentes"}'
    for path, method in (("lourde", "GET"), ("flux", "GET")):
        client = socket.create_connection(("127.0.0.1", server.port))
        client.sendall(f"{method} /api/essai/{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        if path == "lourde":
            wait_until(lambda: _measure(server, running_metric) == 1)
        else:
            client.recv(1000)
        client.close()
        wait_until(lambda: _measure(server, running_metric) == 0)


def test_a_hundred_heavy_queries_let_light_ones_through(launch: Launcher) -> None:
    server = launch(limite_rapide=2, patience=4)
    codes: list[tuple[int, bool]] = []

    def ask() -> None:
        result = server.request("/api/essai/lourde")
        codes.append((result.status_code, "Retry-After" in result.headers))

    crowd = [threading.Thread(target=ask) for _ in range(100)]
    for thread in crowd:
        thread.start()
    worst = 0.0
    while any(thread.is_alive() for thread in crowd):
        start = time.monotonic()
        assert server.request("/api/essai/legere").status_code == 200
        worst = max(worst, time.monotonic() - start)
        time.sleep(0.02)
    assert len(codes) == 100
    assert set(codes) <= {(429, True), (503, True)}
    assert worst < 1


def test_several_processes_share_the_port_and_replace_each_other(launch: Launcher) -> None:
    server = launch(workers=2)
    assert server.announcement == f"Portail : {server.url}/ (2 processus)\n"

    def pids() -> set[str]:
        result = set()
        for _ in range(40):
            try:
                result.add(server.request("/api/essai/pid").text)
            except requests.ConnectionError:  # it had just been killed
                time.sleep(0.1)
        return result

    wait_until(lambda: len(pids()) == 2, 30)
    before = pids()
    victim = sorted(before)[0]
    os.kill(int(victim), signal.SIGKILL)
    # Killed between a question on its health and the answer, it is missed after 60 s only.
    wait_until(lambda: len(pids() - {victim}) == 2, 90)
    count = 'cpf_portail_requetes_total{methode="GET",route="/api/essai/{nom}",statut="200"}'
    assert _measure(server, count) >= 80
    assert server.stop() == 0


def test_a_taken_port_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(
            app, ["serve", "--publications", str(tmp_path / "p"), "--port", port]
        )
    assert result.exit_code == 1
    assert f"impossible d'écouter sur 127.0.0.1, port {port}" in result.output
    absent = CliRunner().invoke(app, ["serve", "--publications", str(tmp_path / "rien")])
    assert absent.exit_code == 1
    assert "n'existe pas" in absent.output
