"""A planted defect per rule: each rule of each dataset catches its own, and only its own.

Every defect is planted in its own row of one candidate, so a rule that catches a neighbour's defect
shows too. Rules on measures are in ``test_quality_mesures``, with the test that fails when a rule
has no defect at all.
"""

from dataclasses import dataclass

import duckdb
import pytest

from orchestration.jeux import Jeu
from orchestration.publication.candidat import Candidat, preparer
from orchestration.quality.controle import controler
from orchestration.quality.derivees import regles_derivees
from orchestration.quality.rapport import Rapport, Resultat
from orchestration.quality.regles import RENSEIGNEE, Regle, lire_reglement
from tests.unit import petit_etat, petits_jeux, rapports
from tests.unit.defauts import ENSEMBLE, LIGNES, MARQUES

# One worker makes the shared state once.
pytestmark = pytest.mark.xdist_group("defauts")
JEUX = tuple(LIGNES)


@dataclass(frozen=True)
class Releve:
    """The control of a candidate with every row defect planted, and where each one was."""

    regles: dict[str, Regle]
    rapport: Rapport
    lignes: dict[str, list[int]]

    def resultat(self, regle: str) -> Resultat:
        return next(item for item in self.rapport.resultats if item.regle == regle)


@pytest.fixture(scope="module")
def releves(etat_partage: None, jeux: dict[str, Jeu]) -> dict[str, Releve]:
    return {name: _planter(jeux[name]) for name in JEUX}


def _planter(jeu: Jeu) -> Releve:
    rows = petits_jeux.lignes(jeu.nom)
    for number, (rule, (model, changes)) in enumerate(LIGNES[jeu.nom].items()):
        row = MARQUES[jeu.nom](rows[model], number) | changes
        # A key is repeated by planting its row twice.
        rows += [row, row] if rule == "cle_unique" else [row]
    petit_etat.construire_mart(jeu, rows)
    candidat = preparer(jeu)
    rules = [*regles_derivees(rapports.contexte(jeu)), *lire_reglement(jeu).regles]
    return Releve({rule.id: rule for rule in rules}, controler(jeu, candidat), _ou(jeu, candidat))


def _ou(jeu: Jeu, candidat: Candidat) -> dict[str, list[int]]:
    """Line numbers (from 1) of the planted rows in the candidate, by defect."""
    column, text = MARQUES[jeu.nom].colonne, MARQUES[jeu.nom].texte
    found: dict[str, list[int]] = {}
    rows = duckdb.sql(
        f"select file_row_number + 1, {column}::varchar from "
        f"read_parquet('{candidat.chemin('parquet')}', file_row_number = true) order by 1"
    ).fetchall()
    for number, rule in enumerate(LIGNES[jeu.nom]):
        found[rule] = [line for line, mark in rows if mark == text(number)]
    return found


@pytest.mark.parametrize(("jeu", "regle"), [(jeu, rule) for jeu in JEUX for rule in LIGNES[jeu]])
def test_a_row_defect_is_caught_by_its_rule_only(
    releves: dict[str, Releve], jeu: str, regle: str
) -> None:
    releve = releves[jeu]
    result, planted = releve.resultat(regle), releve.lignes[regle]
    # What is missing cannot satisfy the other rules on the same column either.
    also = [
        name
        for name, rule in releve.regles.items()
        if name != regle
        and rule.type == RENSEIGNEE
        and name in LIGNES[jeu]
        and set(rule.colonnes) <= set(releve.regles[regle].colonnes)
    ]
    assert not result.success
    assert result.severity == releve.regles[regle].severity
    assert len(planted) <= result.inattendus <= len(planted) + len(also)
    if result.exemples:
        elsewhere = {line for name in also for line in releve.lignes[name]}
        assert set(planted) <= {item["ligne"] for item in result.exemples} <= {*planted, *elsewhere}


@pytest.mark.parametrize(
    ("jeu", "regle"), [(jeu, rule) for jeu in JEUX for rule in ENSEMBLE.get(jeu, {})]
)
def test_a_defect_of_the_whole_is_caught_by_its_rule_only(
    etat_partage: None, jeux: dict[str, Jeu], jeu: str, regle: str
) -> None:
    rows = ENSEMBLE[jeu][regle](petits_jeux.lignes(jeu))
    petit_etat.construire_mart(jeux[jeu], rows)
    rapport = controler(jeux[jeu], preparer(jeux[jeu]))
    assert [item.regle for item in rapport.echecs] == [regle]
    assert rapport.success == (rapport.echecs[0].severity == "alerte")
