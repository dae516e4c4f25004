"""Mending a mask: which cells to hide as well, at least cost, when an interval is too narrow.

Belongs here: the choice by linear programme. Does not: finding what is narrow (``widths``).
"""

from collections.abc import Mapping

import numpy as np
from scipy import sparse

from orchestration.disclosure.tabular.deviations import DUAL, Deviations
from orchestration.disclosure.tabular.table import BoolArray, Case, FloatArray

EPSILON = 1e-7

# How far cells go down and up.
Reaches = Mapping[int, tuple[float, float]]


class Mending:
    """Deviations of the whole table: hidden cells move for free, ``permises`` for their price.

    The price of moving a cell is that of hiding it, by unit: an optimum hides few and cheap cells.
    """

    def __init__(self, case: Case, mask: BoolArray, allowed: BoolArray) -> None:
        self.mask, self.prices = mask.copy(), case.weights
        self.hidden = np.flatnonzero(mask)
        self.candidates = np.flatnonzero(allowed & ~mask)
        self.rank = {cell: rank for rank, cell in enumerate(self.hidden.tolist())}
        low, high = case.lower - case.values, case.upper - case.values
        self._lower, self._upper = low[self.hidden], high[self.hidden]
        nil = np.zeros(self.candidates.size)
        extra = case.equations[:, self.candidates]
        # A candidate is two columns: what it gains and what it loses.
        self._deviations = Deviations(
            sparse.hstack([case.equations[:, self.hidden], extra, -extra], format="csr"),
            np.concatenate([self._lower, nil, nil]),
            np.concatenate([self._upper, high[self.candidates], -low[self.candidates]]),
            DUAL,
        )

    def widen(self, cell: int, reach: tuple[float, float], width: float) -> bool:
        """Hide what lets ``cell``, which now goes from one end of ``portee`` to the other, move
        over ``largeur``. False when nothing does.
        """
        low, high = reach
        targets = (low + width, high - width)
        found = [self._displace(cell, target) for target in targets]
        possible = [deviations for deviations in found if deviations is not None]
        if possible:
            self._hide_moved(min(possible, key=self._cost))
            return True
        return self._widen_both_ways(cell, width)

    def _widen_both_ways(self, cell: int, width: float) -> bool:
        """Widen upwards as far as possible, then downwards for the rest."""
        rank = self.rank[cell]
        self._deviations.set_bounds(rank, 0.0, min(self._upper[rank], width))
        costs = np.zeros(self._deviations.size)
        costs[rank] = -1.0
        furthest = self._deviations.minimise(costs)
        self._deviations.set_bounds(rank, self._lower[rank], self._upper[rank])
        if furthest is None:
            return False
        top = float(furthest[rank])
        up, down = self._displace(cell, top), self._displace(cell, top - width)
        if up is None or down is None:
            return False
        self._hide_moved(up)
        self._hide_moved(down)
        return True

    def _displace(self, cell: int, deviation: float) -> FloatArray | None:
        """Return the cheapest deviations where ``cell`` moves by ``ecart``."""
        rank = self.rank[cell]
        if not self._lower[rank] <= deviation <= self._upper[rank]:
            return None
        self._deviations.set_bounds(rank, deviation, deviation)
        found = self._deviations.minimise(self._costs())
        self._deviations.set_bounds(rank, self._lower[rank], self._upper[rank])
        return found

    def _costs(self) -> FloatArray:
        price = np.where(self.mask, 0.0, self.prices)[self.candidates]
        return np.concatenate([np.zeros(self.hidden.size), price, price])

    def _cost(self, deviations: FloatArray) -> float:
        """Price of hiding all that moves."""
        moved = self._moved_cells(deviations)
        return float(self.prices[moved[~self.mask[moved]]].sum())

    def _moved_cells(self, deviations: FloatArray) -> np.ndarray:
        gained, lost = np.split(deviations[self.hidden.size :], 2)
        return self.candidates[np.abs(gained - lost) > EPSILON]

    def _hide_moved(self, deviations: FloatArray) -> None:
        self.mask[self._moved_cells(deviations)] = True


def mend_mask(
    case: Case,
    mask: BoolArray,
    narrow: Reaches,
    required: FloatArray,
    allowed: BoolArray,
) -> tuple[BoolArray, list[int]]:
    """Return a mask where the ``etroites`` are wide enough, and those that cannot be."""
    mending = Mending(case, mask, allowed)
    failed = [
        cell
        for cell, reach in narrow.items()
        if not mending.widen(cell, reach, float(required[cell]))
    ]
    return mending.mask, failed
