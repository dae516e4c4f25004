"""Mending a mask: which cells to hide as well, at least cost, when an interval is too narrow.

In a large table, each cell is widened in the small case of its neighbours.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from orchestration.disclosure.tabular.linear_programs import DUAL, Deviations
from orchestration.disclosure.tabular.table import BoolArray, Case, FloatArray

EPSILON = 1e-7
# Mending asks first the cells that cost no more than this share of the secondary ones, among so
# many cells around the one to widen, hidden ones and those that may be; most cannot move there and
# are left out (some 2,000 stay). Fewer cells make mending dearer; every cell at any price right
# after the first step hid 69 more in a table of 75,600 (2026-11).
STEPS = ((0.9, 8_000), (0.99, 16_000), (1.0, 16_000))

# How far cells go down and up.
Reaches = Mapping[int, tuple[float, float]]
IndexArray = npt.NDArray[np.intp]


class Mending:
    """Deviations of the whole table: hidden cells move for free, ``allowed`` for their price.

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
        """Hide what lets ``cell``, which now goes from one end of ``reach`` to the other, move
        over ``width``. False when nothing does.
        """
        low, high = reach
        targets = (low + width, high - width)
        ways = [self._displace(cell, target) for target in targets]
        possible = [deviations for deviations in ways if deviations is not None]
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
        """Return the cheapest deviations where ``cell`` moves by ``deviation``."""
        rank = self.rank[cell]
        if not self._lower[rank] <= deviation <= self._upper[rank]:
            return None
        self._deviations.set_bounds(rank, deviation, deviation)
        cheapest = self._deviations.minimise(self._costs())
        self._deviations.set_bounds(rank, self._lower[rank], self._upper[rank])
        return cheapest

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
    """Return a mask where the ``narrow`` are wide enough, and those that cannot be."""
    mending = Mending(case, mask, allowed)
    failed = [
        cell
        for cell, reach in narrow.items()
        if not mending.widen(cell, reach, float(required[cell]))
    ]
    return mending.mask, failed


class Neighbourhood:
    """The ``movable`` cells of a case; two are neighbours when an equation holds both."""

    def __init__(self, case: Case, movable: BoolArray) -> None:
        self._case = case
        self.cells = np.flatnonzero(movable)
        self._rank = np.cumsum(movable) - 1
        self._by_cell = case.equations[:, self.cells].tocsc()
        self._by_equation = self._by_cell.tocsr()

    def around(self, cell: int, count: int) -> IndexArray:
        """Return some ``count`` cells around ``cell``, save those that nothing there lets move.

        Empty when ``cell`` is one of these.
        """
        rank = int(self._rank[cell])
        near = self._movable(np.flatnonzero(self._ball(rank, count)))
        return self.cells[near] if rank in near else near[:0]

    def _ball(self, rank: int, count: int) -> BoolArray:
        """Add one layer after the other; of the last, the cells that most equations tie to it."""
        size = self.cells.size
        inside = np.zeros(size, dtype=bool)
        inside[rank] = True
        layer = np.array([rank])
        while True:
            rows = np.unique(self._by_cell[:, layer].indices)
            links = np.bincount(self._by_equation[rows].indices, minlength=size)
            layer = np.flatnonzero((links > 0) & ~inside)
            room = count - int(inside.sum())
            if layer.size > room:
                inside[layer[np.argsort(-links[layer], kind="stable")[:room]]] = True
                return inside
            if not layer.size:
                return inside
            inside[layer] = True

    def _movable(self, near: IndexArray) -> IndexArray:
        """Leave out, again and again, a cell that is alone in an equation."""
        while True:
            rows = self._by_cell[:, near].tocsr()
            alone = rows[np.diff(rows.indptr) == 1].indices
            if not alone.size:
                return near
            near = np.delete(near, np.unique(alone))

    def restrict(self, cells: IndexArray) -> Case:
        """Return the case of these ``cells``, the others being published."""
        case = self._case
        equations = self._by_cell[:, self._rank[cells]].tocsr()
        return replace(
            case,
            ids=tuple(case.ids[cell] for cell in cells.tolist()),
            values=case.values[cells],
            published=case.published[cells],
            lower=case.lower[cells],
            upper=case.upper[cells],
            equations=equations[np.diff(equations.indptr) > 0],
            weights=case.weights[cells],
            primary=case.primary[cells],
        )


def mend_nearby(
    case: Case,
    initial_mask: BoolArray,
    narrow_cells: Reaches,
    required: FloatArray,
    allowed: BoolArray,
    count: int,
) -> tuple[BoolArray, list[int]]:
    """Do as :func:`mend_mask`, hiding only cells among some ``count`` around those to widen.

    Cells near each other are asked in one small case: most of its time goes to its first question.
    """
    near = Neighbourhood(case, initial_mask | allowed)
    mask, failed, left = initial_mask.copy(), [], dict(narrow_cells)
    while left:
        first = next(iter(left))
        around = near.around(first, count)
        if not around.size:
            failed.append(first)
            del left[first]
            continue
        inside = {rank: left.pop(cell) for rank, cell in enumerate(around.tolist()) if cell in left}
        mask[around], narrow = mend_mask(
            near.restrict(around), mask[around], inside, required[around], allowed[around]
        )
        failed += around[narrow].tolist()
    return mask, failed
