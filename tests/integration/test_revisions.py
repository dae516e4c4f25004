"""Twelve monthly refreshes of revised dossiers: nothing is recovered, nothing small moves."""

import shutil
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from orchestration.disclosure.tabular.determined import determined_cells
from tests.integration.conftest import World
from tests.integration.replay import Image, replay_versions

THRESHOLDS = {"moncompteformation_formations_engagees": 5, "moncompteformation_usagers": 11}
# Last level of each plan, by threshold.
LAST_LEVELS = {5: 9, 11: 8}
MONTHS = 12
_COUNTS = ["nb_dossiers_x", "nb_dossiers_y", "nb_titulaires_x", "nb_titulaires_y"]
STATE_COLUMNS = ["id_dossier", "num_ligne", "montant"]


# Each replay is as long as a run: they may go to different workers.
@pytest.fixture(
    scope="module",
    params=[
        pytest.param(dataset, marks=pytest.mark.xdist_group(f"replay-{dataset}"))
        for dataset in sorted(THRESHOLDS)
    ],
)
def history(
    request: pytest.FixtureRequest, published: World, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, list[Image]]:
    """The threshold of a dataset, and thirteen of its versions."""
    target = tmp_path_factory.mktemp("replay") / "data"
    shutil.copytree(published.data, target, symlinks=True)
    dataset = str(request.param)
    return THRESHOLDS[dataset], replay_versions(World(target), dataset, MONTHS)


def test_revisions_are_published_and_add_up(history: tuple[int, list[Image]]) -> None:
    _, images = history
    assert len(images) == MONTHS + 1
    assert sum(len(image.leavers) for image in images) > 50
    for before, after in pairwise(images):
        moved = after.rows["nb_dossiers"].sum() - before.rows["nb_dossiers"].sum()
        assert moved == after.joiners - len(after.leavers)
        assert (after.rows.filter(like="montant_").drop(columns="montant_non_ventile") >= 0)[
            after.rows["nb_dossiers"] > 0
        ].all(axis=None)


def test_no_row_moves_by_fewer_than_k_persons(history: tuple[int, list[Image]]) -> None:
    threshold, images = history
    assert all(image.rows["nb_titulaires"].min() >= threshold for image in images)
    assert [image.refused_revisions for image in images] == [0] * len(images)
    for before, after in pairwise(_members_by_version(images)):
        assert _small_movements(before, after, threshold) == 0
    for one, other in pairwise(images):
        published = one.rows.merge(other.rows, how="outer", on="num_ligne").fillna(0)
        moved = (published["nb_titulaires_y"] - published["nb_titulaires_x"]).abs()
        small = published[moved.between(1, threshold - 1)]
        # Whatever finds no other place goes to the last level, and may leave it too.
        small = small[small["niveau_diffusion_x"] != LAST_LEVELS[threshold]]
        assert small[["niveau_diffusion_x", *_COUNTS]].to_numpy().tolist() == []


def test_all_versions_together_recover_nothing(history: tuple[int, list[Image]]) -> None:
    threshold, images = history
    assert _count_recovered(_members_by_version(images), threshold) == 0


def test_versions_computed_anew_would_tell(history: tuple[int, list[Image]]) -> None:
    """The proof that the tests bite."""
    threshold, images = history
    naive = [_by_key(image) for image in images]
    # Months that are published for good are out of sight: they do not count as departures.
    naive = [frame[frame["id_dossier"].isin(images[-1].members["id_dossier"])] for frame in naive]
    assert sum(_small_movements(*pair, threshold) for pair in pairwise(naive)) > 50
    assert _count_recovered(naive, threshold) > 0


def _members_by_version(images: list[Image]) -> list[pd.DataFrame]:
    """Return who is behind the rows of each version: dossiers published for good stay there."""
    seen = [images[0].members]
    for image in images[1:]:
        removed_ids = set(image.members["id_dossier"]) | image.leavers
        staying = seen[-1][~seen[-1]["id_dossier"].isin(removed_ids)]
        seen.append(pd.concat([image.members, staying], ignore_index=True))
    return seen


def _small_movements(before: pd.DataFrame, after: pd.DataFrame, threshold: int) -> int:
    """Count the rows that 1 to k - 1 persons joined or left."""
    both = before.merge(after, how="outer", on=[*STATE_COLUMNS, "titulaire"], indicator=True)
    moved = both[both["_merge"] != "both"]
    persons = moved.groupby(["num_ligne", "_merge"], observed=True)["titulaire"].nunique()
    return int((persons < threshold).sum())


def _count_recovered(members: list[pd.DataFrame], threshold: int) -> int:
    """Count the groups of 1 to k - 1 persons that the rows of all versions, solved, give back.

    An unknown is what dossiers tell that always are in the same rows in the same state.
    """
    frames = [frame.assign(version=rank) for rank, frame in enumerate(members)]
    seen = pd.concat(frames, ignore_index=True)
    # A row that does not change is the same equation again.
    seen["equation"] = seen.groupby(["version", "num_ligne"]).ngroup()
    states = seen.groupby(["id_dossier", "montant", "titulaire"])["equation"].agg(
        lambda rows: tuple(sorted(rows))
    )
    atoms, unknowns = pd.factorize(states)
    persons = states.reset_index().assign(atom=atoms).groupby("atom")["titulaire"].nunique()
    rows = np.concatenate([np.array(equations) for equations in unknowns])
    columns = np.repeat(np.arange(len(unknowns)), [len(equations) for equations in unknowns])
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)))
    return int((determined_cells(matrix) & (persons.to_numpy() < threshold)).sum())


def _by_key(image: Image) -> pd.DataFrame:
    """Rows computed anew have other numbers in each version: their key names them instead."""
    columns = list(image.naive_rows.columns)
    keys = columns[: columns.index("nb_dossiers")]
    names = image.naive_rows[keys].astype(str).agg("|".join, axis=1)
    by_number = dict(zip(image.naive_rows["num_ligne"], names, strict=True))
    return image.naive_members.assign(num_ligne=image.naive_members["num_ligne"].map(by_number))
