"""Linear programmes over deviations from a table: ``equations @ y = 0`` between bounds.

Belongs here: the dialogue with HiGHS. Does not: the questions.
"""

import highspy
import numpy as np
from highspy._core import _Highs
from scipy import sparse
from scipy.optimize import linprog

from orchestration.secret.cas import Cas, CasError, Reels
from orchestration.secret.modulaire import independantes

# Simplex strategies of HiGHS, warm from one question to the next; and its interior point method,
# which starts afresh but answers 18,000 hidden cells in 0.5 s where the simplex takes up to 20 s.
DUAL, PRIMAL, INTERIEUR = 1, 4, 0


class Ecarts:
    """One programme, asked with several costs and bounds; ``y = 0`` satisfies it at first.

    ``strategie``: ``INTERIEUR`` for large tables, when any solution near the optimum will do;
    otherwise ``PRIMAL`` when only costs change much, else ``DUAL``.
    """

    def __init__(
        self, equations: sparse.csr_matrix, bas: Reels, haut: Reels, strategie: int
    ) -> None:
        # A cube repeats itself: its redundant equations only slow programmes down.
        rows = equations[independantes(equations)]
        height, self.taille = rows.shape
        self._rangs = np.arange(self.taille, dtype=np.int32)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.taille, height
        model.col_cost_ = np.zeros(self.taille)
        model.col_lower_, model.col_upper_ = bas, haut
        model.row_lower_ = model.row_upper_ = np.zeros(height)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = rows.indptr
        model.a_matrix_.index_ = rows.indices
        model.a_matrix_.value_ = rows.data
        # The public class prints a banner on standard output before it can be told not to.
        self._solveur = _Highs()
        self._solveur.setOptionValue("output_flag", False)
        if strategie == INTERIEUR:
            self._solveur.setOptionValue("solver", "ipm")
            self._solveur.setOptionValue("run_crossover", "off")
        else:
            self._solveur.setOptionValue("simplex_strategy", strategie)
            # Presolve would forget the basis of the question before.
            self._solveur.setOptionValue("presolve", "off")
        self._solveur.setOptionValue("threads", 1)
        self._solveur.passModel(model)

    def borner(self, column: int, bas: float, haut: float) -> None:
        """Change the bounds of a column."""
        self._solveur.changeColBounds(column, bas, haut)

    def minimiser(self, couts: Reels) -> Reels | None:
        """Return the deviations of least cost, None when there are none. Costs must be bounded."""
        self._solveur.changeColsCost(self.taille, self._rangs, couts)
        self._solveur.run()
        if self._solveur.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(self._solveur.getSolution().col_value, dtype=np.float64)


def valeurs_possibles(case: Cas) -> Reels:
    """Return the values, unknown ones replaced by some that agree with the rest."""
    unknown = np.flatnonzero(np.isnan(case.valeurs))
    if not unknown.size:
        return case.valeurs
    values = case.valeurs.copy()
    values[unknown] = 0.0
    found = linprog(
        np.zeros(unknown.size),
        A_eq=case.equations[:, unknown],
        b_eq=-(case.equations @ values),
        bounds=np.column_stack([case.bas[unknown], case.haut[unknown]]),
    )
    if found.x is None:
        raise CasError(
            "aucune solution : les valeurs publiées et les bornes des cellules cachées se "
            "contredisent. Vérifier value, lower et upper."
        )
    values[unknown] = found.x
    return values
