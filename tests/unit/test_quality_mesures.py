"""A planted defect per rule on measures (sources, file, freshness, drift), each planted alone."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from orchestration.jeux import Jeu
from orchestration.publication.candidat import preparer
from orchestration.publication.sources import Approvisionnement
from orchestration.quality.cadres import Mesures
from orchestration.quality.comparaisons import Contexte
from orchestration.quality.controle import controler
from orchestration.quality.derivees import regles_derivees
from orchestration.quality.moteur import Moteur
from orchestration.quality.profils import cadres_mesures
from orchestration.quality.rapport import Rapport
from orchestration.quality.regles import DONNEES, UNIQUE, lire_reglement
from tests.unit import petit_etat, petits_jeux, rapports
from tests.unit.defauts import ENSEMBLE, LIGNES
from tests.unit.petits_jeux import OFFRE

# One worker makes the shared state once.
pytestmark = pytest.mark.xdist_group("mesures")
JEUX = tuple(LIGNES)
Etat = tuple[Contexte, Mesures]
JOURS = {"quotidien": 1, "mensuel": 500, "trimestriel": 250}
LOINTAINE = {"quotidien": "2026-03-16", "mensuel": "2026-04", "trimestriel": "2026-T3"}
SUIVANTE = {"quotidien": "2026-03-16", "mensuel": "2027-01", "trimestriel": "2026-T2"}


def _sans_source(contexte: Contexte, mesures: Mesures) -> Etat:
    kept = tuple(
        item
        for item in contexte.approvisionnement.extraits
        if item.source != contexte.approvisionnement.filiere[-1]
    )
    return replace(contexte, approvisionnement=_avec(contexte, kept)), mesures


def _extrait_plus_recent(contexte: Contexte, mesures: Mesures) -> Etat:
    later = tuple(
        replace(item, date_extraction=_decale(item.date_extraction, JOURS[contexte.jeu.rythme]))
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
    return replace(contexte, reference=None), replace(
        mesures, lignes=0, periode_max=None, dernier_jour=None
    )


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
        "periode_non_future": _mesures(periode_max=LOINTAINE[contexte.jeu.rythme]),
        "csv_fidele": _mesures(csv_fidele=False),
        "jsonl_fidele": _mesures(jsonl_fidele=False),
        "fraicheur_extrait": _extrait_plus_recent,
        "fraicheur_publication": _reference(periode_max=SUIVANTE[contexte.jeu.rythme]),
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
def sains(etat_partage: None, jeux: dict[str, Jeu]) -> dict[str, Rapport]:
    """Controls of candidates without defect."""
    found = {}
    for name in JEUX:
        petit_etat.construire_mart(jeux[name], petits_jeux.lignes(name))
        found[name] = controler(jeux[name], preparer(jeux[name]))
    return found


@pytest.fixture(scope="module")
def mesurees(sains: dict[str, Rapport], jeux: dict[str, Jeu]) -> dict[str, Etat]:
    """Their measures, compared with a publication of the same content."""
    return {
        name: (rapports.contexte(jeux[name], rapport.mesures), rapport.mesures)
        for name, rapport in sains.items()
    }


@pytest.mark.parametrize("jeu", JEUX)
def test_sound_rows_satisfy_every_rule(sains: dict[str, Rapport], jeu: str) -> None:
    assert sains[jeu].echecs == ()
    assert sains[jeu].success


@pytest.mark.parametrize("jeu", JEUX)
def test_a_defect_of_a_measure_is_caught_by_its_rule_only(
    mesurees: dict[str, Etat], jeu: str
) -> None:
    contexte, mesures = mesurees[jeu]
    moteur, known = Moteur(), dict[str, list[str]]()
    assert _echecs(moteur, known, contexte, mesures) == []
    for rule, plant in _defauts_mesures(contexte, mesures).items():
        assert _echecs(moteur, known, *plant(contexte, mesures)) == [rule]


def _echecs(
    moteur: Moteur, known: dict[str, list[str]], contexte: Contexte, mesures: Mesures
) -> list[str]:
    """Rules on measures that fail. What was evaluated before is ``known``, hence not redone."""
    rules = [rule for rule in regles_derivees(contexte) if rule.cadre != DONNEES]
    failed = []
    for cadre, frame in cadres_mesures(contexte.jeu, mesures, contexte.approvisionnement).items():
        chosen = [rule for rule in rules if rule.cadre == cadre]
        question = f"{list(frame.columns)} {frame.to_json()} {chosen}"
        if question not in known:
            verdicts = moteur.evaluer(frame, chosen)
            known[question] = [name for name, item in verdicts.items() if not item.success]
        failed += known[question]
    return failed


def test_every_dataset_has_its_defects(jeux: dict[str, Jeu]) -> None:
    assert set(LIGNES) == set(jeux)


@pytest.mark.parametrize("jeu", JEUX)
def test_every_rule_has_its_defect(mesurees: dict[str, Etat], jeu: str) -> None:
    contexte, mesures = mesurees[jeu]
    rules = {rule.id for rule in [*regles_derivees(contexte), *lire_reglement(contexte.jeu).regles]}
    planted = {*LIGNES[jeu], *ENSEMBLE.get(jeu, {}), *_defauts_mesures(contexte, mesures)}
    assert planted == rules, f"tests/unit/defauts.py and {jeu}.yml differ on {planted ^ rules}"


def test_a_repeated_key_is_searched_by_the_library_itself(jeux: dict[str, Jeu]) -> None:
    """The key's rule is Great Expectations' own, with the declared key."""
    contexte = Contexte(
        jeux[OFFRE], lire_reglement(jeux[OFFRE]), Approvisionnement(("edof",), (), ()), None, None
    )
    rule = next(rule for rule in regles_derivees(contexte) if rule.id == "cle_unique")
    assert (rule.type, rule.kwargs["column_list"]) == (UNIQUE, list(jeux[OFFRE].cle))
