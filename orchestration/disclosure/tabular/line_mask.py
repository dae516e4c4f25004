"""A mask for large sparse tables: line by line, in passes over all of them at once.

Where most cells are small, hidden ones protect each other: what ``suppression`` weighs cell by cell
would take hours there. Here each line that hides something hides two cells or more, worth ``least``
together, and no cell to protect follows from the equations, or nearly.
"""

import numpy as np

from orchestration.disclosure.tabular.bounds import tighten
from orchestration.disclosure.tabular.determined import determined_cells
from orchestration.disclosure.tabular.table import BoolArray, Case, FloatArray

# A cell hidden alone in its line is told by it.
ALONE = 2
# A hidden total is worth no more than what its lines hide; totals of totals, so many times.
DEPTH = 5
# Whoever counts from the one that each hidden cell shows hesitates between two numbers, at least;
# a cell of which more was aimed at is hidden beside so many times, by cells that cost at most so
# many times ``least``: what is not owed must not hide a whole country.
HESITATION, TRIES, AIM = 1.0, 3, 30


class LineMask:
    """The mask of a case; ``least`` is what the hidden cells of a line are worth together.

    ``known``, when values are changes: cells that cannot be hidden. One that is worth so much may
    then be told by its line; where what a line tells is nobody's, what it hides cancels out.
    ``was_told``: cells that keep an older value where they are not told anew, and are worth what
    changed since. Beside parts that are told for the first time, a total that is kept is known as
    it was: what changed since, and not in parts that are kept too, is hidden with its other parts.
    """

    def __init__(
        self,
        case: Case,
        least: float,
        known: BoolArray | None = None,
        was_told: BoolArray | None = None,
    ) -> None:
        self._case, self._least = case, least
        self._are_changes = known is not None
        self._known = np.zeros(len(case.values), dtype=bool) if known is None else known.copy()
        self._is_enough = self._are_changes & (case.values >= least)
        entries = case.equations.tocoo()
        self._rows, self._cells, signs = entries.row, entries.col, entries.data
        self._m = case.equations.shape[0]
        # A line of one cell tells it, whatever is hidden: that cell hides nothing.
        self._is_line = np.bincount(self._rows, minlength=self._m) > 1
        self._known[self._cells[~self._is_line[self._rows]]] = True
        is_total = signs > 0
        self._total_rows, self._totals = self._rows[is_total], self._cells[is_total]
        self._part_rows, self._part_cells = self._rows[~is_total], self._cells[~is_total]
        self._was_told = np.zeros(len(case.values), dtype=bool) if was_told is None else was_told

    def find(self) -> BoolArray:
        """Return the mask: the primary cells, those already hidden, and those that hide them."""
        case = self._case
        mask = np.asarray(case.primary | ~case.published, dtype=bool)
        tries = np.zeros(mask.size, dtype=int)
        while True:
            self._mend_lines(mask)
            exposed, narrow = self._exposed(mask)
            if exposed.any() and self._hide_beside(mask, exposed):
                continue
            narrow &= tries < TRIES
            tries += narrow
            if not self._hide_one(mask, self._near(narrow), AIM * self._least):
                return mask

    def _mend_lines(self, mask: BoolArray) -> None:
        """Hide, in each line that needs it, the cell that costs least; again until none does."""
        while (broken := self._broken(mask)).any():
            hidden = np.zeros_like(mask)
            hidden[self._cells[broken[self._rows] & mask[self._cells]]] = True
            if not self._hide_one(mask, broken) and not self._hide_beside(mask, hidden):
                return

    def _broken(self, mask: BoolArray) -> BoolArray:
        """Say of each line whether what it hides is too little."""
        worth = self._worth(mask)
        count, total = self._of_parts(mask), self._of_parts(worth)
        # A line without a total has one that everybody knows.
        told = np.ones(self._m, dtype=bool)
        told[self._total_rows] = ~mask[self._totals]
        few = (count > 0) & (total < self._least)
        if self._are_changes:
            few &= np.bincount(self._rows, ~mask[self._cells], self._m) > 0
        else:
            few |= (count > 0) & (count < ALONE)
        broken = (told & few) | (~told & (count < 1)) | self._broken_by_kept(mask, worth)
        return np.asarray(broken & self._is_line, dtype=bool)

    def _broken_by_kept(self, mask: BoolArray, worth: FloatArray) -> BoolArray:
        """Say of each line whether its total is kept beside parts told for the first time, and what
        it hides with what changed is too little.
        """
        is_kept = mask & self._was_told
        since, hidden = np.where(is_kept, self._case.values, 0), np.where(is_kept, 0, worth)
        of_total = np.zeros(self._m)
        of_total[self._total_rows] = since[self._totals]
        changed = np.maximum(of_total - self._of_parts(since), 0)
        # Who joined and is hidden is counted on both sides, and is on neither of what is left.
        together = np.abs(self._of_parts(hidden) - changed)
        is_beside_new = self._of_parts(~mask & ~self._was_told) > 0
        return np.asarray((of_total > 0) & is_beside_new & (together < self._least))

    def _of_parts(self, values: FloatArray | BoolArray) -> FloatArray:
        """Add up, line by line, what its parts are worth."""
        return np.bincount(self._part_rows, values[self._part_cells], self._m).astype(float)

    def _worth(self, mask: BoolArray) -> FloatArray:
        """What each hidden cell hides: a total, no more than the hidden parts of each line."""
        worth = np.where(mask, self._case.values, 0.0)
        for _ in range(DEPTH):
            parts = self._of_parts(worth)
            lower = worth.copy()
            np.minimum.at(lower, self._totals, parts[self._total_rows])
            if (lower == worth).all():
                break
            worth = lower
        return worth

    def _hide_one(self, mask: BoolArray, broken: BoolArray, most: float = np.inf) -> bool:
        """Hide one more cell of each ``broken`` line, the one that costs least and ``most`` at
        most; say whether there was one.
        """
        usable = (
            broken[self._rows] & (self._can_hide(mask) & (self._case.weights <= most))[self._cells]
        )
        rows, cells = self._rows[usable], self._cells[usable]
        if not rows.size:
            return False
        order = np.lexsort((cells, self._case.weights[cells], rows))
        first = np.flatnonzero(np.diff(rows[order], prepend=-1))
        mask[cells[order][first]] = True
        return True

    def _can_hide(self, mask: BoolArray) -> BoolArray:
        return np.asarray(~mask & ~self._known & (self._case.values > 0))

    def _exposed(self, mask: BoolArray) -> tuple[BoolArray, BoolArray]:
        """Cells to protect that the equations give back, or leave too narrow an interval; and those
        with a narrow one, where something is known of each cell: it may be all that there is.
        """
        case = self._case
        hidden = np.flatnonzero(mask)
        equations = case.equations[:, hidden].tocsr()
        known = determined_cells(equations)
        low, high = tighten(
            equations, equations @ case.values[hidden], case.lower[hidden], case.upper[hidden]
        )
        # What nobody is behind hides others, and needs no protection.
        needed = (case.primary | ~case.published) & (case.values > 0) & ~self._is_enough
        needed = (needed & ~self._known)[hidden]
        is_narrow = high - low < case.min_width
        is_exposed = known | (high - low < (HESITATION if case.lower.any() else case.min_width))
        flags = np.zeros((2, mask.size), dtype=bool)
        flags[:, hidden] = is_exposed & needed, is_narrow & ~is_exposed & needed
        return flags[0], flags[1]

    def _near(self, cells: BoolArray) -> BoolArray:
        """Say which lines hold one of ``cells``."""
        return np.asarray(np.bincount(self._rows, cells[self._cells], self._m) > 0)

    def _hide_beside(self, mask: BoolArray, exposed: BoolArray) -> bool:
        """Hide one more cell of each line of ``exposed`` cells, or else of those that hidden cells
        tie to them, further and further; say whether there was one.
        """
        cells = exposed.copy()
        while True:
            near = self._near(cells)
            if self._hide_one(mask, near):
                return True
            tied = mask & (np.bincount(self._cells, near[self._rows], mask.size) > 0)
            if not (tied & ~cells).any():
                return False
            cells |= tied
