"""What every answer of the server bears, and what it refuses, over a real connection."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit import portail_double
from tests.unit.portail_double import Serveur, attendre

ORIGINE = {"Origin": "https://ailleurs.example"}


@pytest.fixture(scope="module")
def serveur(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serveur]:
    running = portail_double.demarrer(tmp_path_factory.mktemp("portail"), corps=10_000)
    yield running
    assert running.arreter() == 0


def test_le_serveur_dit_ou_regarder(serveur: Serveur) -> None:
    assert serveur.annonce == f"Portail : {serveur.url}/\n"


def test_vivant_pret_et_mesures(serveur: Serveur) -> None:
    assert serveur.demander("/health").json() == {"statut": "vivant"}
    assert serveur.demander("/ready/").status_code == 200
    text = serveur.demander("/metrics").text
    assert 'cpf_portail_requetes_total{methode="GET",route="/health",statut="200"}' in text
    assert "cpf_portail_images 1.0" in text
    assert "cpf_portail_voie_en_cours" in text


@pytest.mark.parametrize("chemin", ["/api/essai/x", "/api/essai/erreur", "/nulle/part", "/health"])
def test_toute_reponse_porte_les_entetes(serveur: Serveur, chemin: str) -> None:
    found = serveur.demander(chemin, headers=ORIGINE).headers
    assert found["Access-Control-Allow-Origin"] == "*"
    for name in ("ODS-Explore-API-Deprecation", "Link", "X-RateLimit-dataset-Reset"):
        assert name in found["Access-Control-Expose-Headers"]
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Referrer-Policy"]
    assert len(found["X-Request-ID"]) == 16
    assert "server" not in found


def test_l_identifiant_du_client_est_repris_s_il_est_sain(serveur: Serveur) -> None:
    for given, kept in (("abcd-1234", True), ("a b\u00e9<script>", False)):
        headers = {"X-Request-ID": given.encode().decode("latin-1")}
        found = serveur.demander("/health", headers=headers).headers["X-Request-ID"]
        assert (found == given) is kept


def test_la_demande_prealable_admet_tout_entete(serveur: Serveur) -> None:
    asked = {
        **ORIGINE,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "ods-widgets-version, x-autre",
    }
    found = serveur.demander("/api/essai/x", "OPTIONS", headers=asked)
    assert found.status_code == 200
    assert found.headers["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert found.headers["Access-Control-Allow-Headers"] == "ods-widgets-version, x-autre"
    plain = serveur.demander("/api/essai/x", "OPTIONS")
    assert "ODS-Widgets-Version" in plain.headers["Access-Control-Allow-Headers"]


def test_head_et_barre_finale(serveur: Serveur) -> None:
    found = serveur.demander("/api/essai/long/", "HEAD", headers={"Accept-Encoding": "identity"})
    assert (found.status_code, found.headers["Content-Length"]) == (200, "100002")
    slash = serveur.demander("/api/essai/x/")
    assert slash.status_code == 200


def test_gzip_quand_il_est_admis(serveur: Serveur) -> None:
    zipped = serveur.demander("/api/essai/long")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert len(zipped.json()) == 100_000
    plain = serveur.demander("/api/essai/long", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers


def test_les_erreurs_dans_les_mots_de_chaque_interface(serveur: Serveur) -> None:
    found = serveur.demander("/api/essai/erreur")
    assert (found.status_code, found.json()) == (
        400,
        {"error_code": "ODSQLError", "message": "wrong"},
    )
    assert found.headers["Content-Type"] == "application/json; charset=utf-8"
    problem = serveur.demander("/api/essai/erreur", headers={"Accept": "application/problem+json"})
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == 400
    v1 = serveur.demander("/api/records/1.0/search/")
    assert v1.json() == {"errorcode": 404, "error": "Unknown dataset: x"}
    unknown = serveur.demander("/api/inconnu").json()
    assert unknown["error_code"] == "NotFoundURI"
    assert "swagger.json" in unknown["message"]
    assert serveur.demander("/api/essai/x", "DELETE").status_code == 405


def test_une_erreur_imprevue_ne_dit_rien_et_se_retrouve(serveur: Serveur) -> None:
    found = serveur.demander("/api/essai/imprevue?q=dupont-martin", headers=ORIGINE)
    identifier = found.headers["X-Request-ID"]
    assert found.status_code == 500
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    assert identifier in found.json()["message"]
    assert "dupont" not in found.text
    attendre(lambda: any(identifier in line and "ValueError" in line for line in serveur.journal))
    assert not any("dupont" in line for line in serveur.journal)


def test_le_journal_ne_dit_ni_valeur_ni_adresse(serveur: Serveur) -> None:
    serveur.demander("/api/essai/x?q=durand-lefevre")
    serveur.demander("/durand-lefevre")
    serveur.demander("/health")
    told = "".join(serveur.journal)
    assert "durand" not in told
    assert "127.0.0.1" not in told
    lines = [json.loads(line) for line in serveur.journal]
    assert {"methode", "route", "statut", "ms", "octets", "requete"} <= lines[0].keys()
    assert "/api/essai/{nom}" in {line.get("route") for line in lines}


def test_corps_et_adresse_bornes(serveur: Serveur) -> None:
    path = "/api/essai/x"
    assert serveur.demander(path, "POST", data=b'"' + b"a" * 9_000 + b'"').text[:3] == '"aa'
    assert (
        serveur.demander(path, "POST", data=b"a" * 20_000).json()["error_code"] == "RequestTooLarge"
    )
    assert serveur.demander(f"{path}?q={'a' * 64_000}").status_code == 200
    assert serveur.demander(f"{path}?q={'a' * 70_000}").status_code == 414


def test_le_quota_est_dit_puis_tenu(tmp_path: Path) -> None:
    server = portail_double.demarrer(tmp_path, quota=2)
    try:
        remaining = []
        for _ in range(2):
            found = server.demander("/api/essai/x")
            assert found.headers["X-RateLimit-Limit"] == "2"
            assert found.headers["X-RateLimit-Reset"].endswith(" 00:00:00+00:00")
            remaining.append(found.headers["X-RateLimit-Remaining"])
        assert remaining == ["1", "0"]
        refused = server.demander("/api/essai/x")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        body = refused.json()
        assert (body["errorcode"], body["call_limit"], body["limit_time_unit"]) == (10002, 2, "day")
        assert "X-RateLimit-Limit" not in server.demander("/health").headers
    finally:
        assert server.arreter() == 0
