"""Linear programs, and the only dialogue with HiGHS: the intervals of an attacker where
equations form cycles; the deviations from a table that a mask lets happen.
"""

from collections.abc import Mapping

import highspy
import numpy as np
from highspy._core import _Highs
from scipy import sparse
from scipy.optimize import linprog

from orchestration.disclosure.tabular.bounds import NO_SOLUTION
from orchestration.disclosure.tabular.exact import independent_rows
from orchestration.disclosure.tabular.table import (
    BoolArray,
    Case,
    CaseError,
    FloatArray,
    tolerance,
)

Options = Mapping[str, str | int]
# The simplex, warm from one question to the next (presolve would forget the basis); and the
# interior point method, which starts afresh but answers 18,000 hidden cells in 0.5 s where the
# simplex takes up to 20 s.
DUAL: Options = {"simplex_strategy": 1, "presolve": "off"}
PRIMAL: Options = {"simplex_strategy": 4, "presolve": "off"}
INTERIOR_POINT: Options = {"solver": "ipm", "run_crossover": "off"}
# A group of cells is pushed to its bounds at once as long as this share of it gets there.
GAIN = 0.02
CONCLUSIVE_STATUSES = {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnbounded}


class LinearProgram:
    """One connected part: equations, bounds, and the extremes of all solutions seen so far.

    The basis is kept, so that a new objective starts from the last optimum.
    """

    def __init__(
        self, equations: sparse.csr_matrix, rhs: FloatArray, lower: FloatArray, upper: FloatArray
    ) -> None:
        self._lower, self._upper = lower, upper
        self._size = equations.shape[1]
        self._columns = np.arange(self._size, dtype=np.int32)
        self._highs = _solver(equations, rhs, lower, upper, PRIMAL)
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


class Deviations:
    """One program, asked with several costs and bounds; ``y = 0`` satisfies it at first.

    ``options``: ``INTERIOR_POINT`` for large tables, when any solution near the optimum will do;
    otherwise ``PRIMAL`` when only costs change much, else ``DUAL``.
    """

    def __init__(
        self, equations: sparse.csr_matrix, lower: FloatArray, upper: FloatArray, options: Options
    ) -> None:
        # A cube repeats itself: its redundant equations only slow programs down.
        rows = equations[independent_rows(equations)]
        height, self.size = rows.shape
        self._indices = np.arange(self.size, dtype=np.int32)
        self._highs = _solver(rows, np.zeros(height), lower, upper, options)

    def set_bounds(self, column: int, lower: float, upper: float) -> None:
        """Change the bounds of a column."""
        self._highs.changeColBounds(column, lower, upper)

    def minimise(self, costs: FloatArray) -> FloatArray | None:
        """Return the deviations of least cost, None when there are none. Costs must be bounded."""
        self._highs.changeColsCost(self.size, self._indices, costs)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(self._highs.getSolution().col_value, dtype=np.float64)


def feasible_values(case: Case) -> FloatArray:
    """Return the values, unknown ones replaced by some that agree with the rest."""
    unknown = np.flatnonzero(np.isnan(case.values))
    if not unknown.size:
        return case.values
    values = case.values.copy()
    values[unknown] = 0.0
    solution = linprog(
        np.zeros(unknown.size),
        A_eq=case.equations[:, unknown],
        b_eq=-(case.equations @ values),
        bounds=np.column_stack([case.lower[unknown], case.upper[unknown]]),
    )
    if solution.x is None:
        raise CaseError(
            "aucune solution : les valeurs publiées et les bornes des cellules cachées se "
            "contredisent. Vérifier value, lower et upper."
        )
    values[unknown] = solution.x
    return values


def _solver(
    equations: sparse.csr_matrix,
    rhs: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    options: Options,
) -> _Highs:
    """Return a solver of ``equations @ x = rhs`` between bounds, with costs still to be set."""
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = equations.shape
    model.col_cost_ = np.zeros(equations.shape[1])
    model.col_lower_, model.col_upper_ = lower, upper
    model.row_lower_ = model.row_upper_ = rhs
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = equations.indptr
    model.a_matrix_.index_ = equations.indices
    model.a_matrix_.value_ = equations.data
    # The public class prints a banner on standard output before it can be told not to.
    solver = _Highs()
    for name, value in {"output_flag": False, "threads": 1, **options}.items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
    return solver
