"""No two years are alike, whatever the seed; what is known of the years holds."""

from itertools import combinations

import numpy as np
import pytest

from orchestration.generation import reference
from orchestration.generation.months import counts_of_year

YEARS = range(2020, 2031)


def _counts(seed: int) -> dict[int, list[int]]:
    """Twelve national counts of each year."""
    return {
        year: counts_of_year(year, reference.facts_of_year(year).dossiers, seed) for year in YEARS
    }


def test_each_month_differs_from_the_same_month_of_every_other_year() -> None:
    counts = _counts(1)
    for one, other in combinations(YEARS, 2):
        assert all(a != b for a, b in zip(counts[one], counts[other], strict=True)), (one, other)
    # Seasons differ too, not the volume alone.
    shapes = {year: np.array(months) / sum(months) for year, months in counts.items()}
    assert np.abs(shapes[2026] - shapes[2025]).max() > 0.002


def test_years_keep_their_totals_and_grow_after_the_known_ones() -> None:
    counts = _counts(1)
    for year in reference.years():
        assert sum(counts[year.annee]) == pytest.approx(year.dossiers, abs=12)
    totals = [sum(counts[year]) for year in YEARS if year >= 2025]
    assert totals == sorted(set(totals))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_2024_starts_above_2023_and_ends_below(seed: int) -> None:
    """+30 % until May, then −14 %: the contrast of both is kept (``reference.SEASON_2024``)."""
    counts = _counts(seed)
    start, end = (
        sum(counts[2024][part]) / sum(counts[2023][part]) for part in (slice(5), slice(5, 12))
    )
    assert start > 1.1
    assert end < 0.95
    assert start / end == pytest.approx(1.30 / 0.86, abs=0.12)


def test_another_seed_gives_other_months() -> None:
    assert _counts(1) != _counts(2)
    assert _counts(1) == _counts(1)
