"""At least 200 leaks of at least ten kinds planted in sound partitions: every one is caught."""

from collections import defaultdict

import numpy as np
import pytest

from orchestration.secret.audit import auditer
from orchestration.secret.mutations import Mutation, mutations
from orchestration.secret.mutations_de_versions import mutations_de_versions
from tests.unit.partition_secrete import MONTANT, REGLES, population, publier

# What must be said of each kind of planted leak; more may be.
ATTENDUES = {
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
PAR_GENRE = 24


@pytest.fixture(scope="module")
def plantees() -> dict[str, list[Mutation]]:
    """Up to ``PAR_GENRE`` leaks of each kind, spread over one partition."""
    found: dict[str, list[Mutation]] = defaultdict(list)
    sound = publier(population(11))
    for leak in mutations(sound, REGLES, MONTANT):
        found[leak.genre].append(leak)
    for leak in mutations_de_versions(sound, REGLES, np.random.default_rng(11)):
        found[leak.genre].append(leak)
    return {genre: leaks[:: -(-len(leaks) // PAR_GENRE)] for genre, leaks in found.items()}


def test_two_hundred_leaks_of_sixteen_kinds_are_planted(
    plantees: dict[str, list[Mutation]],
) -> None:
    assert set(plantees) == set(ATTENDUES)
    assert sum(map(len, plantees.values())) >= 200


@pytest.mark.parametrize("genre", ATTENDUES)
def test_every_planted_leak_is_caught(plantees: dict[str, list[Mutation]], genre: str) -> None:
    for leak in plantees[genre]:
        found = auditer(leak.version, REGLES, leak.precedente)
        assert {item.genre for item in found} & ATTENDUES[genre]
        # Ids of published lines only: no value, no cell, no person.
        known = {line.id for line in leak.version.lignes}
        if leak.precedente:
            known |= {line.id for line in leak.precedente.lignes}
        assert {name for item in found for name in item.lignes} <= known
