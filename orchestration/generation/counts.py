"""How many places a training has, actions a place, open sessions an action: brackets and draws."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


class Bracket(NamedTuple):
    """A bracket of counts, evenly drawn between its bounds."""

    minimum: int
    maximum: int
    part: float


PLACES_PER_TRAINING = (
    Bracket(1, 1, 0.86),
    Bracket(2, 2, 0.08),
    Bracket(3, 5, 0.045),
    Bracket(6, 20, 0.015),
)
ACTIONS_PER_PLACE = (
    Bracket(1, 1, 0.80),
    Bracket(2, 2, 0.14),
    Bracket(3, 3, 0.04),
    Bracket(4, 7, 0.02),
)
OPEN_SESSIONS_PER_ACTION = (
    Bracket(0, 0, 0.03), Bracket(1, 1, 0.66), Bracket(2, 2, 0.16),
    Bracket(3, 3, 0.07), Bracket(4, 6, 0.055), Bracket(7, 12, 0.025),
)  # fmt: skip


def draw_counts(brackets: tuple[Bracket, ...], count: int, rng: np.random.Generator) -> IntArray:
    """Draw ``count`` counts."""
    ranks = rng.choice(len(brackets), size=count, p=[bracket.part for bracket in brackets])
    minimum = np.array([bracket.minimum for bracket in brackets])[ranks]
    maximum = np.array([bracket.maximum for bracket in brackets])[ranks]
    return rng.integers(minimum, maximum + 1)


def mean_count(brackets: tuple[Bracket, ...], most: int) -> float:
    """Mean of the counts drawn, when none is let go beyond ``most``."""
    return sum(
        bracket.part
        * float(np.minimum(np.arange(bracket.minimum, bracket.maximum + 1), most).mean())
        for bracket in brackets
    )
