"""Mending in large tables: each cell is widened in the small case of its neighbours.

Belongs here: which small cases to mend, and in which order. Does not: cutting them out
(``nearby``), nor mending (``repair``).
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from orchestration.disclosure.tabular.repair import Reaches, mend_mask
from orchestration.disclosure.tabular.table import BoolArray, Case, FloatArray

IndexArray = npt.NDArray[np.intp]


class Neighbourhood:
    """The ``mobiles`` cells of a case; two are neighbours when an equation holds both."""

    def __init__(self, case: Case, movable: BoolArray) -> None:
        self._case = case
        self.cells = np.flatnonzero(movable)
        self._rank = np.cumsum(movable) - 1
        self._by_cell = case.equations[:, self.cells].tocsc()
        self._by_equation = self._by_cell.tocsr()

    def around(self, cell: int, count: int) -> IndexArray:
        """Return some ``nombre`` cells around ``cell``, save those that nothing there lets move.

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


# Mending asks first the cells that cost no more than this share of the secondary ones, among so
# many cells around the one to widen, hidden ones and those that may be; most cannot move there and
# are left out (some 2,000 stay). Fewer cells make mending dearer; every cell at any price right
# after the first step hid 69 more in a table of 75,600 (2026-11).
STEPS = ((0.9, 8_000), (0.99, 16_000), (1.0, 16_000))


def mend_nearby(
    case: Case,
    initial_mask: BoolArray,
    narrow_cells: Reaches,
    required: FloatArray,
    allowed: BoolArray,
    count: int,
) -> tuple[BoolArray, list[int]]:
    """Do as :func:`reparer`, hiding only cells among some ``nombre`` around those to widen.

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
