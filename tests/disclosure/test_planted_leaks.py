"""Leaks planted in sound publications of random persons, against the very checks that block one: the
gate, and between two versions the dbt test of revisions. Each is caught, and each check is needed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.datasets import Dataset
from orchestration.disclosure.gate import findings
from orchestration.disclosure.gate.checks import disclosure_rules
from orchestration.disclosure.gate.disclosure_report import Rules
from orchestration.disclosure.gate.findings import Finding
from orchestration.disclosure.gate.linked_tables import subtract_totals
from tests.disclosure.leaks import between_datasets, between_versions
from tests.disclosure.leaks.between_datasets import Difference, differences, marts_of
from tests.disclosure.leaks.between_versions import Revision, revisions, vault_of
from tests.disclosure.leaks.dbt_tests import failing_rows
from tests.disclosure.leaks.one_version import Leak, leaks
from tests.factories.safe_partition import THRESHOLD, Population, population
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.small_vault import judge_file, memory_vault

pytestmark = pytest.mark.xdist_group("planted_leaks")

Planted = Leak | Revision | Difference
REVISIONS = "revisions_sures"
# What must be said of each kind of leak, one of these at least; more may be.
EXPECTED = {
    "une_feuille_d_un_bloc": {"personnes_par_ligne"},
    "voisine_absorbee_publiee": {"personnes_par_ligne", "intervalles"},
    "parent_moins_une_feuille": {"cellule_dans_une_ligne"},
    "bloc_d_une_cellule": {"personnes_determinees"},
    "intervalle_etroit": {"intervalles"},
    "cellule_dite_deux_fois": {"cellule_dans_une_ligne"},
    "dossiers_au_lieu_de_personnes": {"personnes_par_ligne"},
    "personnes_mal_comptees": {"comptes_fideles"},
    "moyenne_d_un_statut_cache": {"fichier_fidele"},
    "moyenne_de_tous_les_autres": {"fichier_fidele"},
    "prix_extreme_d_un_petit_groupe": {"fichier_fidele"},
    "duree_extreme_d_un_petit_groupe": {"fichier_fidele"},
    "part_et_son_denominateur": {"fichier_fidele"},
    "financeur_de_trop_peu_de_contributeurs": {"montants_dits"},
    "montant_domine": {"montants_dits"},
    "ligne_dominee": {"personne_dominante"},
    "reste_domine": {"montants_en_commun"},
    "reste_de_quelques_personnes": {"montants_en_commun"},
    "montant_seul_en_commun": {"montants_en_commun"},
    "financeur_par_difference": {"montants_determines"},
    "ventilation_de_trop_peu_de_contributeurs": {"montants_ventiles"},
    "reste_d_une_ligne": {"restes_des_lignes"},
    "reste_d_un_groupe": {"restes_des_groupes"},
    "reste_de_tous": {"restes_des_financeurs"},
    "montant_cache_dit": {"lignes_fideles"},
    "montant_cache_ventile": {"ventilation_fidele"},
    "reste_de_ventilation_dit": {"somme_des_financeurs"},
    "dossiers_d_une_ventilation": {"rien_de_perdu"},
    "contributeurs_d_une_ventilation": {"personnes_par_ligne_publiee"},
    "ventilation_en_deux_lignes": {"cle_unique"},
    "montant_tu_en_partie": {"montants_tus_en_entier"},
    "blocs_redessines_apres_revision": {REVISIONS},
    "revision_de_trop_peu_de_personnes": {REVISIONS, "personnes_determinees"},
    "arrivee_de_trop_peu_de_personnes": {REVISIONS},
    "remplacement_de_trop_peu_de_personnes": {REVISIONS},
    "revision_par_difference": {"personnes_determinees"},
    "depart_de_trop_peu_de_contributeurs": {REVISIONS},
    "lot_de_trop_peu_de_personnes": {"personnes_par_ligne"},
    "ecart_de_trop_peu_de_personnes": {"personnes_de_l_ecart"},
    "ecart_d_un_financeur": {"montants_de_l_ecart"},
    "ecart_du_reste": {"montants_de_l_ecart"},
}
PER_KIND = 9
POPULATIONS = tuple(population(seed) for seed in (1, 2, 3))
# The tables that hold what is published and of whom.
TABLES = ("dossiers__courants", "usagers__partition", "usagers__communs", "usagers__diffusion")


class Gate:
    """The checks that block a publication, as production calls them."""

    def __init__(self, users: Dataset, purchases: Dataset, rules: Rules) -> None:
        self.users, self.purchases, self.rules = users, purchases, rules

    def findings(self, planted: Planted) -> tuple[Finding, ...]:
        """Return what every check says of a publication."""
        with _open(planted) as connection:
            if isinstance(planted, Difference):
                return tuple(subtract_totals(connection, self.purchases, self.users))
            said = judge_file(connection, self.users, self.rules)
            if isinstance(planted, Revision):
                rows = failing_rows(connection, REVISIONS, self.users)
                return (*said, Finding(REVISIONS, "", 1, rows))
            return said

    def failures(self, planted: Planted) -> frozenset[str]:
        """Return the checks that refuse a publication."""
        return frozenset(finding.regle for finding in self.findings(planted) if not finding.success)


def _open(planted: Planted) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    if isinstance(planted, Difference):
        return marts_of(planted)
    if isinstance(planted, Revision):
        return vault_of(planted)
    return memory_vault(planted.scenario, *planted.edits)


@pytest.fixture(scope="module")
def gate(datasets: dict[str, Dataset]) -> Gate:
    users = replace(datasets[USERS], seuil=THRESHOLD, register=None)
    return Gate(users, replace(datasets[PURCHASES], seuil=2), disclosure_rules(users))


@pytest.fixture(scope="module")
def planted() -> dict[str, list[Planted]]:
    """Up to ``PER_KIND`` leaks of each kind, spread over the populations."""
    by_kind: dict[str, list[Planted]] = defaultdict(list)
    for people in POPULATIONS:
        for leak in _everywhere(people):
            by_kind[leak.kind].append(leak)
    return {kind: every[:: -(-len(every) // PER_KIND)] for kind, every in by_kind.items()}


def _everywhere(people: Population) -> Iterable[Planted]:
    yield from leaks(people)
    yield from revisions(people)
    yield from differences(people)


@pytest.fixture(scope="module")
def caught(gate: Gate, planted: dict[str, list[Planted]]) -> dict[str, list[frozenset[str]]]:
    """The checks that refuse each leak."""
    return {kind: [gate.failures(leak) for leak in every] for kind, every in planted.items()}


def test_the_leaks_are_many_and_of_many_kinds(planted: dict[str, list[Planted]]) -> None:
    assert set(planted) == set(EXPECTED)
    assert sum(map(len, planted.values())) >= 272


@pytest.mark.parametrize("people", POPULATIONS)
def test_sound_publications_pass(gate: Gate, people: Population) -> None:
    sound: list[Planted] = [
        Leak("sound", people.scenario),
        *list(between_versions.sound_revisions(people))[:7],
        *between_datasets.sound_differences(people),
    ]
    assert [gate.failures(publication) for publication in sound] == [frozenset()] * len(sound)


def test_each_leak_is_another_publication(planted: dict[str, list[Planted]]) -> None:
    """What is planted shows in the tables: no two are the same, none is a sound one."""
    one_by_one = [leak for every in planted.values() for leak in every if isinstance(leak, Leak)]
    sound = [Leak("sound", people.scenario) for people in POPULATIONS]
    seen = Counter(_digest(leak) for leak in (*sound, *one_by_one))
    assert max(seen.values()) == 1


@pytest.mark.parametrize("kind", EXPECTED)
def test_every_leak_is_caught(caught: dict[str, list[frozenset[str]]], kind: str) -> None:
    assert caught[kind]
    assert [failures for failures in caught[kind] if not failures & EXPECTED[kind]] == []


def test_each_check_alone_catches_a_leak(
    gate: Gate,
    planted: dict[str, list[Planted]],
    caught: dict[str, list[frozenset[str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without it, that leak would be published."""
    alone: dict[str, Planted] = {}
    for kind, every in caught.items():
        for leak, failures in zip(planted[kind], every, strict=True):
            if len(failures) == 1:
                alone |= dict.fromkeys(failures, leak)
    known = {finding.regle for leak in alone.values() for finding in gate.findings(leak)}
    rules = {path.stem for path in (Path(findings.__file__).parent / "sql" / "rules").iterdir()}
    assert set(alone) == known | rules
    for check, leak in alone.items():
        monkeypatch.setattr(
            Finding,
            "success",
            property(lambda finding, off=check: finding.regle == off or not finding.anomalies),
        )
        assert gate.failures(leak) == frozenset()


def _digest(leak: Leak) -> tuple[int, ...]:
    with _open(leak) as connection:
        sums = [
            connection.execute(f"select sum(hash(lignes)) from {table} as lignes").fetchall()[0][0]
            for table in (*(f"int_{name}" for name in TABLES), "fichier")
        ]
    return tuple(int(total or 0) for total in sums)
