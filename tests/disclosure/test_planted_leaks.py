"""At least 200 leaks of at least ten kinds planted in sound partitions: every one is caught."""

from collections import defaultdict

import numpy as np
import pytest

from tests.disclosure.auditor.auditor import audit_version
from tests.disclosure.auditor.leaks import Mutation, mutations
from tests.disclosure.auditor.leaks_between_versions import version_mutations
from tests.factories.safe_partition import AMOUNT, RULES, population, publish

# What must be said of each kind of planted leak; more may be.
EXPECTED_FINDINGS = {
    "une_feuille_d_un_bloc": {"effectif"},
    "voisine_absorbee_publiee": {"effectif", "intervalle"},
    "parent_moins_une_feuille": {"effectif"},
    "moyenne_d_un_statut_cache": {"effectif"},
    "moyenne_de_tous_les_autres": {"effectif"},
    "prix_extreme_d_un_petit_groupe": {"extreme"},
    "part_et_son_denominateur": {"effectif"},
    "financeur_de_trop_peu_de_contributeurs": {"contributeurs"},
    "financeur_par_difference": {"contributeurs"},
    "montant_domine": {"dominance"},
    "dossiers_au_lieu_de_personnes": {"effectif"},
    "bloc_d_une_cellule": {"effectif"},
    "intervalle_etroit": {"intervalle"},
    "blocs_redessines_apres_revision": {"recoupement_de_versions"},
    "revision_de_trop_peu_de_personnes": {"revision"},
    "revision_par_difference": {"revision"},
}
PER_KIND = 24


@pytest.fixture(scope="module")
def planted_leaks() -> dict[str, list[Mutation]]:
    """Up to ``PER_KIND`` leaks of each kind, spread over one partition."""
    detected: dict[str, list[Mutation]] = defaultdict(list)
    sound = publish(population(11))
    for leak in mutations(sound, RULES, AMOUNT):
        detected[leak.kind].append(leak)
    for leak in version_mutations(sound, RULES, np.random.default_rng(11)):
        detected[leak.kind].append(leak)
    return {kind: leaks[:: -(-len(leaks) // PER_KIND)] for kind, leaks in detected.items()}


def test_two_hundred_leaks_of_sixteen_kinds_are_planted(
    planted_leaks: dict[str, list[Mutation]],
) -> None:
    assert set(planted_leaks) == set(EXPECTED_FINDINGS)
    assert sum(map(len, planted_leaks.values())) >= 200


@pytest.mark.parametrize("kind", EXPECTED_FINDINGS)
def test_every_planted_leak_is_caught(planted_leaks: dict[str, list[Mutation]], kind: str) -> None:
    for leak in planted_leaks[kind]:
        detected = audit_version(leak.version, RULES, leak.previous)
        assert {item.kind for item in detected} & EXPECTED_FINDINGS[kind]
        # Ids of published lines only: no value, no cell, no person.
        known = {line.id for line in leak.version.figures}
        if leak.previous:
            known |= {line.id for line in leak.previous.figures}
        assert {name for item in detected for name in item.figures} <= known
