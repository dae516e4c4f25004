"""Purchases minus users: the persons who have not entered training yet."""

from dataclasses import replace

import pytest

from orchestration.jeux import Jeu
from orchestration.secret.commun import controler_commun
from orchestration.secret.controle import controler_secret
from tests.unit import petit_coffre
from tests.unit.petit_coffre import Part, Situation, part
from tests.unit.petits_jeux import ACHATS, USAGERS

pytestmark = pytest.mark.usefixtures("etat_partage")

ECARTS = {
    "nobody": ([], (0, 0)),
    "enough persons": ([part()] * 3, (0, 0)),
    "two persons": ([part()] * 2, (1, 2)),
    "enough persons, two of whom had a region's money": (
        [part(), part(50, region=50), part(50, region=50)],
        (0, 1),
    ),
    "enough had it": ([part(50, region=50)] * 3, (0, 0)),
}


@pytest.mark.parametrize("nom", ECARTS)
def test_known_answers(jeux: dict[str, Jeu], nom: str) -> None:
    waiting, expected = ECARTS[nom]
    assert _anomalies(jeux, waiting) == expected


def test_what_one_does_not_tell_cannot_be_subtracted(jeux: dict[str, Jeu]) -> None:
    """Two persons had a region's money, but its total is not told: it is with three others'."""
    waiting = [part(50, region=50), part(50, region=50), part(50, opco=50)]
    assert _anomalies(jeux, waiting) == (0, 2)
    assert _anomalies(jeux, waiting, cachees=("region", "opco")) == (0, 0)
    assert _anomalies(jeux, [*waiting[:2], part()], cachees=("region", "opco")) == (0, 1)


def test_one_dataset_alone_is_compared_with_nothing(jeux: dict[str, Jeu]) -> None:
    other = replace(jeux[ACHATS], nom="moncompteformation_absent")
    assert controler_commun(other, jeux[USAGERS]) == []


def test_both_reports_tell_it(jeux: dict[str, Jeu]) -> None:
    narrow, candidat = petit_coffre.poser(jeux[USAGERS], Situation(attente=[part()] * 2))
    large = replace(jeux[ACHATS], seuil=2)
    petit_coffre.tout_dire(large, cachees=())
    rapport = controler_secret(narrow, candidat, [(large, narrow)])
    assert [item.regle for item in rapport.echecs] == [
        "personnes_de_l_ecart",
        "montants_de_l_ecart",
    ]


def _anomalies(
    jeux: dict[str, Jeu], attente: list[Part], cachees: tuple[str, ...] = ()
) -> tuple[int, ...]:
    """Publish both, the purchases telling all save ``cachees``, and count what is found."""
    narrow, _ = petit_coffre.poser(jeux[USAGERS], Situation(attente=attente))
    large = replace(jeux[ACHATS], seuil=2)
    petit_coffre.tout_dire(large, cachees)
    return tuple(item.anomalies for item in controler_commun(large, narrow))
