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

from orchestration.cli import app
from tests.unit import portail_double
from tests.unit.portail_double import Serveur, attendre

Lancer = Callable[..., Serveur]


@pytest.fixture
def lancer(tmp_path: Path) -> Iterator[Lancer]:
    started: list[Serveur] = []

    def start(**options: object) -> Serveur:
        started.append(portail_double.demarrer(tmp_path, **options))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for server in started:
        server.arreter()


def _mesure(serveur: Serveur, nom: str) -> float:
    text = serveur.demander("/metrics").text
    found = re.search(rf"^{re.escape(nom)} (\S+)$", text, re.MULTILINE)
    return float(found.group(1)) if found else 0.0


def test_le_serveur_repond_avant_d_etre_pret(
    lancer: Lancer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPF_ESSAI_CHARGEMENT", "1")
    server = lancer()
    assert server.demander("/health").status_code == 200
    assert server.demander("/ready").status_code == 503
    attendre(lambda: server.demander("/ready").status_code == 200)


def test_un_catalogue_illisible_est_dit(lancer: Lancer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPF_ESSAI_CHARGEMENT", "bientôt")
    server = lancer()
    attendre(lambda: any("catalogue illisible" in line for line in server.journal))
    assert server.demander("/ready").status_code == 503
    assert server.arreter() == 0


@pytest.mark.parametrize("sorte", [signal.SIGTERM, signal.SIGINT])
def test_l_arret_laisse_finir_ce_qui_est_en_cours(lancer: Lancer, sorte: signal.Signals) -> None:
    server = lancer()
    answers: list[int] = []

    def ask() -> None:
        answers.append(server.demander("/api/essai/lente?s=1").status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.4)
    assert server.arreter(sorte) == 0
    asking.join()
    assert answers == [200]
    with pytest.raises(requests.ConnectionError):
        server.demander("/health")


def test_l_arret_n_attend_pas_au_dela_du_delai(lancer: Lancer) -> None:
    server = lancer(arret=1)
    for path in ("lente?s=20", "lourde"):
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(f"GET /api/essai/{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.4)
            if path == "lourde":
                start = time.monotonic()
                assert server.arreter() == 0
                assert time.monotonic() - start < 6


@pytest.mark.parametrize("debut", [b"", b"GET /health HTTP/1.1\r\nHost: x\r\nX-Lent: "])
def test_une_tete_qui_ne_finit_pas_ferme_la_connexion(lancer: Lancer, debut: bytes) -> None:
    server = lancer(tete=0.5)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        start = time.monotonic()
        client.sendall(debut)
        assert client.recv(100) == b""
        assert 0.4 < time.monotonic() - start < 3
    assert server.demander("/api/essai/lente?s=1").status_code == 200


def test_un_client_parti_arrete_sa_requete(lancer: Lancer) -> None:
    server = lancer()
    running = 'cpf_portail_voie_en_cours{voie="lentes"}'
    for path, method in (("lourde", "GET"), ("flux", "GET")):
        client = socket.create_connection(("127.0.0.1", server.port))
        client.sendall(f"{method} /api/essai/{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        if path == "lourde":
            attendre(lambda: _mesure(server, running) == 1)
        else:
            client.recv(1000)
        client.close()
        attendre(lambda: _mesure(server, running) == 0)


def test_cent_requetes_lourdes_laissent_passer_les_legeres(lancer: Lancer) -> None:
    server = lancer(limite_rapide=2, patience=4)
    codes: list[tuple[int, bool]] = []

    def ask() -> None:
        found = server.demander("/api/essai/lourde")
        codes.append((found.status_code, "Retry-After" in found.headers))

    crowd = [threading.Thread(target=ask) for _ in range(100)]
    for thread in crowd:
        thread.start()
    worst = 0.0
    while any(thread.is_alive() for thread in crowd):
        start = time.monotonic()
        assert server.demander("/api/essai/legere").status_code == 200
        worst = max(worst, time.monotonic() - start)
        time.sleep(0.02)
    assert len(codes) == 100
    assert set(codes) <= {(429, True), (503, True)}
    assert worst < 1


def test_plusieurs_processus_partagent_le_port_et_se_remplacent(lancer: Lancer) -> None:
    server = lancer(processus=2)
    assert server.annonce == f"Portail : {server.url}/ (2 processus)\n"

    def pids() -> set[str]:
        found = set()
        for _ in range(40):
            try:
                found.add(server.demander("/api/essai/pid").text)
            except requests.ConnectionError:  # it had just been killed
                time.sleep(0.1)
        return found

    attendre(lambda: len(pids()) == 2, 30)
    before = pids()
    victim = sorted(before)[0]
    os.kill(int(victim), signal.SIGKILL)
    attendre(lambda: len(pids() - {victim}) == 2, 30)
    count = 'cpf_portail_requetes_total{methode="GET",route="/api/essai/{nom}",statut="200"}'
    assert _mesure(server, count) >= 80
    assert server.arreter() == 0


def test_un_port_pris_et_un_dossier_absent_sont_dits(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(
            app, ["serve", "--publications", str(tmp_path / "p"), "--port", port]
        )
    assert done.exit_code == 1
    assert f"impossible d'écouter sur 127.0.0.1, port {port}" in done.output
    absent = CliRunner().invoke(app, ["serve", "--publications", str(tmp_path / "rien")])
    assert absent.exit_code == 1
    assert "n'existe pas" in absent.output
