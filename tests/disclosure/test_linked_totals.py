"""What two datasets tell of who finances, year by year: their difference is that of who has bought
and not entered.
"""

from collections.abc import Mapping

import pytest

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.linked_tables import subtract_years
from orchestration.disclosure.gate.outcomes import Finding
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.two_datasets import Waiting, both_published

ENOUGH, K = 14, 11
HELPED, PAID = "montant_region", "montant_personne"


def judged(
    datasets: Mapping[str, Dataset], waiting: Waiting, *silent: str, tells_by_age: bool = False
) -> Finding:
    """Judge totals of 2024, where those of all users are ``silent`` of some amounts."""
    both = datasets[PURCHASES], datasets[USERS]
    with both_published(*both, waiting) as connection:
        for dataset in both:
            tables = {"annee": silent if dataset.nom == USERS else ()}
            if tells_by_age and dataset.nom == USERS:
                tables["annee_age"] = ()
            amounts = [c.nom for c in dataset.colonnes if c.nom.startswith("montant_")]
            rows = (
                f"select '{table}' as tableau, '2024' as periode, 'publie' as diffusion, "
                "'secrets' as montants_par_financeur, "
                + ", ".join(f"{'null::decimal' if n in hidden else '1.00'} as {n}" for n in amounts)
                for table, hidden in tables.items()
            )
            connection.execute(
                f"create table coffre.marts.{dataset.nom}_totaux as {' union all '.join(rows)}"
            )
        [finding] = subtract_years(connection, *both)
    return finding


@pytest.mark.parametrize("few", range(1, K))
def test_what_a_financer_pays_for_a_few_who_wait_is_refused(
    datasets: Mapping[str, Dataset], few: int
) -> None:
    assert judged(datasets, Waiting(ENOUGH, few)).anomalies == 1


@pytest.mark.parametrize("waiting", [Waiting(0), Waiting(ENOUGH), Waiting(ENOUGH, ENOUGH)])
def test_nobody_or_enough_who_wait(datasets: Mapping[str, Dataset], waiting: Waiting) -> None:
    finding = judged(datasets, waiting)
    assert finding.examines > 1
    assert finding.success


def test_one_that_is_not_told_is_what_is_told_of_none(datasets: Mapping[str, Dataset]) -> None:
    assert judged(datasets, Waiting(ENOUGH, 3), HELPED).anomalies == 1


def test_another_one_hides_it(datasets: Mapping[str, Dataset]) -> None:
    assert judged(datasets, Waiting(ENOUGH, 3), HELPED, PAID).success


def test_nor_does_a_table_by_age_tell_it(datasets: Mapping[str, Dataset]) -> None:
    assert judged(datasets, Waiting(ENOUGH, 3), HELPED, PAID, tells_by_age=True).anomalies == 1
