"""Leaks planted in sound publications, against the very checks that block one: the gate, and the
dbt test of revisions between two versions. Each leak is caught, and each check is needed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import duckdb
import pytest

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.checks import disclosure_rules
from orchestration.disclosure.gate.disclosure_report import Rules
from orchestration.disclosure.gate.findings import Finding
from orchestration.disclosure.gate.linked_tables import subtract_totals
from tests.disclosure.leaks import amounts, persons
from tests.disclosure.leaks.between_datasets import (
    Difference,
    differences,
    marts_of,
    sound_differences,
)
from tests.disclosure.leaks.between_versions import (
    Revision,
    revisions,
    sound_revisions,
    vault_of,
)
from tests.disclosure.leaks.dbt_tests import failing_rows
from tests.disclosure.leaks.planting import Leak, leaks
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
    "memes_personnes_de_plusieurs_cellules": {"personnes_par_ligne"},
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
    "lot_tardif_de_trop_peu_de_personnes": {"personnes_par_ligne"},
    "ecart_de_trop_peu_de_personnes": {"personnes_de_l_ecart"},
    "ecart_d_un_financeur": {"montants_de_l_ecart"},
    "ecart_du_reste": {"montants_de_l_ecart"},
}
PER_KIND = 9
POPULATIONS = tuple(population(seed) for seed in (1, 2, 3))
RULES = settings.PROJECT / "orchestration" / "disclosure" / "gate" / "sql" / "rules"
# The tables that hold what is published and of whom.
TABLES = (
    *("int_dossiers__courants", "int_usagers__partition", "int_usagers__communs"),
    *("int_usagers__diffusion", "fichier"),
)


@dataclass(frozen=True)
class Verdict:
    """What every check says of a publication, and the digest of what it publishes."""

    findings: tuple[Finding, ...]
    digest: tuple[int, ...]

    @property
    def failures(self) -> frozenset[str]:
        """The checks that refuse it."""
        return frozenset(finding.regle for finding in self.findings if not finding.success)


@dataclass(frozen=True)
class Gate:
    """The checks that block a publication, as production calls them."""

    users: Dataset
    purchases: Dataset
    rules: Rules

    def judge(self, planted: Planted) -> Verdict:
        """Make the vault of a publication, and let every check judge it."""
        with _open(planted) as connection:
            mart = [f"coffre.marts.{PURCHASES}"] if isinstance(planted, Difference) else []
            findings = tuple(self._findings(planted, connection))
            return Verdict(findings, _digest(connection, [*TABLES, *mart]))

    def _findings(
        self, planted: Planted, connection: duckdb.DuckDBPyConnection
    ) -> Iterator[Finding]:
        if isinstance(planted, Difference):
            yield from subtract_totals(connection, self.purchases, self.users)
            return
        yield from judge_file(connection, self.users, self.rules)
        if isinstance(planted, Revision):
            yield Finding(REVISIONS, "", 1, failing_rows(connection, REVISIONS, self.users))


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
    yield from leaks(people, persons.KINDS | amounts.KINDS)
    yield from revisions(people)
    yield from differences(people)


@pytest.fixture(scope="module")
def verdicts(gate: Gate, planted: dict[str, list[Planted]]) -> dict[str, list[Verdict]]:
    """What is said of each leak."""
    return {kind: [gate.judge(leak) for leak in every] for kind, every in planted.items()}


@pytest.fixture(scope="module")
def sound(gate: Gate) -> list[Verdict]:
    """What is said of publications that do not leak, the populations themselves among them."""
    return [
        gate.judge(publication)
        for people in POPULATIONS
        for publication in (
            Leak("sound", people.scenario),
            *list(sound_revisions(people))[:7],
            *sound_differences(people),
        )
    ]


def test_the_leaks_are_many_and_of_many_kinds(planted: dict[str, list[Planted]]) -> None:
    assert set(planted) == set(EXPECTED)
    assert sum(map(len, planted.values())) >= 272


def test_sound_publications_pass(sound: list[Verdict]) -> None:
    assert [verdict.failures for verdict in sound] == [frozenset()] * len(sound)


def test_each_leak_is_another_publication(
    verdicts: dict[str, list[Verdict]], sound: list[Verdict]
) -> None:
    """What is planted shows in the tables: no two leaks are the same, and none is a sound one."""
    leaking = Counter(verdict.digest for every in verdicts.values() for verdict in every)
    assert leaking.most_common(1)[0][1] == 1
    assert leaking.keys().isdisjoint(verdict.digest for verdict in sound)


@pytest.mark.parametrize("kind", EXPECTED)
def test_every_leak_is_caught(verdicts: dict[str, list[Verdict]], kind: str) -> None:
    assert verdicts[kind]
    missed = [each.failures for each in verdicts[kind] if not each.failures & EXPECTED[kind]]
    assert missed == []


def test_each_check_alone_catches_a_leak(
    gate: Gate,
    planted: dict[str, list[Planted]],
    verdicts: dict[str, list[Verdict]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without it, that leak would be published."""
    alone: dict[str, Planted] = {}
    for kind, every in verdicts.items():
        for leak, verdict in zip(planted[kind], every, strict=True):
            if len(verdict.failures) == 1:
                alone |= dict.fromkeys(verdict.failures, leak)
    said = {
        finding.regle for every in verdicts.values() for one in every for finding in one.findings
    }
    rules = {path.stem for path in RULES.iterdir()}
    assert set(alone) == said | rules
    for check, leak in alone.items():
        monkeypatch.setattr(
            Finding,
            "success",
            property(lambda finding, off=check: finding.regle == off or not finding.anomalies),
        )
        assert gate.judge(leak).failures == frozenset()


def _digest(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> tuple[int, ...]:
    sums = [
        connection.execute(f"select sum(hash(lignes)) from {table} as lignes").fetchall()[0][0]
        for table in tables
    ]
    return tuple(int(total or 0) for total in sums)
