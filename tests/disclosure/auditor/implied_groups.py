"""Which groups of cells do published sums give, by themselves or by subtraction?

Belongs here: groups implied by sums, and the persons behind a group. Does not: what is too few
(``auditor``).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from orchestration.disclosure.tabular.determined import determined_cells
from tests.disclosure.auditor.published import Figure

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CellGroups:
    """``membres`` (groups × cells, 0 or 1), and the lines that each group comes from."""

    members: sparse.csr_matrix
    sources: tuple[tuple[str, ...], ...]


def implied_groups(figures: Sequence[Figure], position: dict[str, int]) -> CellGroups:
    """Return the lines' own groups, the differences of nested lines, and what is determined.

    Cells that no line tells apart are one unknown. Of a line that contains others, the rest is
    taken after each of them, and after as many disjoint ones as fit.
    """
    count, names = len(position), [line.id for line in figures]
    cells = [frozenset(position[cell] for cell in line.cells) for line in figures]
    inner, outer = _nested_pairs(_membership(cells, count))
    nested = list(zip(inner.tolist(), outer.tolist(), strict=True))
    remainders, remainder_names = _remainders(cells, inner, outer, names)
    known, known_names = _determined_sets(cells, names, count)
    differences = [cells[line] - cells[part] for part, line in nested]
    return CellGroups(
        _membership([*cells, *differences, *remainders, *known], count),
        (
            *((name,) for name in names),
            *((names[line], names[part]) for part, line in nested),
            *remainder_names,
            *known_names,
        ),
    )


def by_person(
    facts: pd.DataFrame, position: dict[str, int], amount: str | None
) -> sparse.csr_matrix:
    """Return what each person has in each cell (cells × persons): dossiers, or an amount."""
    known = facts[facts["cellule"].isin(list(position))]
    persons, names = pd.factorize(known["titulaire"])
    values = np.ones(len(known)) if amount is None else known[amount].to_numpy(dtype=float)
    cells = known["cellule"].map(position).to_numpy(dtype=np.int64)
    shape = (len(position), len(names))
    return sparse.csr_matrix((values, (cells, persons)), shape=shape)


def _membership(groups: Sequence[Collection[int]], count: int) -> sparse.csr_matrix:
    rows = [rank for rank, cells in enumerate(groups) for _ in cells]
    columns = [cell for cells in groups for cell in cells]
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(groups), count))


def _nested_pairs(members: sparse.csr_matrix) -> tuple[IntArray, IntArray]:
    """Return the pairs (inner, outer) of lines of which one strictly contains the other."""
    shared = (members @ members.T).tocoo()
    sizes = np.asarray(members.sum(axis=1)).ravel()
    nested = (shared.data == sizes[shared.row]) & (sizes[shared.row] < sizes[shared.col])
    return shared.row[nested].astype(np.int64), shared.col[nested].astype(np.int64)


def _remainders(
    cells: Sequence[frozenset[int]], inner: IntArray, outer: IntArray, names: Sequence[str]
) -> tuple[list[frozenset[int]], list[tuple[str, ...]]]:
    """Take as many disjoint lines as fit out of each line, the largest first."""
    parts: dict[int, list[int]] = {}
    for part, line in zip(inner.tolist(), outer.tolist(), strict=True):
        parts.setdefault(line, []).append(part)
    remainders, sources = [], []
    for line, within in parts.items():
        left, used = cells[line], [names[line]]
        for part in sorted(within, key=lambda rank: (-len(cells[rank]), rank)):
            if cells[part] <= left:
                left -= cells[part]
                used.append(names[part])
        remainders.append(left)
        sources.append(tuple(used))
    return remainders, sources


def _determined_sets(
    cells: Sequence[frozenset[int]], names: Sequence[str], count: int
) -> tuple[list[list[int]], list[tuple[str, ...]]]:
    """Return the sets of cells that the sums determine, each with the lines that hold it."""
    holders: list[list[int]] = [[] for _ in range(count)]
    for line, inside in enumerate(cells):
        for cell in inside:
            holders[cell].append(line)
    kinds: dict[tuple[int, ...], list[int]] = {}
    for cell, lines in enumerate(holders):
        if lines:
            kinds.setdefault(tuple(lines), []).append(cell)
    members = _membership(cells, count)[:, [together[0] for together in kinds.values()]]
    known = [
        item
        for item, is_determined in zip(kinds.items(), determined_cells(members), strict=True)
        if is_determined
    ]
    return [together for _, together in known], [
        tuple(names[line] for line in lines) for lines, _ in known
    ]
