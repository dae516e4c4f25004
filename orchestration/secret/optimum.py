"""The cheapest mask of a small case, by mixed-integer programming within a few seconds.

Belongs here: the exact model. Does not: heuristics (``recherche``), used beyond a few dozen cells.
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from orchestration.secret.cas import Cas, Choix, Reels

# Deviations in the model: two tables per cell to protect. Tables of lines and columns took 2 s at
# most below this; of three small cubes two met the limit of time, and longer runs found no better.
DEVIATIONS_MAX = 6000
SECONDES_MAX = 5.0
# Within a table, no cell need move more than 1 / RAPPORT times what is asked of its target.
RAPPORT = 0.05
PRIS = 0.5

Rangs = npt.NDArray[np.intp]


def optimum(
    case: Cas, masque: Choix, besoins: Choix, permises: Choix, requis: Reels
) -> Choix | None:
    """Return a mask cheaper than ``masque``, or None when there is none or the case is too large.

    Every cell of ``besoins`` gets two tables that agree with what is published, and that differ on
    it by its required width.
    """
    targets = np.flatnonzero(besoins)
    candidates = np.flatnonzero(permises | (masque & ~besoins))
    budget = float(case.poids[masque & ~besoins].sum())
    if budget <= 0 or 2 * len(case.ids) * targets.size > DEVIATIONS_MAX:
        return None
    model = _Modele(case, targets, candidates, requis)
    prices = np.concatenate([np.zeros(model.nb_ecarts), case.poids[candidates]])
    found = milp(
        prices,
        constraints=[*model.contraintes(), LinearConstraint(prices, -np.inf, budget)],
        bounds=model.bornes(),
        integrality=np.repeat([0, 1], [model.nb_ecarts, candidates.size]),
        options={"time_limit": SECONDES_MAX, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return None
    best = masque & False
    best[targets] = True
    best[candidates[found.x[model.nb_ecarts :] > PRIS]] = True
    return best if float(case.poids[best & ~besoins].sum()) < budget else None


class _Modele:
    """Columns: for each target, the deviations of two tables; then the choice of each candidate."""

    def __init__(self, case: Cas, targets: Rangs, candidates: Rangs, requis: Reels) -> None:
        self.cas, self.cibles, self.candidates = case, targets, candidates
        self.nb_ecarts = 2 * len(case.ids) * targets.size
        low, high = case.bas - case.valeurs, case.haut - case.valeurs
        moving = np.concatenate([targets, candidates])
        room = np.minimum(-low, high)[moving]
        # A cell that must only move at all is asked for a part of the least room there is.
        unit = float(room[room > 0].min(initial=np.inf))
        least = 2 * RAPPORT * unit if np.isfinite(unit) else 0.0
        self.largeurs = np.maximum(requis[targets], least)
        nil = np.zeros(len(case.ids))
        self.bas, self.haut = nil.copy(), nil.copy()
        self.bas[moving], self.haut[moving] = low[moving], high[moving]

    def contraintes(self) -> list[LinearConstraint]:
        """Additivity, width of each target, and no deviation of a candidate that stays public."""
        tables = sparse.identity(2 * self.cibles.size)
        additive = sparse.kron(tables, self.cas.equations)
        chosen = sparse.csr_matrix(
            (
                np.ones(self.candidates.size),
                (np.arange(self.candidates.size), self.candidates),
            ),
            shape=(self.candidates.size, len(self.cas.ids)),
        )
        moves = sparse.kron(tables, chosen)
        low, high = self._limites()
        below, above = (self._au_choix(limit) for limit in (low, high))
        return [
            LinearConstraint(self._avec_choix(additive), 0, 0),
            LinearConstraint(self._avec_choix(self._ecarts_des_cibles()), self.largeurs, np.inf),
            LinearConstraint(sparse.hstack([moves, -above], format="csr"), -np.inf, 0),
            LinearConstraint(sparse.hstack([moves, -below], format="csr"), 0, np.inf),
        ]

    def bornes(self) -> Bounds:
        """Bounds of the deviations, then 0 and 1."""
        low, high = self._limites()
        count = self.candidates.size
        return Bounds(
            np.concatenate([low.ravel(), np.zeros(count)]),
            np.concatenate([high.ravel(), np.ones(count)]),
        )

    def _limites(self) -> tuple[Reels, Reels]:
        """Bounds (2 × targets, cells): those of the cells, and the ratio to what is asked."""
        reach = np.repeat(self.largeurs / RAPPORT, 2)[:, None]
        return np.maximum(self.bas, -reach), np.minimum(self.haut, reach)

    def _ecarts_des_cibles(self) -> sparse.csr_matrix:
        """Row per target: its deviation in its first table, less that in its second."""
        size, count = len(self.cas.ids), self.cibles.size
        first = 2 * np.arange(count) * size + self.cibles
        terms = np.repeat([1.0, -1.0], count)
        rows = np.tile(np.arange(count), 2)
        return sparse.csr_matrix(
            (terms, (rows, np.concatenate([first, first + size]))), shape=(count, self.nb_ecarts)
        )

    def _au_choix(self, limits: Reels) -> sparse.csr_matrix:
        """Stack, table by table, the diagonal of the candidates' limits."""
        return sparse.vstack([sparse.diags(row[self.candidates]) for row in limits], format="csr")

    def _avec_choix(self, block: sparse.spmatrix) -> sparse.csr_matrix:
        """Add the columns of the choices, on which ``block`` does not bear."""
        empty = sparse.csr_matrix((block.shape[0], self.candidates.size))
        return sparse.hstack([block, empty], format="csr")
