"""The publications as the catalogue and the pages see them."""

import pytest

from orchestration.description.vitrine import lire_vitrine
from orchestration.jeux import Jeu
from orchestration.publication import versions
from tests.unit.petites_publications import dossier, publier_jeu
from tests.unit.petits_jeux import USAGERS

pytestmark = pytest.mark.usefixtures("etat_partage")


def test_only_what_the_pointer_named_is_seen(jeux: dict[str, Jeu]) -> None:
    jeu = jeux[USAGERS]
    first, second = publier_jeu(jeu, dossiers=40), publier_jeu(jeu, dossiers=41)
    (seen,) = (item for item in lire_vitrine().jeux if item.courante.jeu.nom == USAGERS)
    assert seen.courante.version == second.version
    assert [card.version for card in seen.fiches][:2] == [second.version, first.version]
    assert {file.nom for file in seen.courante.donnees} >= {f"{USAGERS}.csv", f"{USAGERS}.parquet"}
    assert seen.courante.lignes == second.lignes
    later = versions.Version(9999, 1, 1)
    (dossier(jeu) / str(later)).mkdir()
    try:
        assert lire_vitrine().jeux[0].courante.version == second.version
    finally:
        (dossier(jeu) / str(later)).rmdir()
