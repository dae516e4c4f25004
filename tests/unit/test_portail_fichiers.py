"""Published files over HTTP: addresses, conditions, ranges, and what no address reaches."""

import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit import portail_double
from tests.unit.portail_double import Serveur

CONTENU = bytes(range(256)) * 40
EMPREINTE = f'"{hashlib.sha256(CONTENU).hexdigest()}"'
ANCIEN, COURANT, FUTUR = "2026.10.1", "2026.11.2", "2026.11.3"
CSV = f"/essai/{COURANT}/essai.csv"


@pytest.fixture(scope="module")
def serveur(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serveur]:
    root = tmp_path_factory.mktemp("portail")
    jeu, site = root / "publications" / "essai", root / "site"
    for version in (ANCIEN, COURANT, FUTUR):
        (jeu / version).mkdir(parents=True)
        (jeu / version / "essai.csv").write_bytes(CONTENU)
    (jeu / COURANT / "donnees.parquet").write_bytes(b"PAR1")
    (jeu / COURANT / "SHA256SUMS").write_text("x")
    (root / "secret.txt").write_text("secret")
    (jeu / COURANT / "lien.txt").symlink_to(root / "secret.txt")
    (jeu / "current.json").write_text(
        json.dumps({"version": COURANT, "manifest_sha256": "", "publie_le": ""})
    )
    _retirer(jeu / ANCIEN)
    (site / "essai").mkdir(parents=True)
    (site / "index.html").write_text("<h1>Accueil</h1>")
    (site / "essai" / "index.html").write_text("<h1>Essai</h1>")
    (site / "catalogue.ttl").write_text("# rien")
    running = portail_double.demarrer(root)
    yield running
    assert running.arreter() == 0


def _retirer(version: Path) -> None:
    (version / "essai.csv").unlink()
    tombstone = {
        "jeu": "essai",
        "version": ANCIEN,
        "cause": ANCIEN,
        "retire_le": "2026-11-01T00:00:00Z",
        "raison": "montants faux",
        "remplacee_par": COURANT,
        "fichiers": [{"nom": "essai.csv", "octets": 1, "sha256": "0"}],
    }
    (version / "retrait.json").write_text(json.dumps(tombstone))


def test_un_fichier_d_une_version_ne_change_jamais(serveur: Serveur) -> None:
    found = serveur.demander(CSV)
    assert found.content == CONTENU
    assert found.headers["ETag"] == EMPREINTE
    assert found.headers["Last-Modified"].endswith("GMT")
    assert "immutable" in found.headers["Cache-Control"]
    assert found.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert found.headers["Accept-Ranges"] == "bytes"
    assert "Content-Encoding" not in found.headers


def test_la_derniere_version_a_une_adresse_stable(serveur: Serveur) -> None:
    found = serveur.demander("/essai/derniere/essai.csv")
    assert (found.content, found.headers["ETag"]) == (CONTENU, EMPREINTE)
    assert "max-age=60" in found.headers["Cache-Control"]
    assert "immutable" not in found.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("chemin", "attendu"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/essai/", "text/html; charset=utf-8"),
        ("/essai/index.html", "text/html; charset=utf-8"),
        ("/catalogue.ttl", "text/turtle; charset=utf-8"),
        ("/essai/derniere/donnees.parquet", "application/vnd.apache.parquet"),
        ("/essai/derniere/SHA256SUMS", "text/plain; charset=utf-8"),
    ],
)
def test_chaque_fichier_dit_ce_qu_il_est(serveur: Serveur, chemin: str, attendu: str) -> None:
    found = serveur.demander(chemin)
    assert (found.status_code, found.headers["Content-Type"]) == (200, attendu)
    assert ("frame-ancestors *" in found.headers.get("Content-Security-Policy", "")) is (
        "html" in attendu
    )


def test_un_dossier_sans_barre_mene_a_sa_page(serveur: Serveur) -> None:
    found = serveur.demander("/essai")
    assert (found.status_code, found.headers["Location"]) == (308, "/essai/")


@pytest.mark.parametrize(
    ("plage", "morceau", "dit"),
    [
        ("bytes=0-9", CONTENU[:10], "bytes 0-9/10240"),
        ("bytes=100-", CONTENU[100:], "bytes 100-10239/10240"),
        ("bytes=-5", CONTENU[-5:], "bytes 10235-10239/10240"),
        ("bytes=10000-99999", CONTENU[10000:], "bytes 10000-10239/10240"),
    ],
)
def test_une_plage(serveur: Serveur, plage: str, morceau: bytes, dit: str) -> None:
    found = serveur.demander(CSV, headers={"Range": plage})
    assert (found.status_code, found.content) == (206, morceau)
    assert found.headers["Content-Range"] == dit
    head = serveur.demander(CSV, "HEAD")
    assert (head.headers["Content-Length"], head.content) == ("10240", b"")


def test_plusieurs_plages_et_une_impossible(serveur: Serveur) -> None:
    found = serveur.demander(CSV, headers={"Range": "bytes=0-1,20-21"})
    assert found.status_code == 206
    assert found.headers["Content-Type"].startswith("multipart/byteranges")
    assert b"bytes 20-21/10240" in found.content
    beyond = serveur.demander(CSV, headers={"Range": "bytes=99999-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */10240")


def test_une_plage_sous_condition(serveur: Serveur) -> None:
    same = serveur.demander(CSV, headers={"Range": "bytes=0-9", "If-Range": EMPREINTE})
    other = serveur.demander(CSV, headers={"Range": "bytes=0-9", "If-Range": '"autre"'})
    assert (same.status_code, other.status_code, len(other.content)) == (206, 200, 10240)


def test_ce_que_le_client_a_deja(serveur: Serveur) -> None:
    modified = serveur.demander(CSV).headers["Last-Modified"]
    for headers, status in (
        ({"If-None-Match": EMPREINTE}, 304),
        ({"If-None-Match": f'"x", W/{EMPREINTE}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"x"', "If-Modified-Since": modified}, 200),
        ({"If-Modified-Since": modified}, 304),
        ({"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "hier"}, 200),
    ):
        found = serveur.demander(CSV, headers=headers)
        assert (headers, found.status_code) == (headers, status)
        assert found.headers["ETag"] == EMPREINTE


def test_une_version_retiree_dit_pourquoi(serveur: Serveur) -> None:
    found = serveur.demander(f"/essai/{ANCIEN}/essai.csv")
    assert found.status_code == 410
    assert "montants faux" in found.json()["message"]
    assert COURANT in found.json()["message"]
    assert serveur.demander(f"/essai/{ANCIEN}/retrait.json").status_code == 200


@pytest.mark.parametrize(
    "chemin",
    [
        f"/essai/{FUTUR}/essai.csv",
        f"/essai/{COURANT}/absent.csv",
        "/essai/current.json",
        f"/essai/{COURANT}/lien.txt",
        f"/essai/{COURANT}/../../../secret.txt",
        f"/essai/{COURANT}/%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret.txt",
        f"/essai/{COURANT}/..%2f..%2fsecret.txt",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/essai/%00",
        "/essai/derniere/.en_cours-x",
        "/inconnu/derniere/essai.csv",
    ],
)
def test_rien_d_autre_n_est_atteint(serveur: Serveur, chemin: str) -> None:
    # Through a socket: an HTTP library would tidy the path.
    with socket.create_connection(("127.0.0.1", serveur.port)) as client:
        request = f"GET {chemin} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        client.sendall(request.encode())
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.split(b" ", 2)[1] == b"404"
    assert b"secret" not in answer.partition(b"\r\n\r\n")[2]
