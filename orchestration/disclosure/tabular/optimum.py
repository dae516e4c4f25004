"""The cheapest mask of a small case, by mixed-integer programming within a few seconds."""

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from orchestration.disclosure.tabular.table import BoolArray, Case, FloatArray

# Deviations in the model: two tables per cell to protect. Tables of lines and columns took 2 s at
# most below this; of three small cubes two met the limit of time, and longer runs found no better.
MAX_DEVIATIONS = 6000
MAX_SECONDS = 5.0
# Within a table, no cell need move more than 1 / RAPPORT times what is asked of its target.
RATIO = 0.05
CHOSEN_ABOVE = 0.5

IndexArray = npt.NDArray[np.intp]


def optimum(
    case: Case, mask: BoolArray, sensitive: BoolArray, allowed: BoolArray, required: FloatArray
) -> BoolArray | None:
    """Return a mask cheaper than ``mask``, or None when there is none or the case is too large.

    Every cell of ``sensitive`` gets two tables that agree with what is published, and that differ
    on it by its required width.
    """
    targets = np.flatnonzero(sensitive)
    candidates = np.flatnonzero(allowed | (mask & ~sensitive))
    budget = float(case.weights[mask & ~sensitive].sum())
    if budget <= 0 or 2 * len(case.ids) * targets.size > MAX_DEVIATIONS:
        return None
    model = _Model(case, targets, candidates, required)
    prices = np.concatenate([np.zeros(model.deviation_count), case.weights[candidates]])
    solution = milp(
        prices,
        constraints=[*model.constraints(), LinearConstraint(prices, -np.inf, budget)],
        bounds=model.bounds(),
        integrality=np.repeat([0, 1], [model.deviation_count, candidates.size]),
        options={"time_limit": MAX_SECONDS, "mip_rel_gap": 0.0},
    )
    if solution.x is None:
        return None
    best = mask & False
    best[targets] = True
    best[candidates[solution.x[model.deviation_count :] > CHOSEN_ABOVE]] = True
    return best if float(case.weights[best & ~sensitive].sum()) < budget else None


class _Model:
    """Columns: for each target, the deviations of two tables; then the choice of each candidate."""

    def __init__(
        self, case: Case, targets: IndexArray, candidates: IndexArray, required: FloatArray
    ) -> None:
        self.case, self.targets, self.candidates = case, targets, candidates
        self.deviation_count = 2 * len(case.ids) * targets.size
        low, high = case.lower - case.values, case.upper - case.values
        moving = np.concatenate([targets, candidates])
        room = np.minimum(-low, high)[moving]
        # A cell that must only move at all is asked for a part of the least room there is.
        unit = float(room[room > 0].min(initial=np.inf))
        least = 2 * RATIO * unit if np.isfinite(unit) else 0.0
        self.widths = np.maximum(required[targets], least)
        nil = np.zeros(len(case.ids))
        self.lower, self.upper = nil.copy(), nil.copy()
        self.lower[moving], self.upper[moving] = low[moving], high[moving]

    def constraints(self) -> list[LinearConstraint]:
        """Additivity, width of each target, and no deviation of a candidate that stays public."""
        tables = sparse.identity(2 * self.targets.size)
        additive = sparse.kron(tables, self.case.equations)
        chosen = sparse.csr_matrix(
            (
                np.ones(self.candidates.size),
                (np.arange(self.candidates.size), self.candidates),
            ),
            shape=(self.candidates.size, len(self.case.ids)),
        )
        moves = sparse.kron(tables, chosen)
        low, high = self._bounds()
        below, above = (self._stack_limits(limit) for limit in (low, high))
        return [
            LinearConstraint(self._with_choices(additive), 0, 0),
            LinearConstraint(self._with_choices(self._target_deviations()), self.widths, np.inf),
            LinearConstraint(sparse.hstack([moves, -above], format="csr"), -np.inf, 0),
            LinearConstraint(sparse.hstack([moves, -below], format="csr"), 0, np.inf),
        ]

    def bounds(self) -> Bounds:
        """Bounds of the deviations, then 0 and 1."""
        low, high = self._bounds()
        count = self.candidates.size
        return Bounds(
            np.concatenate([low.ravel(), np.zeros(count)]),
            np.concatenate([high.ravel(), np.ones(count)]),
        )

    def _bounds(self) -> tuple[FloatArray, FloatArray]:
        """Bounds (2 × targets, cells): those of the cells, and the ratio to what is asked."""
        reach = np.repeat(self.widths / RATIO, 2)[:, None]
        return np.maximum(self.lower, -reach), np.minimum(self.upper, reach)

    def _target_deviations(self) -> sparse.csr_matrix:
        """Row per target: its deviation in its first table, less that in its second."""
        size, count = len(self.case.ids), self.targets.size
        first = 2 * np.arange(count) * size + self.targets
        terms = np.repeat([1.0, -1.0], count)
        rows = np.tile(np.arange(count), 2)
        return sparse.csr_matrix(
            (terms, (rows, np.concatenate([first, first + size]))),
            shape=(count, self.deviation_count),
        )

    def _stack_limits(self, limits: FloatArray) -> sparse.csr_matrix:
        """Stack, table by table, the diagonal of the candidates' limits."""
        return sparse.vstack([sparse.diags(row[self.candidates]) for row in limits], format="csr")

    def _with_choices(self, block: sparse.spmatrix) -> sparse.csr_matrix:
        """Add the columns of the choices, on which ``block`` does not bear."""
        empty = sparse.csr_matrix((block.shape[0], self.candidates.size))
        return sparse.hstack([block, empty], format="csr")
