"""Cases for the tests of ``disclosure.tabular``: the tables of the design, and random ones."""

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from orchestration.disclosure.tabular.table import Case

CaseContent = dict[str, Any]

TABLE = {
    "w": [30, 47, 64, 89],
    "x": [90, 124, 5, 31],
    "y": [92, 100, 59, 85],
    "z": [800, 991, 651, 685],
}
# Two per line and per column at least, and yet one is revealed.
HIDDEN = frozenset({"w1", "w2", "w3", "x1", "x3", "y2", "y4", "z2", "z4"})


def table(rows: dict[str, list[int]], hidden: frozenset[str] = frozenset()) -> CaseContent:
    """Return a table with all its totals: cells ``w1``…, lines ``w``…, columns ``t1``…, ``t``."""
    width = len(next(iter(rows.values())))
    values = {f"{name}{j + 1}": row[j] for name, row in rows.items() for j in range(width)}
    equations = [
        {"total": name, "parts": [f"{name}{j + 1}" for j in range(width)]} for name in rows
    ]
    equations += [
        {"total": f"t{j + 1}", "parts": [f"{name}{j + 1}" for name in rows]} for j in range(width)
    ]
    equations += [
        {"total": "t", "parts": list(rows)},
        {"total": "t", "parts": [f"t{j + 1}" for j in range(width)]},
    ]
    for equation in equations:
        values[str(equation["total"])] = sum(values[part] for part in equation["parts"])
    return {"cells": cell_entries(values, hidden), "equations": equations}


def cell_entries(values: dict[str, int], hidden: frozenset[str] = frozenset()) -> list[CaseContent]:
    return [
        {"id": name} | ({"published": False} if name in hidden else {"value": value})
        for name, value in values.items()
    ]


@st.composite
def contents(draw: st.DrawFn) -> CaseContent:
    """Return a small case that has a solution: leaves, and totals of any cells before them."""
    unit = draw(st.sampled_from([1.0, 0.25, 0.01]))
    values = [draw(st.integers(-3, 20)) * unit for _ in range(draw(st.integers(2, 6)))]
    equations = []
    for _ in range(draw(st.integers(1, 6))):
        known = list(range(len(values)))
        parts = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique=True))
        equations.append({"total": f"c{len(values)}", "parts": [f"c{part}" for part in parts]})
        values.append(sum(values[part] for part in parts))
    cells: list[CaseContent] = []
    for rank, value in enumerate(values):
        cell: CaseContent = {"id": f"c{rank}"}
        if draw(st.integers(0, 3)):
            cell |= {"published": False, "lower": None if value < 0 else draw(_lower(value))}
            if draw(st.booleans()):
                cell["upper"] = value + draw(st.integers(0, 9))
        else:
            cell |= {"value": value}
        cells.append(cell)
    return {"cells": cells, "equations": equations}


def _lower(value: float) -> st.SearchStrategy[float | None]:
    return st.sampled_from([None, 0, value / 2, value])


def brute_force_intervals(case: Case) -> dict[str, tuple[float, float]]:
    """Return what two linear programs per hidden cell say, over all the cells of the case."""
    bounds = [
        (value, value) if shown else (low, high)
        for value, shown, low, high in zip(
            case.values, case.published, case.lower, case.upper, strict=True
        )
    ]
    intervals = {}
    for rank in np.flatnonzero(~case.published):
        ends = []
        for sense in (1.0, -1.0):
            costs = np.zeros(len(case.ids))
            costs[rank] = sense
            answer = linprog(
                costs,
                A_eq=case.equations.toarray(),
                b_eq=np.zeros(case.equations.shape[0]),
                bounds=bounds,
                # Presolve may stop at "infeasible or unbounded" without telling which.
                options={"presolve": False},
            )
            assert answer.status in {0, 3}, answer.message
            ends.append(sense * answer.fun if answer.status == 0 else -sense * math.inf)
        intervals[case.ids[rank]] = (ends[0], ends[1])
    return intervals
