"""How many dossiers each month validates: the year's total, its season, and a noise of the month.

A month depends on the seed and on its own year only, never on the months that follow.
"""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from orchestration.generation import reference

FIRST_YEAR = 2020
MONTHLY_NOISE = 0.035  # standard deviation, relative: working days, campaigns, strikes …
MAX_NOISE = 2.0  # in standard deviations


def months_until(until: dt.date) -> Iterator[dt.date]:
    """First days of the months from January 2020 to the month of ``until``."""
    for year in range(FIRST_YEAR, until.year + 1):
        for month in range(1, 13):
            if (year, month) <= (until.year, until.month):
                yield dt.date(year, month, 1)


def counts_of_year(year: int, dossiers: float, seed: int) -> list[int]:
    """Dossiers of each of the twelve months, whose sum is ``dossiers`` but for the rounding."""
    rng = np.random.default_rng([seed, 7, year])
    noise = np.clip(rng.standard_normal(12), -MAX_NOISE, MAX_NOISE)
    weights = np.array(reference.season(year)) * np.exp(MONTHLY_NOISE * noise)
    return [round(float(count)) for count in dossiers * weights / weights.sum()]
