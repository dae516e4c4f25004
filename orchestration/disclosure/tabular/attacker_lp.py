"""Intervals by linear programs, where equations form cycles.

Belongs here: one HiGHS model per connected part, asked cell by cell. Does not: trees (``bornes``),
nor which parts there are (``audit``).
"""

import highspy
import numpy as np
from highspy._core import _Highs
from scipy import sparse

from orchestration.disclosure.tabular.bounds import NO_SOLUTION
from orchestration.disclosure.tabular.table import BoolArray, CaseError, FloatArray, tolerance

# A group of cells is pushed to its bounds at once as long as this share of it gets there.
GAIN = 0.02
PRIMAL_SIMPLEX = 4
CONCLUSIVE_STATUSES = {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnbounded}


class LinearProgram:
    """One connected part: equations, bounds, and the extremes of all solutions seen so far.

    Presolve is off and the basis is kept, so that a new objective starts from the last optimum.
    """

    def __init__(
        self, equations: sparse.csr_matrix, rhs: FloatArray, lower: FloatArray, upper: FloatArray
    ) -> None:
        self._lower, self._upper = lower, upper
        self._size = equations.shape[1]
        self._columns = np.arange(self._size, dtype=np.int32)
        # The public class prints a banner on standard output before it can be told not to.
        self._highs = _Highs()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("presolve", "off")
        self._highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
        self._highs.setOptionValue("threads", 1)
        self._highs.passModel(_build_model(equations, rhs, lower, upper))
        if not self._is_feasible(rhs):
            raise CaseError(f"{NO_SOLUTION}.")
        self.lowest = self._solution()
        self.highest = self.lowest.copy()

    def intervals(self, determined_cells: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return lower and upper bounds; any solution tells those that equations determine."""
        self._push_all(1.0, determined_cells)
        self._push_all(-1.0, determined_cells)
        for column in np.flatnonzero(~determined_cells).tolist():
            if self._unreached(1.0)[column]:
                self._extreme(column, 1.0)
            if self._unreached(-1.0)[column]:
                self._extreme(column, -1.0)
        return self.lowest, self.highest

    def _is_feasible(self, rhs: FloatArray) -> bool:
        """Find a first solution; published figures may contradict each other by rounding."""
        costs = np.zeros(self._size)
        if self._solve(costs) == highspy.HighsModelStatus.kOptimal:
            return True
        largest = np.abs(rhs).max(initial=0.0)
        self._highs.setOptionValue("primal_feasibility_tolerance", 2 * float(tolerance(largest)))
        return self._solve(costs) == highspy.HighsModelStatus.kOptimal

    def _unreached(self, sense: float) -> BoolArray:
        """Say which cells no solution showed at their bound: the lower one when ``sense`` is 1."""
        if sense > 0:
            return np.asarray(self.lowest > self._lower + tolerance(self._lower), dtype=bool)
        return np.asarray(self.highest < self._upper - tolerance(self._upper), dtype=bool)

    def _push_all(self, sense: float, determined_cells: BoolArray) -> None:
        """Push all cells towards their bounds at once: one program may settle hundreds."""
        bounds = self._lower if sense > 0 else self._upper
        while True:
            left = self._unreached(sense) & ~determined_cells & np.isfinite(bounds)
            if not left.any() or not self._minimise(np.where(left, sense, 0.0)):
                return
            self._record()
            settled = left & ~self._unreached(sense)
            if settled.sum() <= GAIN * left.sum():
                return

    def _extreme(self, column: int, sense: float) -> None:
        costs = np.zeros(self._size)
        costs[column] = sense
        if self._minimise(costs):
            self._record()
        elif sense > 0:
            self.lowest[column] = -np.inf
        else:
            self.highest[column] = np.inf

    def _minimise(self, costs: FloatArray) -> bool:
        """Minimise; False when nothing bounds the objective."""
        status = self._solve(costs)
        if status not in CONCLUSIVE_STATUSES:
            raise CaseError(f"programme linéaire non résolu ({status.name}).")
        return status == highspy.HighsModelStatus.kOptimal

    def _solve(self, costs: FloatArray) -> highspy.HighsModelStatus:
        self._highs.changeColsCost(self._size, self._columns, costs)
        self._highs.run()
        if self._highs.getModelStatus() not in CONCLUSIVE_STATUSES:
            # Thousands of warm starts may leave a bad basis: once more, from none.
            self._highs.clearSolver()
            self._highs.run()
        return self._highs.getModelStatus()

    def _record(self) -> None:
        seen = self._solution()
        np.minimum(self.lowest, seen, out=self.lowest)
        np.maximum(self.highest, seen, out=self.highest)

    def _solution(self) -> FloatArray:
        return np.asarray(self._highs.getSolution().col_value, dtype=np.float64)


def _build_model(
    equations: sparse.csr_matrix, rhs: FloatArray, lower: FloatArray, upper: FloatArray
) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = equations.shape
    model.col_cost_ = np.zeros(equations.shape[1])
    model.col_lower_, model.col_upper_ = lower, upper
    model.row_lower_ = model.row_upper_ = rhs
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = equations.indptr
    model.a_matrix_.index_ = equations.indices
    model.a_matrix_.value_ = equations.data
    return model
