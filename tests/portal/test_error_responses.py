"""What every answer of the server bears, and what it refuses, over a real connection."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from tests.factories import portal_double
from tests.factories.portal_double import Server, wait_until

pytestmark = pytest.mark.slow

ORIGIN = {"Origin": "https://ailleurs.example"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = portal_double.start(tmp_path_factory.mktemp("portail"), corps=10_000)
    yield running
    assert running.stop() == 0


def test_the_server_tells_where_to_look(server: Server) -> None:
    assert server.announcement == f"Portail : {server.url}/\n"


def test_health_ready_and_metrics(server: Server) -> None:
    assert server.request("/health").json() == {"statut": "vivant"}
    assert server.request("/ready/").status_code == 200
    text = server.request("/metrics").text
    assert 'cpf_portail_requetes_total{methode="GET",route="/health",statut="200"}' in text
    assert "cpf_portail_images 1.0" in text
    assert "cpf_portail_voie_en_cours" in text


@pytest.mark.parametrize("path", ["/api/essai/x", "/api/essai/erreur", "/nulle/part", "/health"])
def test_every_response_bears_the_headers(server: Server, path: str) -> None:
    answer = server.request(path, headers=ORIGIN).headers
    assert answer["Access-Control-Allow-Origin"] == "*"
    for name in ("ODS-Explore-API-Deprecation", "Link", "X-RateLimit-dataset-Reset"):
        assert name in answer["Access-Control-Expose-Headers"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"]
    assert len(answer["X-Request-ID"]) == 16
    assert "server" not in answer


def test_the_request_id_of_the_client_is_kept_if_it_is_sound(server: Server) -> None:
    for sent, kept in (("abcd-1234", True), ("a b\u00e9<script>", False)):
        headers = {"X-Request-ID": sent.encode().decode("latin-1")}
        answer = server.request("/health", headers=headers).headers["X-Request-ID"]
        assert (answer == sent) is kept


def test_the_preflight_request_allows_any_header(server: Server) -> None:
    headers = {
        **ORIGIN,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "ods-widgets-version, x-autre",
    }
    answer = server.request("/api/essai/x", "OPTIONS", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert answer.headers["Access-Control-Allow-Headers"] == "ods-widgets-version, x-autre"
    plain = server.request("/api/essai/x", "OPTIONS")
    assert "ODS-Widgets-Version" in plain.headers["Access-Control-Allow-Headers"]


def test_head_and_trailing_slash(server: Server) -> None:
    answer = server.request("/api/essai/long/", "HEAD", headers={"Accept-Encoding": "identity"})
    assert (answer.status_code, answer.headers["Content-Length"]) == (200, "100002")
    slash = server.request("/api/essai/x/")
    assert slash.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0, gzip", "gzip"),
        ("zstd;q=0.1, gzip;q=1", "zstd"),
        ("br", None),
        ("identity", None),
    ],
)
def test_answers_are_compressed_as_clients_take_them(
    server: Server, accepted: str, chosen: str | None
) -> None:
    packed = server.request("/api/essai/long", headers={"Accept-Encoding": accepted}, stream=True)
    assert packed.headers.get("Content-Encoding") == chosen
    content = packed.raw.read(decode_content=False)
    if chosen == "gzip":
        content = gzip.decompress(content)
    elif chosen == "zstd":
        content = zstandard.ZstdDecompressor().decompress(content)
    assert len(json.loads(content)) == 100_000
    assert "Accept-Encoding" in packed.headers["Vary"]
    plain = server.request("/api/essai/long", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers


def test_errors_in_the_words_of_each_interface(server: Server) -> None:
    answer = server.request("/api/essai/erreur")
    assert (answer.status_code, answer.json()) == (
        400,
        {"error_code": "ODSQLError", "message": "wrong"},
    )
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    problem = server.request("/api/essai/erreur", headers={"Accept": "application/problem+json"})
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == 400
    v1 = server.request("/api/records/1.0/search/")
    assert v1.json() == {"errorcode": 404, "error": "Unknown dataset: x"}
    unknown = server.request("/api/inconnu").json()
    assert unknown["error_code"] == "NotFoundURI"
    assert "swagger.json" in unknown["message"]
    assert server.request("/api/essai/x", "DELETE").status_code == 405


def test_an_unforeseen_error_tells_nothing_and_can_be_found(server: Server) -> None:
    answer = server.request("/api/essai/imprevue?q=dupont-martin", headers=ORIGIN)
    identifier = answer.headers["X-Request-ID"]
    assert answer.status_code == 500
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert identifier in answer.json()["message"]
    assert "dupont" not in answer.text
    wait_until(lambda: any(identifier in line and "ValueError" in line for line in server.log))
    assert not any("dupont" in line for line in server.log)


def test_the_log_tells_neither_value_nor_address(server: Server) -> None:
    server.request("/api/essai/x?q=durand-lefevre")
    server.request("/durand-lefevre")
    server.request("/health")
    log_text = "".join(server.log)
    assert "durand" not in log_text
    assert "127.0.0.1" not in log_text
    lines = [json.loads(line) for line in server.log]
    assert {"methode", "route", "statut", "ms", "octets", "requete"} <= lines[0].keys()
    assert "/api/essai/{nom}" in {line.get("route") for line in lines}


def test_body_and_address_are_bounded(server: Server) -> None:
    path = "/api/essai/x"
    assert server.request(path, "POST", data=b'"' + b"a" * 9_000 + b'"').text[:3] == '"aa'
    assert (
        server.request(path, "POST", data=b"a" * 20_000).json()["error_code"] == "RequestTooLarge"
    )
    assert server.request(f"{path}?q={'a' * 64_000}").status_code == 200
    assert server.request(f"{path}?q={'a' * 70_000}").status_code == 414


def test_the_quota_is_told_then_enforced(tmp_path: Path) -> None:
    server = portal_double.start(tmp_path, quota=2)
    try:
        remaining = []
        for _ in range(2):
            answer = server.request("/api/essai/x")
            assert answer.headers["X-RateLimit-Limit"] == "2"
            assert answer.headers["X-RateLimit-Reset"].endswith(" 00:00:00+00:00")
            remaining.append(answer.headers["X-RateLimit-Remaining"])
        assert remaining == ["1", "0"]
        refused = server.request("/api/essai/x")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        body = refused.json()
        assert (body["errorcode"], body["call_limit"], body["limit_time_unit"]) == (10002, 2, "day")
        assert "X-RateLimit-Limit" not in server.request("/health").headers
    finally:
        assert server.stop() == 0
