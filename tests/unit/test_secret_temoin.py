"""Which cells equations determine: the witness and modular elimination against exact ranks."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import sparse

from orchestration.secret import modulaire, temoin
from orchestration.secret.attaque import systeme
from orchestration.secret.lecture import cas
from orchestration.secret.modulaire import independantes
from orchestration.secret.temoin import determinees
from tests.unit.cas_secrets import CACHEES, TABLE, Contenu, contenus, table


def rang(matrix: list[list[Fraction]]) -> int:
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


def exactes(equations: sparse.csr_matrix) -> list[bool]:
    """A cell is determined when adding it as a row leaves the rank as it is."""
    rows = fractions(equations)
    count = equations.shape[1]
    units = [[Fraction(int(i == j)) for j in range(count)] for i in range(count)]
    return [bool(rows) and rang([*rows, unit]) == rang(rows) for unit in units]


@settings(max_examples=200, deadline=None)
@given(contenus())
def test_exact_ranks_agree(content: Contenu) -> None:
    equations, _ = systeme(cas(content))
    assert determinees(equations).tolist() == exactes(equations)
    kept = equations[independantes(equations)]
    assert rang(fractions(kept)) == rang(fractions(equations))
    assert exactes(kept) == exactes(equations)


@pytest.fixture
def grand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every system counts as too large to be eliminated without a suspicion."""
    monkeypatch.setattr(temoin, "DIRECT", 0)


@pytest.fixture
def rempli(monkeypatch: pytest.MonkeyPatch, grand: None) -> None:
    """And as one that elimination would fill in: only the witnesses are left."""
    monkeypatch.setattr(modulaire, "EFFORT", -1)


@pytest.mark.usefixtures("grand")
def test_the_witness_and_its_confirmation_agree_with_ranks() -> None:
    _comparer()


@pytest.mark.usefixtures("rempli")
def test_two_witnesses_agree_with_ranks() -> None:
    _comparer()


@pytest.mark.usefixtures("grand")
def test_a_witness_that_did_not_converge_accuses_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(temoin, "_projeter", lambda _, drawn: drawn)
    equations, _ = systeme(cas(table(TABLE, CACHEES)))
    assert determinees(equations).tolist() == exactes(equations)


def test_a_dense_rest_is_eliminated_too() -> None:
    """More unknowns than equations, all full; then the last cell alone in a row of its own."""
    rng = np.random.default_rng(5)
    dense = rng.choice([-1.0, 1.0], size=(30, 40))
    free = determinees(sparse.csr_matrix(dense))
    assert not free.any()
    alone = np.eye(40)[-1]
    found = determinees(sparse.csr_matrix(np.vstack([dense, dense.sum(axis=0), alone])))
    assert found.tolist() == [False] * 39 + [True]


def test_no_equation_determines_nothing() -> None:
    assert determinees(sparse.csr_matrix((0, 3))).tolist() == [False] * 3
    assert determinees(sparse.csr_matrix((3, 3))).tolist() == [False] * 3
    assert determinees(sparse.csr_matrix((0, 0))).tolist() == []


def _comparer() -> None:
    """On the table of the design with every choice of a tenth hidden cell, and on random ones."""
    names = [f"{row}{column}" for row in TABLE for column in range(1, 5)]
    rng = np.random.default_rng(3)
    hidden = [CACHEES | {name} for name in names]
    hidden += [frozenset(rng.choice(names, size=9, replace=False).tolist()) for _ in range(20)]
    found = 0
    for chosen in hidden:
        equations, _ = systeme(cas(table(TABLE, chosen)))
        assert determinees(equations).tolist() == exactes(equations)
        found += sum(exactes(equations))
    assert found > 20
