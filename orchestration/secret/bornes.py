"""What bounds alone say: intervals tightened from equation to equation.

Belongs here: propagation, exact where the equations form a tree (a table and its subtotals, the
blocks of a partition: there it is the closed form lo = max(0, B − Σ others' upper bounds),
hi = min(u, B − Σ others' lower bounds)). Does not: cycles (``programmes``).
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from orchestration.secret.cas import CasError, Choix, Reels, tolerance
from orchestration.secret.temoin import composantes

AUCUNE_SOLUTION = "aucune solution : les équations contredisent les bornes ou les valeurs publiées"
# Around a cycle, tightening may go on for ever by ever smaller steps: linear programs take over.
TOURS_SUR_CYCLES = 20


def resserrer(
    equations: sparse.csr_matrix, second_membre: Reels, bas: Reels, haut: Reels
) -> tuple[Reels, Reels]:
    """Return lower and upper bounds of ``x`` (n) where ``equations @ x = second_membre``.

    Raises :class:`CasError` when they show that no ``x`` exists.
    """
    edges = equations.tocoo()
    on_tree = sur_arbre(equations)
    low, high = bas, haut
    rounds = 0
    while True:
        new_low, new_high = _tour(edges, second_membre, low, high)
        refuser_vide(new_low, new_high)
        moved = _depasse(new_low, low) | _depasse(high, new_high)
        low, high = new_low, np.maximum(new_low, new_high)
        rounds += 1
        if not (moved & on_tree).any() and (rounds >= TOURS_SUR_CYCLES or not moved.any()):
            return low, high


def refuser_vide(low: Reels, high: Reels) -> None:
    """Raise :class:`CasError` when an interval is empty beyond rounding."""
    if _depasse(low, high).any():
        raise CasError(f"{AUCUNE_SOLUTION}.")


def sur_arbre(equations: sparse.csr_matrix) -> Choix:
    """Say of each unknown whether its connected part of the system has no cycle."""
    labels = composantes(equations)
    m = equations.shape[0]
    nodes = np.bincount(labels)
    links = np.bincount(labels[equations.tocoo().row], minlength=len(nodes))
    return np.asarray((links == nodes - 1)[labels[m:]], dtype=bool)


def _depasse(first: Reels, second: Reels) -> Choix:
    """Say where ``first`` is above ``second`` beyond rounding; infinite ones are compared as is."""
    return np.asarray(first > second + tolerance(second), dtype=bool)


def _tour(
    edges: sparse.coo_matrix, second_membre: Reels, low: Reels, high: Reels
) -> tuple[Reels, Reels]:
    """Tighten every unknown once by every equation that holds it."""
    row, column, sign = edges.row, edges.col, edges.data
    m = len(second_membre)
    least = np.where(sign > 0, low[column], -high[column])
    most = np.where(sign > 0, high[column], -low[column])
    room = second_membre[row] - _autres(row, least, m)
    need = second_membre[row] - _autres(row, most, m)
    new_low, new_high = low.copy(), high.copy()
    np.maximum.at(new_low, column, np.where(sign > 0, need, -room))
    np.minimum.at(new_high, column, np.where(sign > 0, room, -need))
    return new_low, new_high


def _autres(row: npt.NDArray[np.int_], terms: Reels, m: int) -> Reels:
    """Sum, for each term, of the other terms of its equation; infinite ones have all one sign."""
    endless = np.isinf(terms)
    finite = np.where(endless, 0.0, terms)
    sums = np.bincount(row, finite, minlength=m)[row] - finite
    others = np.bincount(row, endless, minlength=m)[row] - endless
    infinity = terms[endless][0] if endless.any() else 0.0
    return np.where(others > 0, infinity, sums)
