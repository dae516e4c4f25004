"""The attack: what anybody can deduce about the hidden cells from the published ones."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from orchestration.disclosure.tabular.bounds import NO_SOLUTION, is_on_tree, tighten
from orchestration.disclosure.tabular.determined import components, determined_cells
from orchestration.disclosure.tabular.exact import independent_rows
from orchestration.disclosure.tabular.linear_programs import LinearProgram
from orchestration.disclosure.tabular.table import BoolArray, Case, CaseError, FloatArray, tolerance

# Published figures are sums of figures with at most so many decimals; more is noise of the machine.
DECIMALS = 9
# Linear programs answer with about so many.
PRECISION = 6

IndexArray = npt.NDArray[np.int_]


@dataclass(frozen=True)
class Attack:
    """``widths``: of each hidden cell, in the order of the case; infinite when unbounded.

    ``determined_cells``: those whose interval has no width.
    """

    determined_cells: tuple[str, ...]
    intervals: dict[str, tuple[float, float]]


def attack_case(case: Case) -> Attack:
    """Attack ``table`` knowing its published values, equations and bounds.

    Raises :class:`CaseError` when no values satisfy them all.
    """
    hidden = ~case.published
    names = [case.ids[rank] for rank in np.flatnonzero(hidden)]
    low, high = intervals(*hidden_system(case), case.lower[hidden], case.upper[hidden])
    closed = _point_intervals(low, high)
    # Adding zero turns −0 into 0.
    low, high = np.round(low, PRECISION) + 0.0, np.round(high, PRECISION) + 0.0
    return Attack(
        tuple(name for name, shut in zip(names, closed, strict=True) if shut),
        dict(zip(names, zip(low.tolist(), high.tolist(), strict=True), strict=True)),
    )


def hidden_system(case: Case) -> tuple[sparse.csr_matrix, FloatArray]:
    """Return the equations that hold a hidden cell, on the hidden cells, and their right side."""
    hidden = ~case.published
    system = case.equations[:, hidden].tocsr()
    kept = np.diff(system.indptr) > 0
    known = np.where(case.published, case.values, 0.0)
    right = np.round(-(case.equations @ known), DECIMALS)
    return system[kept], right[kept]


def intervals(
    equations: sparse.csr_matrix, rhs: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the bounds of each ``x`` such that ``equations @ x = rhs``."""
    low, high = lower.copy(), upper.copy()
    columns = np.arange(len(lower))
    while True:
        low[columns], high[columns] = tighten(equations, rhs, low[columns], high[columns])
        # What bounds settle is a constant: without it, cycles often fall apart.
        open_ = ~_point_intervals(low[columns], high[columns])
        left = open_ & ~is_on_tree(equations)
        if left.all():
            break
        rows = np.diff(equations[:, left].tocsr().indptr) > 0
        rhs = rhs[rows] - equations[rows] @ np.where(left, 0, low[columns])
        equations = equations[rows][:, left]
        columns = columns[left]
    for rows, part in _connected_parts(equations):
        here = columns[part]
        low[here], high[here] = _solve_part(
            equations[rows][:, part], rhs[rows], low[here], high[here]
        )
    return low, high


def _solve_part(
    equations: sparse.csr_matrix, rhs: FloatArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    # A cube repeats itself: without its redundant equations a program takes a third of the time.
    kept = independent_rows(equations)
    program = LinearProgram(equations[kept], rhs[kept], low, high)
    # Where one solution breaks an equation that the others imply, all do.
    gaps = np.abs(equations @ program.lowest - rhs)
    if (gaps > 10 * tolerance(np.abs(rhs).max())).any():
        raise CaseError(f"{NO_SOLUTION}.")
    return program.intervals(determined_cells(equations))


def _point_intervals(low: FloatArray, high: FloatArray) -> BoolArray:
    """Say which intervals have no width, up to rounding."""
    size = np.maximum(np.abs(low), np.abs(high))
    return np.asarray(high - low <= tolerance(size), dtype=bool)


def _connected_parts(equations: sparse.csr_matrix) -> list[tuple[IndexArray, IndexArray]]:
    """Return the equations and the unknowns of each connected part."""
    labels = components(equations)
    m = equations.shape[0]
    order = np.argsort(labels, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(order) else []
    return [(member[member < m], member[member >= m] - m) for member in members]
