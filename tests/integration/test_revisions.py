"""Twelve monthly refreshes of revised dossiers: nothing is recovered, nothing small moves."""

import shutil
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from orchestration.secret.temoin import determinees
from tests.integration.conftest import World
from tests.integration.rejeu import Image, rejouer

SEUILS = {"moncompteformation_formations_engagees": 5, "moncompteformation_usagers": 11}
# Last level of each plan, by threshold.
DERNIERS = {5: 9, 11: 8}
MOIS = 12
_COMPTES = ["nb_dossiers_x", "nb_dossiers_y", "nb_titulaires_x", "nb_titulaires_y"]
ETAT = ["id_dossier", "num_ligne", "montant"]


@pytest.fixture(scope="module", params=sorted(SEUILS))
def histoire(
    request: pytest.FixtureRequest, published: World, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, list[Image]]:
    """The threshold of a dataset, and thirteen of its versions."""
    target = tmp_path_factory.mktemp("rejeu") / "data"
    shutil.copytree(published.data, target, symlinks=True)
    jeu = str(request.param)
    return SEUILS[jeu], rejouer(World(target), jeu, MOIS)


@pytest.mark.xdist_group("monde")
def test_revisions_are_published_and_add_up(histoire: tuple[int, list[Image]]) -> None:
    _, images = histoire
    assert len(images) == MOIS + 1
    assert sum(len(image.sortants) for image in images) > 50
    for before, after in pairwise(images):
        moved = after.lignes["nb_dossiers"].sum() - before.lignes["nb_dossiers"].sum()
        assert moved == after.entrants - len(after.sortants)
        assert (after.lignes.filter(like="montant_").drop(columns="montant_non_ventile") >= 0)[
            after.lignes["nb_dossiers"] > 0
        ].all(axis=None)


@pytest.mark.xdist_group("monde")
def test_no_row_moves_by_fewer_than_k_persons(histoire: tuple[int, list[Image]]) -> None:
    seuil, images = histoire
    assert all(image.lignes["nb_titulaires"].min() >= seuil for image in images)
    assert [image.revisions_refusees for image in images] == [0] * len(images)
    for before, after in pairwise(_vus(images)):
        assert _petits_mouvements(before, after, seuil) == 0
    for one, other in pairwise(images):
        published = one.lignes.merge(other.lignes, how="outer", on="num_ligne").fillna(0)
        moved = (published["nb_titulaires_y"] - published["nb_titulaires_x"]).abs()
        small = published[moved.between(1, seuil - 1)]
        # Whatever finds no other place goes to the last level, and may leave it too.
        small = small[small["niveau_diffusion_x"] != DERNIERS[seuil]]
        assert small[["niveau_diffusion_x", *_COMPTES]].to_numpy().tolist() == []


@pytest.mark.xdist_group("monde")
def test_all_versions_together_recover_nothing(histoire: tuple[int, list[Image]]) -> None:
    seuil, images = histoire
    assert _retrouves(_vus(images), seuil) == 0


@pytest.mark.xdist_group("monde")
def test_versions_computed_anew_would_tell(histoire: tuple[int, list[Image]]) -> None:
    """The proof that the tests bite."""
    seuil, images = histoire
    naive = [_par_cle(image) for image in images]
    # Months that are published for good are out of sight: they do not count as departures.
    naive = [frame[frame["id_dossier"].isin(images[-1].membres["id_dossier"])] for frame in naive]
    assert sum(_petits_mouvements(*pair, seuil) for pair in pairwise(naive)) > 50
    assert _retrouves(naive, seuil) > 0


def _vus(images: list[Image]) -> list[pd.DataFrame]:
    """Return who is behind the rows of each version: dossiers published for good stay there."""
    seen = [images[0].membres]
    for image in images[1:]:
        gone = set(image.membres["id_dossier"]) | image.sortants
        stay = seen[-1][~seen[-1]["id_dossier"].isin(gone)]
        seen.append(pd.concat([image.membres, stay], ignore_index=True))
    return seen


def _petits_mouvements(before: pd.DataFrame, after: pd.DataFrame, seuil: int) -> int:
    """Count the rows that 1 to k - 1 persons joined or left."""
    both = before.merge(after, how="outer", on=[*ETAT, "titulaire"], indicator=True)
    moved = both[both["_merge"] != "both"]
    persons = moved.groupby(["num_ligne", "_merge"], observed=True)["titulaire"].nunique()
    return int((persons < seuil).sum())


def _retrouves(membres: list[pd.DataFrame], seuil: int) -> int:
    """Count the groups of 1 to k - 1 persons that the rows of all versions, solved, give back.

    An unknown is what dossiers tell that always are in the same rows in the same state.
    """
    frames = [frame.assign(version=rank) for rank, frame in enumerate(membres)]
    seen = pd.concat(frames, ignore_index=True)
    # A row that does not change is the same equation again.
    seen["equation"] = seen.groupby(["version", "num_ligne"]).ngroup()
    states = seen.groupby(["id_dossier", "montant", "titulaire"])["equation"].agg(
        lambda rows: tuple(sorted(rows))
    )
    atoms, unknowns = pd.factorize(states)
    persons = states.reset_index().assign(atome=atoms).groupby("atome")["titulaire"].nunique()
    rows = np.concatenate([np.array(equations) for equations in unknowns])
    columns = np.repeat(np.arange(len(unknowns)), [len(equations) for equations in unknowns])
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)))
    return int((determinees(matrix) & (persons.to_numpy() < seuil)).sum())


def _par_cle(image: Image) -> pd.DataFrame:
    """Rows computed anew have other numbers in each version: their key names them instead."""
    columns = list(image.naives.columns)
    keys = columns[: columns.index("nb_dossiers")]
    names = image.naives[keys].astype(str).agg("|".join, axis=1)
    by_number = dict(zip(image.naives["num_ligne"], names, strict=True))
    return image.membres_naifs.assign(num_ligne=image.membres_naifs["num_ligne"].map(by_number))
