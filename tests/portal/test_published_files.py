"""Published files over HTTP: addresses, conditions, ranges, and what no address reaches."""

import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import portal_double
from tests.factories.portal_double import Server

pytestmark = pytest.mark.slow

CONTENT = bytes(range(256)) * 40
ETAG = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
OLD, CURRENT, FUTURE = "2026.10.1", "2026.11.2", "2026.11.3"
CSV = f"/essai/{CURRENT}/essai.csv"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("portail")
    dataset, site = root / "publications" / "essai", root / "site"
    for version in (OLD, CURRENT, FUTURE):
        (dataset / version).mkdir(parents=True)
        (dataset / version / "essai.csv").write_bytes(CONTENT)
    (dataset / CURRENT / "donnees.parquet").write_bytes(b"PAR1")
    (dataset / CURRENT / "SHA256SUMS").write_text("x")
    (root / "secret.txt").write_text("secret")
    (dataset / CURRENT / "lien.txt").symlink_to(root / "secret.txt")
    (dataset / "current.json").write_text(
        json.dumps({"version": CURRENT, "manifest_sha256": "", "publie_le": ""})
    )
    _withdraw(dataset / OLD)
    (site / "essai").mkdir(parents=True)
    (site / "index.html").write_text("<h1>Accueil</h1>")
    (site / "essai" / "index.html").write_text("<h1>Essai</h1>")
    (site / "catalogue.ttl").write_text("# rien")
    running = portal_double.start(root)
    yield running
    assert running.stop() == 0


def _withdraw(version: Path) -> None:
    (version / "essai.csv").unlink()
    tombstone = {
        "jeu": "essai",
        "version": OLD,
        "cause": OLD,
        "retire_le": "2026-11-01T00:00:00Z",
        "raison": "montants faux",
        "remplacee_par": CURRENT,
        "fichiers": [{"nom": "essai.csv", "octets": 1, "sha256": "0"}],
    }
    (version / "retrait.json").write_text(json.dumps(tombstone))


@pytest.mark.parametrize("accepted", ["identity", "gzip", "gzip, zstd"])
def test_a_file_of_a_version_never_changes(server: Server, accepted: str) -> None:
    answer = server.request(CSV, headers={"Accept-Encoding": accepted})
    assert answer.content == CONTENT
    assert answer.headers["ETag"] == ETAG
    assert answer.headers["Last-Modified"].endswith("GMT")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "Content-Encoding" not in answer.headers


def test_the_latest_version_has_a_stable_address(server: Server) -> None:
    answer = server.request("/essai/derniere/essai.csv")
    assert (answer.content, answer.headers["ETag"]) == (CONTENT, ETAG)
    assert "max-age=60" in answer.headers["Cache-Control"]
    assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/essai/", "text/html; charset=utf-8"),
        ("/essai/index.html", "text/html; charset=utf-8"),
        ("/catalogue.ttl", "text/turtle; charset=utf-8"),
        ("/essai/derniere/donnees.parquet", "application/vnd.apache.parquet"),
        ("/essai/derniere/SHA256SUMS", "text/plain; charset=utf-8"),
    ],
)
def test_each_file_tells_what_it_is(server: Server, path: str, expected: str) -> None:
    answer = server.request(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, expected)
    assert ("frame-ancestors *" in answer.headers.get("Content-Security-Policy", "")) is (
        "html" in expected
    )


def test_a_folder_without_slash_leads_to_its_page(server: Server) -> None:
    answer = server.request("/essai")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/essai/")


@pytest.mark.parametrize(
    ("byte_range", "piece", "expected"),
    [
        ("bytes=0-9", CONTENT[:10], "bytes 0-9/10240"),
        ("bytes=100-", CONTENT[100:], "bytes 100-10239/10240"),
        ("bytes=-5", CONTENT[-5:], "bytes 10235-10239/10240"),
        ("bytes=10000-99999", CONTENT[10000:], "bytes 10000-10239/10240"),
    ],
)
def test_a_range(server: Server, byte_range: str, piece: bytes, expected: str) -> None:
    answer = server.request(CSV, headers={"Range": byte_range})
    assert (answer.status_code, answer.content) == (206, piece)
    assert answer.headers["Content-Range"] == expected
    head = server.request(CSV, "HEAD")
    assert (head.headers["Content-Length"], head.content) == ("10240", b"")


def test_several_ranges_and_an_unsatisfiable_one(server: Server) -> None:
    answer = server.request(CSV, headers={"Range": "bytes=0-1,20-21"})
    assert answer.status_code == 206
    assert answer.headers["Content-Type"].startswith("multipart/byteranges")
    assert b"bytes 20-21/10240" in answer.content
    beyond = server.request(CSV, headers={"Range": "bytes=99999-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */10240")


def test_a_conditional_range(server: Server) -> None:
    same = server.request(CSV, headers={"Range": "bytes=0-9", "If-Range": ETAG})
    other = server.request(CSV, headers={"Range": "bytes=0-9", "If-Range": '"autre"'})
    assert (same.status_code, other.status_code, len(other.content)) == (206, 200, 10240)


def test_what_the_client_already_has(server: Server) -> None:
    modified = server.request(CSV).headers["Last-Modified"]
    for headers, status in (
        ({"If-None-Match": ETAG}, 304),
        ({"If-None-Match": f'"x", W/{ETAG}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"x"', "If-Modified-Since": modified}, 200),
        ({"If-Modified-Since": modified}, 304),
        ({"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "hier"}, 200),
    ):
        answer = server.request(CSV, headers=headers)
        assert (headers, answer.status_code) == (headers, status)
        assert answer.headers["ETag"] == ETAG


def test_a_withdrawn_version_tells_why(server: Server) -> None:
    answer = server.request(f"/essai/{OLD}/essai.csv")
    assert answer.status_code == 410
    assert "montants faux" in answer.json()["message"]
    assert CURRENT in answer.json()["message"]
    assert server.request(f"/essai/{OLD}/retrait.json").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        f"/essai/{FUTURE}/essai.csv",
        f"/essai/{CURRENT}/absent.csv",
        "/essai/current.json",
        f"/essai/{CURRENT}/lien.txt",
        f"/essai/{CURRENT}/../../../secret.txt",
        f"/essai/{CURRENT}/%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret.txt",
        f"/essai/{CURRENT}/..%2f..%2fsecret.txt",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/essai/%00",
        "/essai/derniere/.en_cours-x",
        "/inconnu/derniere/essai.csv",
    ],
)
def test_nothing_else_is_reached(server: Server, path: str) -> None:
    # Through a socket: an HTTP library would tidy the path.
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        client.sendall(request.encode())
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.split(b" ", 2)[1] == b"404"
    assert b"secret" not in answer.partition(b"\r\n\r\n")[2]
