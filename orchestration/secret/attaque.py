"""The attack: what anybody can deduce about the hidden cells from the published ones.

Belongs here: the intervals of all hidden cells, and which have no width left. Does not: reading a
case (``cas``), printing (``commandes``), knowing a rule of this project (``audit``).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from orchestration.secret.bornes import AUCUNE_SOLUTION, resserrer, sur_arbre
from orchestration.secret.cas import Cas, CasError, Choix, Reels, tolerance
from orchestration.secret.modulaire import independantes
from orchestration.secret.programmes import Programme
from orchestration.secret.temoin import composantes, determinees

# Published figures are sums of figures with at most so many decimals; more is noise of the machine.
DECIMALES = 9
# Linear programs answer with about so many.
PRECISION = 6

Rangs = npt.NDArray[np.int_]


@dataclass(frozen=True)
class Attaque:
    """``intervalles``: of each hidden cell, in the order of the case; infinite when unbounded.

    ``determinees``: those whose interval has no width.
    """

    determinees: tuple[str, ...]
    intervalles: dict[str, tuple[float, float]]


def attaquer(cas: Cas) -> Attaque:
    """Attack ``cas`` knowing its published values, equations and bounds.

    Raises :class:`CasError` when no values satisfy them all.
    """
    hidden = ~cas.publiees
    names = [cas.ids[rank] for rank in np.flatnonzero(hidden)]
    low, high = intervalles(*systeme(cas), cas.bas[hidden], cas.haut[hidden])
    closed = _fermes(low, high)
    # Adding zero turns −0 into 0.
    low, high = np.round(low, PRECISION) + 0.0, np.round(high, PRECISION) + 0.0
    return Attaque(
        tuple(name for name, shut in zip(names, closed, strict=True) if shut),
        dict(zip(names, zip(low.tolist(), high.tolist(), strict=True), strict=True)),
    )


def systeme(cas: Cas) -> tuple[sparse.csr_matrix, Reels]:
    """Return the equations that hold a hidden cell, on the hidden cells, and their right side."""
    hidden = ~cas.publiees
    system = cas.equations[:, hidden].tocsr()
    kept = np.diff(system.indptr) > 0
    known = np.where(cas.publiees, cas.valeurs, 0.0)
    right = np.round(-(cas.equations @ known), DECIMALES)
    return system[kept], right[kept]


def intervalles(
    equations: sparse.csr_matrix, second_membre: Reels, bas: Reels, haut: Reels
) -> tuple[Reels, Reels]:
    """Return the bounds of each ``x`` such that ``equations @ x = second_membre``."""
    low, high = bas.copy(), haut.copy()
    columns = np.arange(len(bas))
    while True:
        low[columns], high[columns] = resserrer(
            equations, second_membre, low[columns], high[columns]
        )
        # What bounds settle is a constant: without it, cycles often fall apart.
        open_ = ~_fermes(low[columns], high[columns])
        left = open_ & ~sur_arbre(equations)
        if left.all():
            break
        rows = np.diff(equations[:, left].tocsr().indptr) > 0
        second_membre = second_membre[rows] - equations[rows] @ np.where(left, 0, low[columns])
        equations = equations[rows][:, left]
        columns = columns[left]
    for rows, part in _parties(equations):
        here = columns[part]
        low[here], high[here] = _programme(
            equations[rows][:, part], second_membre[rows], low[here], high[here]
        )
    return low, high


def _programme(
    equations: sparse.csr_matrix, second_membre: Reels, low: Reels, high: Reels
) -> tuple[Reels, Reels]:
    # A cube repeats itself: without its redundant equations a program takes a third of the time.
    kept = independantes(equations)
    program = Programme(equations[kept], second_membre[kept], low, high)
    # Where one solution breaks an equation that the others imply, all do.
    gaps = np.abs(equations @ program.plus_bas - second_membre)
    if (gaps > 10 * tolerance(np.abs(second_membre).max())).any():
        raise CasError(f"{AUCUNE_SOLUTION}.")
    return program.intervalles(determinees(equations))


def _fermes(low: Reels, high: Reels) -> Choix:
    """Say which intervals have no width, up to rounding."""
    size = np.maximum(np.abs(low), np.abs(high))
    return np.asarray(high - low <= tolerance(size), dtype=bool)


def _parties(equations: sparse.csr_matrix) -> list[tuple[Rangs, Rangs]]:
    """Return the equations and the unknowns of each connected part."""
    labels = composantes(equations)
    m = equations.shape[0]
    order = np.argsort(labels, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(order) else []
    return [(item[item < m], item[item >= m] - m) for item in members]
