"""Requests of every kind: each is answered or refused with 400, soon, and no secret comes out."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, seed, settings

from tests.fuzz.atelier import API, CANARI, Atelier, Demande, Reponse, monter
from tests.fuzz.brouiller import demandes

pytestmark = pytest.mark.xdist_group("fuzz")


@pytest.fixture(scope="module")
def atelier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Atelier]:
    with monter(tmp_path_factory.mktemp("fuzz")) as shop:
        yield shop


@seed(20)
@settings(max_examples=3000, database=None, deadline=None, suppress_health_check=tuple(HealthCheck))
@given(demande=demandes)
def test_tout_est_repondu_ou_refuse(atelier: Atelier, demande: Demande) -> None:
    assert atelier.demander(demande).defaut is None


def test_les_secrets_sont_plantes(atelier: Atelier) -> None:
    run = atelier.moteur.connexion.execute
    assert run("select mot from coffre.secrets").fetchall() == [(CANARI,)]
    asked = atelier.demander(Demande(f"{API}/prive/records", ()))
    assert asked.defaut == "le secret est sorti"


@pytest.mark.parametrize(
    "reponse",
    [
        Reponse(500, b"{}", 0.1),
        Reponse(503, b"{}", 0.1),
        Reponse(200, CANARI.encode(), 0.1),
        Reponse(200, b"{}", 1.5),
        Reponse(400, b"{}", 0.1),
    ],
)
def test_ce_qui_ne_va_pas_est_vu(reponse: Reponse) -> None:
    assert reponse.defaut


@pytest.mark.parametrize(
    "clause",
    [
        "search('" + " ".join(f"mot{rank}" for rank in range(200)) + "')",
        " and ".join(f"'mot{rank}'" for rank in range(200)),
    ],
)
def test_trop_de_mots_dans_trop_de_champs_sont_refuses(atelier: Atelier, clause: str) -> None:
    found = atelier.demander(Demande(f"{API}/types/records", (("where", clause),)))
    assert found.statut == 400
    assert b"too many words" in found.corps


def test_un_mot_repete_ne_compte_qu_une_fois(atelier: Atelier) -> None:
    clause = f"search('{'école ' * 200}')"
    found = atelier.demander(Demande(f"{API}/types/records", (("where", clause),)))
    assert (found.statut, found.defaut) == (200, None)


def test_trier_par_rien_est_permis(atelier: Atelier) -> None:
    found = atelier.demander(Demande(f"{API}/types/records", (("order_by", "null, id desc"),)))
    assert (found.statut, found.defaut) == (200, None)
