"""What bounds alone say: intervals tightened from equation to equation.

Exact where the equations form a tree (a table and its subtotals, the blocks of a partition): there
it is the closed form lo = max(0, B − Σ others' upper bounds), hi = min(u, B − Σ others' lower).
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from orchestration.disclosure.tabular.determined import components
from orchestration.disclosure.tabular.table import BoolArray, CaseError, FloatArray, tolerance

NO_SOLUTION = "aucune solution : les équations contredisent les bornes ou les valeurs publiées"
# Around a cycle, tightening may go on for ever by ever smaller steps: linear programs take over.
MAX_ROUNDS_ON_CYCLES = 20


def tighten(
    equations: sparse.csr_matrix, rhs: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper bounds of ``x`` (n) where ``equations @ x = rhs``.

    Raises :class:`CaseError` when they show that no ``x`` exists.
    """
    edges = equations.tocoo()
    on_tree = is_on_tree(equations)
    low, high = lower, upper
    rounds = 0
    while True:
        new_low, new_high = _tighten_once(edges, rhs, low, high)
        refuse_empty(new_low, new_high)
        moved = _exceeds(new_low, low) | _exceeds(high, new_high)
        low, high = new_low, np.maximum(new_low, new_high)
        rounds += 1
        if not (moved & on_tree).any() and (rounds >= MAX_ROUNDS_ON_CYCLES or not moved.any()):
            return low, high


def refuse_empty(low: FloatArray, high: FloatArray) -> None:
    """Raise :class:`CaseError` when an interval is empty beyond rounding."""
    if _exceeds(low, high).any():
        raise CaseError(f"{NO_SOLUTION}.")


def is_on_tree(equations: sparse.csr_matrix) -> BoolArray:
    """Say of each unknown whether its connected part of the system has no cycle."""
    labels = components(equations)
    m = equations.shape[0]
    nodes = np.bincount(labels)
    links = np.bincount(labels[equations.tocoo().row], minlength=len(nodes))
    return np.asarray((links == nodes - 1)[labels[m:]], dtype=bool)


def _exceeds(first: FloatArray, second: FloatArray) -> BoolArray:
    """Say where ``first`` is above ``second`` beyond rounding; infinite ones are compared as is."""
    return np.asarray(first > second + tolerance(second), dtype=bool)


def _tighten_once(
    edges: sparse.coo_matrix, rhs: FloatArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Tighten every unknown once by every equation that holds it."""
    row, column, sign = edges.row, edges.col, edges.data
    m = len(rhs)
    least = np.where(sign > 0, low[column], -high[column])
    most = np.where(sign > 0, high[column], -low[column])
    room = rhs[row] - _sum_of_others(row, least, m)
    need = rhs[row] - _sum_of_others(row, most, m)
    new_low, new_high = low.copy(), high.copy()
    np.maximum.at(new_low, column, np.where(sign > 0, need, -room))
    np.minimum.at(new_high, column, np.where(sign > 0, room, -need))
    return new_low, new_high


def _sum_of_others(row: npt.NDArray[np.int_], terms: FloatArray, m: int) -> FloatArray:
    """Sum, for each term, of the other terms of its equation; infinite ones have all one sign."""
    endless = np.isinf(terms)
    finite = np.where(endless, 0.0, terms)
    sums = np.bincount(row, finite, minlength=m)[row] - finite
    others = np.bincount(row, endless, minlength=m)[row] - endless
    infinity = terms[endless][0] if endless.any() else 0.0
    return np.where(others > 0, infinity, sums)
