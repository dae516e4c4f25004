"""Linear programmes over deviations from a table: ``equations @ y = 0`` between bounds.

Belongs here: the dialogue with HiGHS. Does not: the questions.
"""

import highspy
import numpy as np
from highspy._core import _Highs
from scipy import sparse
from scipy.optimize import linprog

from orchestration.disclosure.tabular.exact import independent_rows
from orchestration.disclosure.tabular.table import Case, CaseError, FloatArray

# Simplex strategies of HiGHS, warm from one question to the next; and its interior point method,
# which starts afresh but answers 18,000 hidden cells in 0.5 s where the simplex takes up to 20 s.
DUAL, PRIMAL, INTERIOR_POINT = 1, 4, 0


class Deviations:
    """One programme, asked with several costs and bounds; ``y = 0`` satisfies it at first.

    ``strategie``: ``INTERIOR_POINT`` for large tables, when any solution near the optimum will do;
    otherwise ``PRIMAL`` when only costs change much, else ``DUAL``.
    """

    def __init__(
        self, equations: sparse.csr_matrix, lower: FloatArray, upper: FloatArray, strategy: int
    ) -> None:
        # A cube repeats itself: its redundant equations only slow programmes down.
        rows = equations[independent_rows(equations)]
        height, self.size = rows.shape
        self._indices = np.arange(self.size, dtype=np.int32)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.size, height
        model.col_cost_ = np.zeros(self.size)
        model.col_lower_, model.col_upper_ = lower, upper
        model.row_lower_ = model.row_upper_ = np.zeros(height)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = rows.indptr
        model.a_matrix_.index_ = rows.indices
        model.a_matrix_.value_ = rows.data
        # The public class prints a banner on standard output before it can be told not to.
        self._solver = _Highs()
        self._solver.setOptionValue("output_flag", False)
        if strategy == INTERIOR_POINT:
            self._solver.setOptionValue("solver", "ipm")
            self._solver.setOptionValue("run_crossover", "off")
        else:
            self._solver.setOptionValue("simplex_strategy", strategy)
            # Presolve would forget the basis of the question before.
            self._solver.setOptionValue("presolve", "off")
        self._solver.setOptionValue("threads", 1)
        self._solver.passModel(model)

    def set_bounds(self, column: int, lower: float, upper: float) -> None:
        """Change the bounds of a column."""
        self._solver.changeColBounds(column, lower, upper)

    def minimise(self, costs: FloatArray) -> FloatArray | None:
        """Return the deviations of least cost, None when there are none. Costs must be bounded."""
        self._solver.changeColsCost(self.size, self._indices, costs)
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(self._solver.getSolution().col_value, dtype=np.float64)


def feasible_values(case: Case) -> FloatArray:
    """Return the values, unknown ones replaced by some that agree with the rest."""
    unknown = np.flatnonzero(np.isnan(case.values))
    if not unknown.size:
        return case.values
    values = case.values.copy()
    values[unknown] = 0.0
    found = linprog(
        np.zeros(unknown.size),
        A_eq=case.equations[:, unknown],
        b_eq=-(case.equations @ values),
        bounds=np.column_stack([case.lower[unknown], case.upper[unknown]]),
    )
    if found.x is None:
        raise CaseError(
            "aucune solution : les valeurs publiées et les bornes des cellules cachées se "
            "contredisent. Vérifier value, lower et upper."
        )
    values[unknown] = found.x
    return values
