"""Twelve monthly refreshes of revised dossiers: what is definitive is up to date, nobody is seen.

A cohort is provisional, then frozen, then definitive: the attack has both editions, and the
dossiers behind them tell whether what it finds is that of too few persons.
"""

import shutil
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
import pytest

from orchestration.datasets import Dataset
from tests.factories.small_datasets import PURCHASES, USERS
from tests.integration import unions
from tests.integration.conftest import World
from tests.integration.replay import History, Image, replay_versions

MONTHS = 12


@dataclass(frozen=True)
class Case:
    """A dataset, thirteen of its versions, and the columns that a provisional row may keep."""

    dataset: Dataset
    history: History
    columns: list[str]

    @property
    def images(self) -> list[Image]:
        return self.history.images

    @property
    def threshold(self) -> int:
        assert self.dataset.seuil
        return self.dataset.seuil


# Each replay is as long as a run: they may go to different workers.
@pytest.fixture(
    scope="module",
    params=[
        pytest.param(dataset, marks=pytest.mark.xdist_group(f"replay-{dataset}"))
        for dataset in (PURCHASES, USERS)
    ],
)
def case(
    request: pytest.FixtureRequest,
    published: World,
    datasets: dict[str, Dataset],
    tmp_path_factory: pytest.TempPathFactory,
) -> Case:
    target = tmp_path_factory.mktemp("replay") / "data"
    shutil.copytree(published.data, target, symlinks=True)
    dataset = datasets[request.param]
    columns = [column for step in dataset.plan[1:] for column in step]
    return Case(dataset, replay_versions(World(target), dataset.nom, MONTHS), columns)


def _followed(image: Image) -> list[pd.Timestamp]:
    return list(image.editions.loc[image.editions["est_suivie"], "cohorte"])


def _rows_of(rows: pd.DataFrame, cohorts: list[pd.Timestamp]) -> pd.DataFrame:
    return rows[rows["cohorte"].isin(cohorts)]


def _editions(case: Case) -> list[tuple[Image, Image, list[pd.Timestamp]]]:
    """The version before, the version, and the cohorts that it makes definitive."""
    return [
        (before, image, cohorts)
        for before, image in pairwise(case.images)
        if (cohorts := _followed(image))
    ]


def _told_before(case: Case, cohorts: list[pd.Timestamp]) -> pd.DataFrame:
    """The dossiers behind the provisional rows of cohorts, as they were told."""
    told = pd.concat(
        _rows_of(image.told, list(image.editions.query("edition == 'provisoire'")["cohorte"]))
        for image in case.images
    )
    return _rows_of(told, cohorts)


def test_dossiers_did_move(case: Case) -> None:
    """Statuses, amounts, places and dates changed in the vault, by shares like the true ones."""
    shares = {kind: count / case.history.known for kind, count in case.history.moved.items()}
    print(f"{case.dataset.nom}: a month changes", {k: f"{s:.2%}" for k, s in shares.items()})  # noqa: T201
    assert 0.1 < shares["status"] < 0.2
    assert 0.01 < shares["euros"] < 0.05
    assert 0.0003 < shares["place"] < 0.001
    assert 0.0003 < shares["date"] < 0.001


def test_a_cohort_is_provisional_then_definitive(case: Case) -> None:
    duration = pd.DateOffset(months=case.dataset.cohort_months)
    seen: dict[pd.Timestamp, str] = {}
    for image in case.images:
        tomorrow = pd.Timestamp(image.day) + pd.Timedelta(days=1)
        for cohort, edition, followed in image.editions[
            ["cohorte", "edition", "est_suivie"]
        ].itertuples(index=False):
            assert seen.get(cohort) == ("provisoire" if followed else None)
            assert cohort + duration <= tomorrow
            late = cohort + duration + pd.DateOffset(months=13) <= tomorrow
            assert edition == ("definitive" if late else "provisoire")
            seen[cohort] = edition
        shown = image.rows.groupby("cohorte")["edition"].unique().map(list).to_dict()
        # A cohort that is too small waits: here, none is.
        assert shown == {cohort: [edition] for cohort, edition in seen.items()}
    assert sum(edition == "definitive" for edition in seen.values()) >= 4
    assert sum(edition == "provisoire" for edition in seen.values()) >= 4


