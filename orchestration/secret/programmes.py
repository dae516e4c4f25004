"""Intervals by linear programs, where equations form cycles.

Belongs here: one HiGHS model per connected part, asked cell by cell. Does not: trees (``bornes``),
nor which parts there are (``attaque``).
"""

import highspy
import numpy as np
from highspy._core import _Highs
from scipy import sparse

from orchestration.secret.bornes import AUCUNE_SOLUTION
from orchestration.secret.cas import CasError, Choix, Reels, tolerance

# A group of cells is pushed to its bounds at once as long as this share of it gets there.
GAIN = 0.02
PRIMAL_SIMPLEX = 4
CONCLUSIONS = {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnbounded}


class Programme:
    """One connected part: equations, bounds, and the extremes of all solutions seen so far.

    Presolve is off and the basis is kept, so that a new objective starts from the last optimum.
    """

    def __init__(
        self, equations: sparse.csr_matrix, second_membre: Reels, bas: Reels, haut: Reels
    ) -> None:
        self._bas, self._haut = bas, haut
        self._nombre = equations.shape[1]
        self._columns = np.arange(self._nombre, dtype=np.int32)
        # The public class prints a banner on standard output before it can be told not to.
        self._highs = _Highs()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("presolve", "off")
        self._highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
        self._highs.setOptionValue("threads", 1)
        self._highs.passModel(_modele(equations, second_membre, bas, haut))
        if not self._soluble(second_membre):
            raise CasError(f"{AUCUNE_SOLUTION}.")
        self.plus_bas = self._solution()
        self.plus_haut = self.plus_bas.copy()

    def intervalles(self, determinees: Choix) -> tuple[Reels, Reels]:
        """Return lower and upper bounds; any solution tells those that equations determine."""
        self._pousser(1.0, determinees)
        self._pousser(-1.0, determinees)
        for column in np.flatnonzero(~determinees).tolist():
            if self._reste(1.0)[column]:
                self._extreme(column, 1.0)
            if self._reste(-1.0)[column]:
                self._extreme(column, -1.0)
        return self.plus_bas, self.plus_haut

    def _soluble(self, second_membre: Reels) -> bool:
        """Find a first solution; published figures may contradict each other by rounding."""
        costs = np.zeros(self._nombre)
        if self._resoudre(costs) == highspy.HighsModelStatus.kOptimal:
            return True
        largest = np.abs(second_membre).max(initial=0.0)
        self._highs.setOptionValue("primal_feasibility_tolerance", 2 * float(tolerance(largest)))
        return self._resoudre(costs) == highspy.HighsModelStatus.kOptimal

    def _reste(self, sense: float) -> Choix:
        """Say which cells no solution showed at their bound: the lower one when ``sense`` is 1."""
        if sense > 0:
            return np.asarray(self.plus_bas > self._bas + tolerance(self._bas), dtype=bool)
        return np.asarray(self.plus_haut < self._haut - tolerance(self._haut), dtype=bool)

    def _pousser(self, sense: float, determinees: Choix) -> None:
        """Push all cells towards their bounds at once: one program may settle hundreds."""
        bounds = self._bas if sense > 0 else self._haut
        while True:
            left = self._reste(sense) & ~determinees & np.isfinite(bounds)
            if not left.any() or not self._optimum(np.where(left, sense, 0.0)):
                return
            self._retenir()
            settled = left & ~self._reste(sense)
            if settled.sum() <= GAIN * left.sum():
                return

    def _extreme(self, column: int, sense: float) -> None:
        costs = np.zeros(self._nombre)
        costs[column] = sense
        if self._optimum(costs):
            self._retenir()
        elif sense > 0:
            self.plus_bas[column] = -np.inf
        else:
            self.plus_haut[column] = np.inf

    def _optimum(self, costs: Reels) -> bool:
        """Minimise; False when nothing bounds the objective."""
        status = self._resoudre(costs)
        if status not in CONCLUSIONS:
            raise CasError(f"programme linéaire non résolu ({status.name}).")
        return status == highspy.HighsModelStatus.kOptimal

    def _resoudre(self, costs: Reels) -> highspy.HighsModelStatus:
        self._highs.changeColsCost(self._nombre, self._columns, costs)
        self._highs.run()
        if self._highs.getModelStatus() not in CONCLUSIONS:
            # Thousands of warm starts may leave a bad basis: once more, from none.
            self._highs.clearSolver()
            self._highs.run()
        return self._highs.getModelStatus()

    def _retenir(self) -> None:
        seen = self._solution()
        np.minimum(self.plus_bas, seen, out=self.plus_bas)
        np.maximum(self.plus_haut, seen, out=self.plus_haut)

    def _solution(self) -> Reels:
        return np.asarray(self._highs.getSolution().col_value, dtype=np.float64)


def _modele(
    equations: sparse.csr_matrix, second_membre: Reels, bas: Reels, haut: Reels
) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = equations.shape
    model.col_cost_ = np.zeros(equations.shape[1])
    model.col_lower_, model.col_upper_ = bas, haut
    model.row_lower_ = model.row_upper_ = second_membre
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = equations.indptr
    model.a_matrix_.index_ = equations.indices
    model.a_matrix_.value_ = equations.data
    return model
