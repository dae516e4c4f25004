"""What reports never show: refused values, rows of too few persons, more than a few examples."""

from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.jeux import Jeu
from orchestration.publication.candidat import preparer
from orchestration.quality.controle import controler
from orchestration.quality.resultats import NON_MONTREE
from tests.unit import petit_etat, petits_jeux
from tests.unit.petits_controles import CANARI, candidat_avec, echecs, publique
from tests.unit.petits_jeux import OFFRE, USAGERS, Ligne


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"genre": CANARI}, id="key"),
        pytest.param({"departement_residence": CANARI}, id="label"),
        pytest.param({"annee_entree": CANARI}, id="malformed"),
    ],
)
def test_a_refused_value_is_never_shown(etat: Path, jeux: dict[str, Jeu], changes: Ligne) -> None:
    """A name that slipped into a mart: the report says where, never what."""
    row = petits_jeux.lignes(USAGERS)[0] | {"csp": "Cadre", "montant_opco": Decimal(1)} | changes
    rapport = controler(jeux[USAGERS], candidat_avec(jeux[USAGERS], row))
    assert "montants_ventiles" in echecs(rapport)
    example = next(item for item in rapport.echecs if item.regle == "montants_ventiles").exemples[0]
    assert example["csp"] == "Cadre"
    assert set(example) == {"ligne", *jeux[USAGERS].cle}
    if "genre" in changes:
        assert example["genre"] == NON_MONTREE
    assert CANARI not in publique(rapport)


def test_too_few_persons_are_counted_and_never_pointed_at(etat: Path, jeux: dict[str, Jeu]) -> None:
    """Not even by another rule that the same row breaks."""
    small = petits_jeux.lignes(USAGERS)[0] | {
        "csp": "Cadre",
        "nb_titulaires": 10,
        "montant_opco": Decimal(1),
    }
    rapport = controler(jeux[USAGERS], candidat_avec(jeux[USAGERS], small))
    found = {item.regle: item for item in rapport.echecs}
    assert set(found) == {"seuil_personnes", "montants_ventiles"}
    assert [item.inattendus for item in found.values()] == [1, 1]
    assert [item.exemples for item in found.values()] == [(), ()]
    assert "Cadre" not in publique(rapport)


def test_examples_are_five_at_most(etat: Path, jeux: dict[str, Jeu]) -> None:
    petit_etat.construire_mart(
        jeux[OFFRE], [row | {"nbaction_nbheures": 1} for row in petits_jeux.lignes(OFFRE)]
    )
    rapport = controler(jeux[OFFRE], preparer(jeux[OFFRE]))
    (failed,) = rapport.echecs
    assert (failed.inattendus, failed.evalues, failed.part) == (12, 12, 1.0)
    assert len(failed.exemples) == 5
    assert failed.exemples[0] == {
        "ligne": 1,
        "numero_formation": "11111111100000_F0",
        "code_departement": "75",
    }
