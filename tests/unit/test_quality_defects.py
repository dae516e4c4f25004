"""A planted defect per rule: each rule of each dataset catches its own, and only its own.

Rules on rows: every defect is planted in its own row of one candidate, so a rule that catches a
neighbour's defect shows too. Rules on measures: each defect is planted alone. A rule without a
defect here fails ``test_every_rule_has_its_defect``.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from orchestration.jeux import Jeu
from orchestration.publication.candidat import Candidat, preparer
from orchestration.publication.sources import Approvisionnement, approvisionnement
from orchestration.quality.cadres import Mesures
from orchestration.quality.controle import controler
from orchestration.quality.derivees import Contexte, regles_derivees
from orchestration.quality.moteur import Moteur
from orchestration.quality.profils import cadres_mesures
from orchestration.quality.rapport import Rapport, Resultat
from orchestration.quality.regles import DONNEES, RENSEIGNEE, UNIQUE, Regle, lire_reglement
from tests.unit import petits_jeux
from tests.unit.defauts import ENSEMBLE, LIGNES, MARQUES
from tests.unit.petits_jeux import ACHATS, OFFRE, USAGERS

JEUX = (OFFRE, ACHATS, USAGERS)


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
    petits_jeux.construire_mart(jeu, rows)
    candidat = preparer(jeu)
    contexte = _contexte(jeu, None)
    rules = [*regles_derivees(contexte), *lire_reglement(jeu).regles]
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


def _contexte(jeu: Jeu, reference: Mesures | None) -> Contexte:
    version = "2026.02.1" if reference else None
    return Contexte(jeu, lire_reglement(jeu), approvisionnement(jeu), version, reference)


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


@pytest.mark.parametrize("jeu", JEUX)
def test_sound_rows_satisfy_every_rule(etat_partage: None, jeux: dict[str, Jeu], jeu: str) -> None:
    petits_jeux.construire_mart(jeux[jeu], petits_jeux.lignes(jeu))
    rapport = controler(jeux[jeu], preparer(jeux[jeu]))
    assert rapport.echecs == ()
    assert rapport.success


@pytest.mark.parametrize(
    ("jeu", "regle"), [(jeu, rule) for jeu in JEUX for rule in ENSEMBLE.get(jeu, {})]
)
def test_a_defect_of_the_whole_is_caught_by_its_rule_only(
    etat_partage: None, jeux: dict[str, Jeu], jeu: str, regle: str
) -> None:
    rows = ENSEMBLE[jeu][regle](petits_jeux.lignes(jeu))
    petits_jeux.construire_mart(jeux[jeu], rows)
    rapport = controler(jeux[jeu], preparer(jeux[jeu]))
    assert [item.regle for item in rapport.echecs] == [regle]
    assert rapport.success == (rapport.echecs[0].severity == "alerte")


# --- rules on measures -------------------------------------------------------------------------

Etat = tuple[Contexte, Mesures]
JOURS = {OFFRE: 1, ACHATS: 80, USAGERS: 250}
SUIVANTE = {OFFRE: "2026-03-16", ACHATS: "2026-04", USAGERS: "2026-T2"}


def _sans_source(contexte: Contexte, mesures: Mesures) -> Etat:
    kept = tuple(
        item
        for item in contexte.approvisionnement.extraits
        if item.source != contexte.approvisionnement.filiere[-1]
    )
    return replace(contexte, approvisionnement=_avec(contexte, kept)), mesures


def _extrait_plus_recent(contexte: Contexte, mesures: Mesures) -> Etat:
    later = tuple(
        replace(item, date_extraction=_decale(item.date_extraction, JOURS[contexte.jeu.nom]))
        for item in contexte.approvisionnement.extraits
    )
    return replace(contexte, approvisionnement=_avec(contexte, later)), mesures


def _decale(day: str, days: int) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()


def _avec(contexte: Contexte, extraits: tuple[Any, ...]) -> Approvisionnement:
    landed = {item.source for item in extraits}
    filiere = contexte.approvisionnement.filiere
    missing = tuple(source for source in filiere if source not in landed)
    return Approvisionnement(filiere, missing, extraits)


def _reference(**changes: Any) -> Callable[[Contexte, Mesures], Etat]:
    def change(contexte: Contexte, mesures: Mesures) -> Etat:
        assert contexte.reference
        return replace(contexte, reference=replace(contexte.reference, **changes)), mesures

    return change


def _mesures(**changes: Any) -> Callable[[Contexte, Mesures], Etat]:
    return lambda contexte, mesures: (contexte, replace(mesures, **changes))


def _vide(contexte: Contexte, mesures: Mesures) -> Etat:
    return replace(contexte, reference=None), replace(mesures, lignes=0, periode_max=None)


def _defauts_mesures(contexte: Contexte, mesures: Mesures) -> dict[str, Callable[..., Etat]]:
    """One way to break each rule on measures, and no other rule."""
    columns = mesures.colonnes
    swapped = (columns[1], columns[0], *columns[2:])
    retyped = ((columns[0][0], "BLOB"), *columns[1:])
    twice = {name: str(2 * Decimal(total)) for name, total in mesures.totaux.items()}
    return {
        "sources": _sans_source,
        "colonnes": _mesures(colonnes=swapped),
        "types": _mesures(colonnes=retyped),
        "lignes": _vide,
        "csv_fidele": _mesures(csv_fidele=False),
        "fraicheur_extrait": _extrait_plus_recent,
        "fraicheur_publication": _reference(periode_max=SUIVANTE[contexte.jeu.nom]),
        "derive.lignes": _reference(lignes=2 * mesures.lignes),
        **{
            f"derive.total.{name}": _reference(totaux=mesures.totaux | {name: twice[name]})
            for name in mesures.totaux
        },
        **{
            f"derive.nuls.{name}": _mesures(nuls=mesures.nuls | {name: share + 0.11})
            for name, share in mesures.nuls.items()
        },
    }


@pytest.fixture(scope="module")
def mesurees(etat_partage: None, jeux: dict[str, Jeu]) -> dict[str, Etat]:
    """Measures of sound candidates, compared with a publication of the same content."""
    found = {}
    for name in JEUX:
        petits_jeux.construire_mart(jeux[name], petits_jeux.lignes(name))
        mesures = controler(jeux[name], preparer(jeux[name])).mesures
        found[name] = (_contexte(jeux[name], mesures), mesures)
    return found


@pytest.mark.parametrize("jeu", JEUX)
def test_a_defect_of_a_measure_is_caught_by_its_rule_only(
    mesurees: dict[str, Etat], jeu: str
) -> None:
    contexte, mesures = mesurees[jeu]
    assert _echecs(contexte, mesures) == []
    for rule, plant in _defauts_mesures(contexte, mesures).items():
        assert _echecs(*plant(contexte, mesures)) == [rule]


def _echecs(contexte: Contexte, mesures: Mesures) -> list[str]:
    rules = [rule for rule in regles_derivees(contexte) if rule.cadre != DONNEES]
    frames = cadres_mesures(contexte.jeu, mesures, contexte.approvisionnement)
    moteur = Moteur()
    return [
        name
        for cadre, frame in frames.items()
        for name, verdict in moteur.evaluer(
            frame, [rule for rule in rules if rule.cadre == cadre]
        ).items()
        if not verdict.success
    ]


@pytest.mark.parametrize("jeu", JEUX)
def test_every_rule_has_its_defect(mesurees: dict[str, Etat], jeu: str) -> None:
    contexte, mesures = mesurees[jeu]
    rules = {rule.id for rule in [*regles_derivees(contexte), *lire_reglement(contexte.jeu).regles]}
    planted = {*LIGNES[jeu], *ENSEMBLE.get(jeu, {}), *_defauts_mesures(contexte, mesures)}
    assert planted == rules


def test_a_repeated_key_is_searched_by_the_library_itself(jeux: dict[str, Jeu]) -> None:
    """The key's rule is Great Expectations' own, with the declared key."""
    contexte = Contexte(
        jeux[OFFRE], lire_reglement(jeux[OFFRE]), Approvisionnement(("edof",), (), ()), None, None
    )
    rule = next(rule for rule in regles_derivees(contexte) if rule.id == "cle_unique")
    assert (rule.type, rule.kwargs["column_list"]) == (UNIQUE, list(jeux[OFFRE].cle))