def test_what_is_not_published_again_stays_as_it_was(case: Case) -> None:
    frozen = 0
    for before, image in pairwise(case.images):
        kept = before.rows[~before.rows["cohorte"].isin(image.editions["cohorte"])]
        after = image.rows[~image.rows["cohorte"].isin(image.editions["cohorte"])]
        assert _bytes(kept) == _bytes(after)
        frozen += len(kept)
    assert frozen > 100


def _bytes(rows: pd.DataFrame) -> bytes:
    return rows.sort_values("num_ligne").to_csv(index=False).encode()


def test_closed_statuses_are_told_once_definitive(case: Case) -> None:
    status = next(name for name in case.dataset.plan[0] if name.startswith("statut"))
    for image in case.images:
        provisional = image.rows[image.rows["edition"] == "provisoire"]
        assert set(provisional[status]) == {"REGROUPE"}
        assert provisional["montant_personne"].isna().all()
    definitive = case.images[-1].rows.query("edition == 'definitive' and niveau_diffusion == 1")
    closed = definitive[definitive[status].str.startswith("Clos")]
    assert closed["nb_dossiers"].sum() > 100
    assert closed["montant_engage"].notna().any()


def test_rows_tell_their_dossiers(case: Case) -> None:
    """By cohort and by the columns that both editions keep, rows add up to the dossiers behind."""
    keys, checked = ["num_famille"], 0
    for _, image, cohorts in _editions(case):
        families = _families(case, cohorts)
        rows = _rows_of(image.rows, cohorts).merge(families, on=["cohorte", *case.columns])
        assert len(rows) == len(_rows_of(image.rows, cohorts))
        published = rows.groupby(keys)[["nb_dossiers", "montant_engage"]].agg(
            {"nb_dossiers": "sum", "montant_engage": lambda euros: euros.sum(skipna=False)}
        )
        told = _rows_of(image.told, cohorts).groupby(keys)["cents"].agg(["size", "sum"])
        assert (published["nb_dossiers"].astype(int) == told["size"]).all()
        amounts = published["montant_engage"].dropna()
        assert ((100 * amounts).round().astype(int) == told["sum"].loc[amounts.index]).all()
        checked += len(amounts)
    assert checked > 10


def _families(case: Case, cohorts: list[pd.Timestamp]) -> pd.DataFrame:
    """The provisional rows of cohorts: their number, cohort, and what they keep."""
    rows = pd.concat(image.rows.query("edition == 'provisoire'") for image in case.images)
    families = _rows_of(rows, cohorts).drop_duplicates("num_ligne")
    return families.rename(columns={"num_ligne": "num_famille"})[
        ["num_famille", "cohorte", *case.columns]
    ]


def test_both_editions_together_recover_nothing(case: Case) -> None:
    moved = [
        unions.changes(_told_before(case, cohorts), _rows_of(image.told, cohorts), ["num_famille"])
        for _, image, cohorts in _editions(case)
    ]
    cohorts = [cohort for *_, definitive in _editions(case) for cohort in definitive]
    families = _families(case, cohorts).set_index("num_famille")
    sums = list(unions.unions(families, case.columns))
    # One version and the one before; then all of them at once.
    found = [
        unions.attack(parts, sums, "num_famille", case.threshold)
        for parts in (*moved, pd.concat(moved))
    ]
    total = sum(found, unions.Recovered())
    suites = pd.concat(image.suites for image in case.images)["suite"].value_counts().to_dict()
    print(f"{case.dataset.nom}: provisional rows became {suites}; {total}")  # noqa: T201
    # Rows were brought up to date and rows were not, and sums of them did change.
    assert suites["revisee"] > 0
    assert suites["figee"] > 0
    assert total.changing > 100
    assert (total.small, total.dominated) == (0, 0)


def test_versions_computed_anew_would_tell(case: Case) -> None:
    """The proof that the attack bites: each version computed anew, all of its rows revised."""
    key = ["cohorte", "niveau_diffusion", *case.columns]
    total = unions.Recovered()
    for before, image in pairwise(case.images):
        cohorts = list(before.naive["cohorte"].unique())
        moved = unions.changes(before.naive, _rows_of(image.naive, cohorts), key)
        moved["row"] = moved[key].astype(str).agg("|".join, axis=1)
        rows = moved.drop_duplicates("row").set_index("row")
        sums = unions.unions(rows, case.columns)
        total += unions.attack(moved, sums, "row", case.threshold)
    print(f"{case.dataset.nom}: computed anew, {total}")  # noqa: T201
    assert total.small > 50
