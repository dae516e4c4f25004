"""Complementary suppression: which cells to hide so that hidden ones stay hidden.

A cell that equals one of its bounds, as an empty cell does by default, is known to whoever knows
the field (nobody of that age has that status). Hiding it protects little, and publishing masked
cells where there is nothing misleads: such cells are hidden only when nothing else can do.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from orchestration.disclosure.tabular.linear_programs import feasible_values
from orchestration.disclosure.tabular.null_space import NullSpace
from orchestration.disclosure.tabular.optimum import optimum
from orchestration.disclosure.tabular.repair import STEPS, Reaches, mend_mask, mend_nearby
from orchestration.disclosure.tabular.search import MASK_NOISE, MaskSearch
from orchestration.disclosure.tabular.table import BoolArray, Case, CaseError, FloatArray
from orchestration.disclosure.tabular.widths import Intervals

# Narrower than this, an interval is a value.
MIN_WIDTH = 1e-3
# Mending asks first the cells that cost no more than most secondary cells do: few.
AFFORDABLE_SHARE = 0.9
# Hidden cells beyond which what mending made useless stays hidden: each trial asks all intervals
# again (0.5 s with 3,300 hidden cells, half a minute with 18,000).
MAX_PRUNED = 6000
# A union of masks seldom leaves a cell determined, and costs less than one linear program.
EXTRA_MASKS = 3

Mend = Callable[[Case, BoolArray, Reaches, FloatArray, BoolArray], tuple[BoolArray, list[int]]]


@dataclass(frozen=True)
class Protection:
    """``supprimees`` are all the hidden cells, in the order of the case: primary, already hidden
    and secondary. ``secondary_value`` is the sum of the secondary cells' values.
    """

    suppressed: tuple[str, ...]
    secondary_count: int
    secondary_value: float


def protect_case(case: Case) -> Protection:
    """Return a mask that the attack does not break. Raises :class:`CaseError` if there is none."""
    needed = case.primary | ~case.published
    mask = _Protector(case, needed).find_mask() if needed.any() else needed
    secondary = mask & ~needed
    return Protection(
        suppressed=tuple(case.ids[cell] for cell in np.flatnonzero(mask)),
        secondary_count=int(secondary.sum()),
        secondary_value=float(case.values[secondary].sum()),
    )


class _Protector:
    """The steps on one case; ``sensitive`` are the cells that must be hidden and stay unknown."""

    def __init__(self, case: Case, sensitive: BoolArray) -> None:
        self.case = replace(case, values=feasible_values(case))
        self.sensitive = sensitive
        self.required = np.where(
            case.primary, max(case.min_width, MIN_WIDTH), MIN_WIDTH * sensitive
        )
        values, low, high = self.case.values, case.lower, case.upper
        self.allowed = ~sensitive & (low < values) & (values < high)
        self.last_resort = ~sensitive & (low <= values) & (values <= high) & (low < high)

    def find_mask(self) -> BoolArray:
        """Search, mend, prune; prove the optimum when the case is small."""
        search = MaskSearch(self.case, self.sensitive, self.allowed)
        mask = self._widened(search.find_mask(self._starting_mask(search)))
        best = optimum(self.case, mask, self.sensitive, self.allowed, self.required)
        return mask if best is None or not self._is_safe(best) else best

    def _starting_mask(self, search: MaskSearch) -> BoolArray:
        """Return a mask where equations determine no cell to protect, if bounds allow any."""
        mask = search.greedy(0.0)
        for _ in range(EXTRA_MASKS):
            if not self._determined(mask):
                return mask
            mask |= search.greedy(MASK_NOISE)
        fixed = dict.fromkeys(self._determined(mask), (0.0, 0.0))
        due: FloatArray = np.where(self.sensitive, MIN_WIDTH, 0.0)
        return mend_mask(self.case, mask, fixed, due, self.allowed)[0] if fixed else mask

    def _determined(self, mask: BoolArray) -> list[int]:
        moving = NullSpace(self.case, mask, set()).hidden_cells()
        return [cell for cell in np.flatnonzero(self.sensitive).tolist() if cell not in moving]

    def _widened(self, mask: BoolArray) -> BoolArray:
        """Widen narrow intervals, then publish what has become useless."""
        intervals = Intervals(self.case, mask, self.required)
        narrow: Reaches = intervals.suspects() if intervals.is_large else intervals.narrow()
        suspects = list(narrow)
        for mend, allowed in self._mending_steps(mask, is_large=intervals.is_large):
            if narrow:
                mask, failed = mend(self.case, mask, narrow, self.required, allowed)
                narrow = {cell: narrow[cell] for cell in failed}
                if intervals.is_large:
                    # Neighbours do not see all that mending others, and the whole table, widen.
                    narrow = self._narrow_among(mask, failed)
        if narrow:
            name = self.case.ids[next(iter(narrow))]
            raise CaseError(
                f"cellule « {name} » : rien ne peut la protéger, même en masquant tout le reste "
                "(ses bornes ou min_width l'interdisent). Élargir ses bornes ou réduire min_width."
            )
        return self._pruned(mask, suspects)

    def _mending_steps(self, mask: BoolArray, *, is_large: bool) -> list[tuple[Mend, BoolArray]]:
        """Return ways of mending, each with the cells that it may hide: the cheapest first."""
        first: list[tuple[Mend, BoolArray]] = [
            (mend_mask, self._affordable(mask, AFFORDABLE_SHARE))
        ]
        if is_large:
            first = [
                (partial(mend_nearby, count=size), self._affordable(mask, part))
                for part, size in STEPS
            ]
        return [*first, (mend_mask, self.allowed), (mend_mask, self.last_resort)]

    def _affordable(self, mask: BoolArray, part: float) -> BoolArray:
        """Return the cells that cost no more than this share of the secondary ones."""
        prices = self.case.weights[mask & ~self.sensitive]
        limit = float(np.quantile(prices, part)) if prices.size else np.inf
        return np.asarray(self.allowed & (self.case.weights <= limit), dtype=bool)

    def _narrow_among(self, mask: BoolArray, cells: list[int]) -> Reaches:
        """Return those of ``cells`` that are narrow in the whole table."""
        if not cells:
            return {}
        due = np.zeros(mask.size)
        due[cells] = self.required[cells]
        return Intervals(self.case, mask, due).narrow()

    def _pruned(self, mask: BoolArray, suspects: list[int]) -> BoolArray:
        """Publish, from the most expensive down, each secondary cell that no interval needs."""
        needed = set(np.flatnonzero(self.sensitive).tolist())
        table = NullSpace(self.case, mask, needed)
        kept = self.sensitive.copy()
        kept[list(table.hidden_cells())] = True
        intervals = Intervals(self.case, kept, self.required)
        secondary = np.flatnonzero(kept & ~self.sensitive).tolist()
        for cell in sorted(secondary, key=lambda cell: (-self.case.weights[cell], cell)):
            if not table.moves(cell) or not needed.isdisjoint(table.tied(cell)):
                continue
            if intervals.cells.size > MAX_PRUNED:
                continue
            intervals.publish(cell)
            if intervals.are_wide_enough(suspects):
                table.make_free(cell)
                table.publish(cell)
            else:
                intervals.hide(cell)
        final = self.sensitive.copy()
        final[list(table.hidden_cells())] = True
        return final

    def _is_safe(self, mask: BoolArray) -> bool:
        return not Intervals(self.case, mask, self.required).narrow()
