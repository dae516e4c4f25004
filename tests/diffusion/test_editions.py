"""Which cohorts a version publishes, by the day of the last delivery."""

import datetime as dt

import pytest

from tests.factories.diffusion_steps import Vault
from tests.factories.small_datasets import PURCHASES, USERS

JANUARY = dt.date(2024, 1, 1)


def _edition(
    sql: dict[str, str],
    dataset: str,
    delivered_on: dt.date,
    published: str | None = None,
) -> tuple[str, bool] | None:
    """The edition of a cohort that begins in January 2024, and whether it follows another."""
    vault = Vault(sql, dataset)
    vault.put_table(
        "staging.stg_atterrissage__depots",
        [
            {"source": "dossiers", "date_extraction": delivered_on},
            {"source": "dossiers", "date_extraction": dt.date(2023, 12, 31)},
            {"source": "financements", "date_extraction": dt.date(2030, 1, 1)},
        ],
    )
    vault.put("dossiers", [{"cohorte": JANUARY}, {"cohorte": JANUARY}])
    # Another cohort was published for good long ago.
    before = [(dt.date(2019, 1, 1), "definitive"), (JANUARY, published)]
    vault.put_registry(
        "lignes",
        [{"cohorte": cohort, "edition": edition} for cohort, edition in before if edition],
    )
    rows = vault.run("editions")
    assert all((row["cohorte"], row["livraison"]) == (JANUARY, delivered_on) for row in rows)
    assert len(rows) <= 1
    return (rows[0]["edition"], rows[0]["est_suivie"]) if rows else None


@pytest.mark.parametrize(
    ("dataset", "delivered_on", "edition"),
    [
        (PURCHASES, dt.date(2024, 1, 30), None),
        (PURCHASES, dt.date(2024, 1, 31), "provisoire"),
        (PURCHASES, dt.date(2025, 2, 27), "provisoire"),
        (PURCHASES, dt.date(2025, 2, 28), "definitive"),
        (PURCHASES, dt.date(2030, 1, 1), "definitive"),
        (USERS, dt.date(2024, 3, 30), None),
        (USERS, dt.date(2024, 3, 31), "provisoire"),
        (USERS, dt.date(2025, 4, 29), "provisoire"),
        (USERS, dt.date(2025, 4, 30), "definitive"),
    ],
)
def test_a_cohort_is_published_once_it_has_ended(
    first: dict[str, str],
    following: dict[str, str],
    dataset: str,
    delivered_on: dt.date,
    edition: str | None,
) -> None:
    expected = edition and (edition, False)
    assert _edition(first, dataset, delivered_on) == expected
    assert _edition(following, dataset, delivered_on) == expected


def test_a_provisional_cohort_waits_to_be_definitive(following: dict[str, str]) -> None:
    assert _edition(following, PURCHASES, dt.date(2025, 2, 27), "provisoire") is None
    assert _edition(following, PURCHASES, dt.date(2025, 2, 28), "provisoire") == (
        "definitive",
        True,
    )


def test_a_definitive_cohort_is_not_published_again(following: dict[str, str]) -> None:
    assert _edition(following, PURCHASES, dt.date(2026, 1, 31), "definitive") is None
