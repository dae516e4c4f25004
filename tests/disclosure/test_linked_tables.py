"""Purchases minus users: the persons who have not entered training yet."""

from dataclasses import replace

import pytest

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.checks import check_disclosure
from orchestration.disclosure.gate.linked_tables import check_joint_disclosure
from tests.factories import small_vault
from tests.factories.scenario import Part, Scenario, part
from tests.factories.small_datasets import PURCHASES, USERS

pytestmark = pytest.mark.usefixtures("shared_state")

DIFFERENCES = {
    "nobody": ([], (0, 0)),
    "enough persons": ([part()] * 3, (0, 0)),
    "two persons": ([part()] * 2, (1, 2)),
    "enough persons, two of whom had a region's money": (
        [part(), part(50, region=50), part(50, region=50)],
        (0, 1),
    ),
    "enough had it": ([part(50, region=50)] * 3, (0, 0)),
}


@pytest.mark.parametrize("nom", DIFFERENCES)
def test_known_answers(datasets: dict[str, Dataset], nom: str) -> None:
    waiting, expected = DIFFERENCES[nom]
    assert _anomalies(datasets, waiting) == expected


def test_what_one_does_not_tell_cannot_be_subtracted(datasets: dict[str, Dataset]) -> None:
    """Two persons had a region's money, but its total is not told: it is with three others'."""
    waiting = [part(50, region=50), part(50, region=50), part(50, opco=50)]
    assert _anomalies(datasets, waiting) == (0, 2)
    assert _anomalies(datasets, waiting, hidden=("region", "opco")) == (0, 0)
    assert _anomalies(datasets, [*waiting[:2], part()], hidden=("region", "opco")) == (0, 1)


def test_one_dataset_alone_is_compared_with_nothing(datasets: dict[str, Dataset]) -> None:
    other = replace(datasets[PURCHASES], nom="moncompteformation_absent")
    assert check_joint_disclosure(other, datasets[USERS]) == []


def test_both_reports_tell_it(datasets: dict[str, Dataset]) -> None:
    narrow, candidate = small_vault.build_vault(datasets[USERS], Scenario(pending=[part()] * 2))
    large = replace(datasets[PURCHASES], seuil=2)
    small_vault.build_totals_mart(large, hidden=())
    report = check_disclosure(narrow, candidate, [(large, narrow)])
    assert [finding.regle for finding in report.echecs] == [
        "personnes_de_l_ecart",
        "montants_de_l_ecart",
    ]


def _anomalies(
    datasets: dict[str, Dataset], pending: list[Part], hidden: tuple[str, ...] = ()
) -> tuple[int, ...]:
    """Publish both, the purchases telling all save ``cachees``, and count what is found."""
    narrow, _ = small_vault.build_vault(datasets[USERS], Scenario(pending=pending))
    large = replace(datasets[PURCHASES], seuil=2)
    small_vault.build_totals_mart(large, hidden)
    return tuple(finding.anomalies for finding in check_joint_disclosure(large, narrow))
