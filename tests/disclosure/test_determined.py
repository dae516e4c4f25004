"""Which cells equations determine: the witness and modular elimination against exact ranks."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import sparse

from orchestration.disclosure.tabular import determined, exact
from orchestration.disclosure.tabular.audit import hidden_system
from orchestration.disclosure.tabular.determined import determined_cells
from orchestration.disclosure.tabular.exact import independent_rows
from orchestration.disclosure.tabular.json_case import as_case
from tests.factories.disclosure_cases import HIDDEN, TABLE, CaseContent, contents, table


def rank(matrix: list[list[Fraction]]) -> int:
    """Rank by elimination on fractions: slow, and exact."""
    rows, rank = [list(row) for row in matrix], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[rank:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(rank, pivot)
        for other in rows[rank + 1 :]:
            factor = other[column] / pivot[column]
            other[:] = [a - factor * b for a, b in zip(other, pivot, strict=True)]
        rank += 1
    return rank


def fractions(equations: sparse.csr_matrix) -> list[list[Fraction]]:
    return [[Fraction(int(value)) for value in row] for row in equations.toarray()]


def exactly_determined(equations: sparse.csr_matrix) -> list[bool]:
    """A cell is determined when adding it as a row leaves the rank as it is."""
    rows = fractions(equations)
    count = equations.shape[1]
    units = [[Fraction(int(i == j)) for j in range(count)] for i in range(count)]
    return [bool(rows) and rank([*rows, unit]) == rank(rows) for unit in units]


@settings(max_examples=200, deadline=None)
@given(contents())
def test_exact_ranks_agree(content: CaseContent) -> None:
    equations, _ = hidden_system(as_case(content))
    assert determined_cells(equations).tolist() == exactly_determined(equations)
    kept = equations[independent_rows(equations)]
    assert rank(fractions(kept)) == rank(fractions(equations))
    assert exactly_determined(kept) == exactly_determined(equations)


@pytest.fixture
def large_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every system counts as too large to be eliminated without a suspicion."""
    monkeypatch.setattr(determined, "DIRECT", 0)


@pytest.fixture
def elimination_too_costly(monkeypatch: pytest.MonkeyPatch, large_table: None) -> None:
    """And as one that elimination would fill in: only the witnesses are left."""
    monkeypatch.setattr(exact, "EFFORT", -1)


@pytest.mark.usefixtures("large_table")
def test_the_witness_and_its_confirmation_agree_with_ranks() -> None:
    _compare()


@pytest.mark.usefixtures("elimination_too_costly")
def test_two_witnesses_agree_with_ranks() -> None:
    _compare()


@pytest.mark.usefixtures("large_table")
def test_a_witness_that_did_not_converge_accuses_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(determined, "_project", lambda _, drawn: drawn)
    equations, _ = hidden_system(as_case(table(TABLE, HIDDEN)))
    assert determined_cells(equations).tolist() == exactly_determined(equations)


def test_a_dense_rest_is_eliminated_too() -> None:
    """More unknowns than equations, all full; then the last cell alone in a row of its own."""
    rng = np.random.default_rng(5)
    dense = rng.choice([-1.0, 1.0], size=(30, 40))
    free = determined_cells(sparse.csr_matrix(dense))
    assert not free.any()
    alone = np.eye(40)[-1]
    result = determined_cells(sparse.csr_matrix(np.vstack([dense, dense.sum(axis=0), alone])))
    assert result.tolist() == [False] * 39 + [True]


def test_no_equation_determines_nothing() -> None:
    assert determined_cells(sparse.csr_matrix((0, 3))).tolist() == [False] * 3
    assert determined_cells(sparse.csr_matrix((3, 3))).tolist() == [False] * 3
    assert determined_cells(sparse.csr_matrix((0, 0))).tolist() == []


def _compare() -> None:
    """On the table of the design with every choice of a tenth hidden cell, and on random ones."""
    names = [f"{row}{column}" for row in TABLE for column in range(1, 5)]
    rng = np.random.default_rng(3)
    hidden = [HIDDEN | {name} for name in names]
    hidden += [frozenset(rng.choice(names, size=9, replace=False).tolist()) for _ in range(20)]
    result = 0
    for chosen in hidden:
        equations, _ = hidden_system(as_case(table(TABLE, chosen)))
        assert determined_cells(equations).tolist() == exactly_determined(equations)
        result += sum(exactly_determined(equations))
    assert result > 20
