"""The mask of large sparse tables, line by line: what it hides, and what it leaves alone."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from orchestration.disclosure.tabular.determined import determined_cells
from orchestration.disclosure.tabular.line_mask import LineMask
from orchestration.disclosure.tabular.table import BoolArray, Case

THRESHOLD = 5


def masked(
    values: Sequence[float],
    lines: Sequence[Sequence[int]],
    primary: set[int],
    least: float = 0.0,
    weights: Sequence[float] | None = None,
) -> BoolArray:
    """Hide ``primary`` cells among ``values``, ``least`` of each being known; a line adds up cells
    to what everybody knows.
    """
    count = len(values)
    equations = np.zeros((len(lines), count))
    for row, line in enumerate(lines):
        equations[row, list(line)] = -1.0
    case = Case(
        ids=tuple(map(str, range(count))),
        values=np.array(values, dtype=float),
        published=np.ones(count, dtype=bool),
        lower=np.full(count, least),
        upper=np.full(count, np.inf),
        equations=sparse.csr_matrix(equations),
        weights=np.array(values if weights is None else weights, dtype=float),
        primary=np.array([cell in primary for cell in range(count)]),
        min_width=4.0,
    )
    mask = LineMask(case, THRESHOLD).find()
    follows = determined_cells(case.equations[:, np.flatnonzero(mask)].tocsr())
    told = {
        int(cell) for cell, is_told in zip(np.flatnonzero(mask), follows, strict=True) if is_told
    }
    assert not told & primary
    return mask


def test_a_cell_alone_in_a_line_hides_nothing() -> None:
    """Rows tell what it adds up to: another one is hidden, and no cell far away."""
    far = list(range(3, 60))
    mask = masked([1, 6, 7, *([20] * len(far))], [[0, 1, 2], [1], [2, *far]], {0})
    assert set(np.flatnonzero(mask)) - set(far) == {0, 2}
    assert mask[far].sum() == 1


def test_a_doubt_that_is_not_owed_hides_no_large_cell() -> None:
    """Two cells of 3 and 2 hide each other; of a wider doubt a small third one is the price, not a
    whole country.
    """
    line, both, all_three = [[0, 1, 2]], {0, 1}, {0, 1, 2}
    near = masked([3, 2, 6], line, both, least=1, weights=[3, 2, 100])
    assert set(np.flatnonzero(near)) == all_three
    far = masked([3, 2, 6], line, both, least=1, weights=[3, 2, 80_000])
    assert set(np.flatnonzero(far)) == both
    # What is owed is hidden whatever it costs.
    owed = masked([3, 6], [[0, 1]], {0}, least=1, weights=[3, 80_000])
    assert owed.all()
