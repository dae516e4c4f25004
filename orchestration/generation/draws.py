"""Draws that several levels of the offer share.

Belongs here: counts by brackets, distinct places, scaled shares, rounded prices. Does not: what
they are applied to (``offer``). Arrays are one-dimensional; probabilities are between 0 and 1.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


class Bracket(NamedTuple):
    """A bracket of counts, evenly drawn between its bounds."""

    minimum: int
    maximum: int
    part: float


def draw_counts(brackets: tuple[Bracket, ...], count: int, rng: np.random.Generator) -> IntArray:
    """Draw ``nombre`` counts."""
    ranks = rng.choice(len(brackets), size=count, p=[bracket.part for bracket in brackets])
    minimum = np.array([bracket.minimum for bracket in brackets])[ranks]
    maximum = np.array([bracket.maximum for bracket in brackets])[ranks]
    return rng.integers(minimum, maximum + 1)


def scale_shares(parts: Floats, weights: Floats, target: float) -> Floats:
    """Scale shares (each kept ≤ 0.9) so that their mean weighted by ``poids`` is ``cible``."""
    factor = 1.0
    for _ in range(20):
        factor *= target / float((np.minimum(parts * factor, 0.9) * weights).sum())
    return np.asarray(np.minimum(parts * factor, 0.9))


def make_distinct(values: list[int], count: int) -> list[int]:
    """Move each repeated value to the next free one below ``nombre``, circularly."""
    taken: set[int] = set()
    for rank, value in enumerate(values):
        free = value
        while free in taken:
            free = (free + 1) % count
        taken.add(free)
        values[rank] = free
    return values


def displayed_price(cents: Floats) -> IntArray:
    """Round to 10 € as bodies do; one price in eight gets cents (VAT added to a net price)."""
    rounded = np.rint(cents / 1000).astype(np.int64) * 1000
    return np.where(rounded % 8000 == 0, rounded + 60, rounded)
