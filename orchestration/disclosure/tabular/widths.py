"""Are the intervals of the hidden cells wide enough? Answered with few linear programs."""

from collections.abc import Iterable

import numpy as np

from orchestration.disclosure.tabular.linear_programs import INTERIOR_POINT, PRIMAL, Deviations
from orchestration.disclosure.tabular.table import BoolArray, Case, FloatArray

# One program moves many cells at once, by random signs: rounds before asking cell by cell, as
# long as they settle this share of the cells.
ROUNDS = 30
GAIN = 0.05
TOLERANCE = 1e-6
# Hidden cells beyond which the table is large: one program by the simplex takes seconds.
LARGE_TABLE = 6000


class Intervals:
    """What an attacker may believe of the cells of ``mask``; ``required`` (n) is the width due."""

    def __init__(self, case: Case, mask: BoolArray, required: FloatArray) -> None:
        self.cells = np.flatnonzero(mask)
        self.rank = {cell: rank for rank, cell in enumerate(self.cells.tolist())}
        self.required = required[self.cells]
        self._lower = (case.lower - case.values)[self.cells]
        self._upper = (case.upper - case.values)[self.cells]
        self.is_large = self.cells.size > LARGE_TABLE
        self._deviations = Deviations(
            case.equations[:, self.cells].tocsr(),
            self._lower.copy(),
            self._upper.copy(),
            INTERIOR_POINT if self.is_large else PRIMAL,
        )
        self._rng = np.random.default_rng(0)

    def publish(self, cell: int) -> None:
        """Let a cell of the mask be published."""
        self._deviations.set_bounds(self.rank[cell], 0.0, 0.0)

    def hide(self, cell: int) -> None:
        """Hide it again."""
        self._release(self.rank[cell])

    def narrow(self) -> dict[int, tuple[float, float]]:
        """Return the cells whose interval is too narrow, and how far each may go down and up."""
        low, high = np.zeros(self.cells.size), np.zeros(self.cells.size)
        self._push_missing(low, high)
        narrow = {}
        for rank in self._missing(low, high):
            if high[rank] - low[rank] < self.required[rank] - TOLERANCE:
                reach = self._find_reach(rank, low, high)
                if reach[1] - reach[0] < self.required[rank] - TOLERANCE:
                    narrow[int(self.cells[rank])] = reach
        return narrow

    def suspects(self) -> dict[int, tuple[float, float]]:
        """Return cells of which programs that push many at once did not show the width, and how
        far they went: all the narrow ones, and few others.
        """
        low, high = np.zeros(self.cells.size), np.zeros(self.cells.size)
        self._push_missing(low, high)
        return {
            int(self.cells[rank]): (float(low[rank]), float(high[rank]))
            for rank in self._missing(low, high)
        }

    def are_wide_enough(self, suspects: Iterable[int]) -> bool:
        """Say whether no cell is too narrow, asking those likely to be first."""
        low, high = np.zeros(self.cells.size), np.zeros(self.cells.size)
        for rank in (self.rank[cell] for cell in suspects):
            reach = self._find_reach(rank, low, high)
            if reach[1] - reach[0] < self.required[rank] - TOLERANCE:
                return False
        return not self.narrow()

    def _missing(self, low: FloatArray, high: FloatArray) -> list[int]:
        return np.flatnonzero(high - low < self.required - TOLERANCE).tolist()

    def _push_missing(self, low: FloatArray, high: FloatArray) -> None:
        """Widen ``low`` and ``high`` with programs that push all missing cells at once."""
        missing = self._missing(low, high)
        for _ in range(ROUNDS):
            if not missing:
                return
            for rank in missing:
                self._limit(rank)
            costs = np.zeros(self.cells.size)
            signs = self._rng.choice([-1.0, 1.0], len(missing))
            costs[missing] = signs * self._rng.uniform(0.5, 1, len(missing))
            # What went up must go down: a width is both.
            self._extend(costs, low, high)
            self._extend(-costs, low, high)
            for rank in missing:
                self._release(rank)
            before, missing = len(missing), self._missing(low, high)
            if len(missing) > (1 - GAIN) * before:
                return

    def _find_reach(self, rank: int, low: FloatArray, high: FloatArray) -> tuple[float, float]:
        """How far one cell goes down and up, as far as its required width."""
        self._limit(rank)
        for sign in (-1.0, 1.0):
            costs = np.zeros(self.cells.size)
            costs[rank] = sign
            self._extend(costs, low, high)
        self._release(rank)
        return float(low[rank]), float(high[rank])

    def _extend(self, costs: FloatArray, low: FloatArray, high: FloatArray) -> None:
        deviations = self._deviations.minimise(costs)
        if deviations is not None:
            np.minimum(low, deviations, out=low)
            np.maximum(high, deviations, out=high)

    def _limit(self, rank: int) -> None:
        """Bound a cell by its required width: no more is asked of it, and costs stay bounded."""
        width = self.required[rank]
        self._deviations.set_bounds(
            rank, max(self._lower[rank], -width), min(self._upper[rank], width)
        )

    def _release(self, rank: int) -> None:
        self._deviations.set_bounds(rank, self._lower[rank], self._upper[rank])
