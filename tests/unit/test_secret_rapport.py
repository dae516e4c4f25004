"""The disclosure report: what it holds, what its page says, and to whom."""

import json
import re
from dataclasses import replace

import pytest

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication.candidat import Candidat
from orchestration.secret.constats import Constat
from orchestration.secret.controle import controler_secret
from orchestration.secret.page import page
from orchestration.secret.rapport import RapportSecret, refus_secret, relire_secret
from tests.unit import petit_coffre, rapports
from tests.unit.petit_coffre import Situation
from tests.unit.petits_jeux import OFFRE, USAGERS

ECHEC = Constat("personnes_par_ligne", "Chaque ligne compte assez de personnes", 12, 1)


@pytest.fixture(scope="module")
def fait(etat_partage: None, jeux: dict[str, Jeu]) -> RapportSecret:
    """A report made from a small vault."""
    return controler_secret(*petit_coffre.poser(jeux[USAGERS], Situation()))


def test_the_json_is_read_back_as_it_was(fait: RapportSecret, jeux: dict[str, Jeu]) -> None:
    assert relire_secret(replace(jeux[USAGERS], seuil=petit_coffre.SEUIL)) == fait


def test_detail_and_other_thresholds(fait: RapportSecret) -> None:
    """Thirteen dossiers: five in a row of their own, the others a level higher."""
    assert [(item.niveau, item.lignes, item.dossiers) for item in fait.niveaux] == [
        (1, 1, 5),
        (2, 2, 8),
    ]
    kept = {item.seuil: item.parts for item in fait.estimations}
    assert set(kept) == {5, 10, 11}
    # Five persons pass alone; of the eight others, four in each département, all in a région.
    assert kept[5] == (round(5 / 13, 4), 0, 0, 0, round(8 / 13, 4), 0, 0, 0)
    assert kept[11] == (0, 0, 0, 0, 1, 0, 0, 0)


def test_a_group_of_one_value_is_flagged_by_its_public_key(fait: RapportSecret) -> None:
    """Beside the row of employees there are other cells: its group is not of one value."""
    assert {item.colonne: item.lignes for item in fait.unanimites} == {"csp": 0, "statut": 0}


def test_whole_groups_of_one_value_are_counted(etat_partage: None, jeux: dict[str, Jeu]) -> None:
    cells = [("75", "Employé", "Clos", petit_coffre.seuls("abcde"))]
    alone = Situation(cellules=cells, lignes=[(1, [0])], communs={})
    rapport = controler_secret(*petit_coffre.poser(jeux[USAGERS], alone))
    found = {item.colonne: item for item in rapport.unanimites}
    assert (found["csp"].lignes, found["statut"].lignes) == (1, 1)
    assert found["csp"].exemples[0]["csp"] == "Employé"


def test_no_person_is_in_the_files(fait: RapportSecret) -> None:
    folder = settings.candidats(fait.jeu)
    said = "".join((folder / f"secret.{kind}").read_text("utf-8") for kind in ("json", "html"))
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", said)
    assert "titulaires" not in json.dumps([item.exemples for item in fait.unanimites])


def test_the_page_answers_first(jeux: dict[str, Jeu], tmp_path: object) -> None:
    said = page(_a_la_main(jeux), "2026.11.1")
    assert '<html lang="fr">' in said
    assert "version 2026.11.1" in said
    assert said.index("Rien ne se déduit") < said.index("Combien de détail")
    assert "38\u202f009 chiffres publiés" in said
    assert "75,0\u202f%" in said
    assert "notre choix" in said
    assert "1\u202f118" in said
    # Values are escaped, and nothing is fetched nor run.
    assert "&lt;Cadre&gt;" in said
    assert not re.search(r"(src|href)\s*=|url\(|@import|<script|<link|https?:", said)


def test_the_page_of_a_refusal_says_why(jeux: dict[str, Jeu]) -> None:
    said = page(_a_la_main(jeux, ECHEC), None)
    assert "✕ Bloqué" in said
    assert ECHEC.libelle in said
    assert "Rien ne se déduit" not in said


def test_what_is_refused(etat_partage: None, jeux: dict[str, Jeu]) -> None:
    jeu, candidat = petit_coffre.poser(jeux[USAGERS], Situation())
    absent = refus_secret(jeu, candidat.fichiers)
    assert absent is not None
    assert "n'a pas été contrôlé" in absent
    controler_secret(jeu, candidat)
    assert refus_secret(jeu, candidat.fichiers) is None
    assert refus_secret(jeu, candidat.fichiers[:1])
    assert refus_secret(replace(jeu, seuil=2), candidat.fichiers)
    assert refus_secret(jeux[OFFRE], ()) is None


def _a_la_main(jeux: dict[str, Jeu], *constats: Constat) -> RapportSecret:
    return rapports.rapport_secret(jeux[USAGERS], Candidat(USAGERS, 12, ()), *constats)
