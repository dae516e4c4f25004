"""Exact arithmetic modulo a large prime: what equations leave free, without rounding."""

import heapq
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

IntArray = npt.NDArray[np.int64]

# The product of two residues fits in 63 bits. An integer minor of the system that is not zero but
# divisible by this prime would be missed: none was met, their sizes being small.
PRIME = 2**31 - 1
# One vector shows a free cell as zero with probability 1/PREMIER; two make it 2·10⁻¹⁹.
VECTORS = 2
# Beyond this share of entries, rows as arrays are faster than rows as dictionaries.
DENSITY = 0.15
# Largest dense rest worth eliminating, in products (about 20 s). Cubes of 5,000 to 65,000 cells
# leave 100 rows at most.
EFFORT = 10**10

Row = dict[int, int]


@dataclass
class _System:
    """The rows not used yet, as ``column -> coefficient``, and the rows of each column.

    ``pivots``: each column settled, with the row that settles it from columns settled later;
    ``employees``: the numbers of these rows.
    """

    rows: dict[int, Row]
    columns: dict[int, set[int]]
    entry_count: int
    pivots: list[tuple[int, Row]] = field(default_factory=list)
    used_rows: list[int] = field(default_factory=list)

    def dense(self) -> bool:
        return self.entry_count > DENSITY * len(self.rows) * len(self.columns)


def kernel_vectors(equations: sparse.csr_matrix, rng: np.random.Generator) -> IntArray | None:
    """Return random vectors (n × ``VECTORS``) of the kernel of integer ``equations`` (m × n).

    A row of zeros is a cell that the equations determine. None when it would take too long.
    """
    system = _build_system(equations)
    _eliminate(system)
    sides = len(system.rows), len(system.columns)
    if sides[0] * sides[1] * min(sides) > EFFORT:
        return None
    pivots = system.pivots + _row_echelon(system)
    kernel = rng.integers(PRIME, size=(equations.shape[1], VECTORS), dtype=np.int64)
    for column, row in reversed(pivots):
        others = np.fromiter((key for key in row if key != column), dtype=np.int64)
        factors = np.fromiter((row[key] for key in row if key != column), dtype=np.int64)
        terms = (factors[:, None] * kernel[others]) % PRIME
        inverse = pow(row[column], -1, PRIME)
        kernel[column] = (-terms.sum(axis=0) % PRIME) * inverse % PRIME
    return kernel


def independent_rows(equations: sparse.csr_matrix) -> IntArray:
    """Return rows that imply all the others, nearly as few as possible.

    None is superfluous, save some of the dense rest.
    """
    system = _build_system(equations)
    _eliminate(system)
    return np.array(sorted([*system.used_rows, *system.rows]), dtype=np.int64)


def _build_system(equations: sparse.csr_matrix) -> _System:
    rows: dict[int, Row] = {}
    columns: dict[int, set[int]] = {}
    for rank in range(equations.shape[0]):
        part = slice(equations.indptr[rank], equations.indptr[rank + 1])
        names = equations.indices[part].tolist()
        if names:
            values = equations.data[part].astype(np.int64).tolist()
            rows[rank] = {name: v % PRIME for name, v in zip(names, values, strict=True)}
        for name in names:
            columns.setdefault(name, set()).add(rank)
    return _System(rows, columns, int(equations.nnz))


def _eliminate(system: _System) -> None:
    """Use up rows, rarest columns first (they fill in the least), until the rest is dense."""
    heap = [(len(rows), column) for column, rows in system.columns.items()]
    heapq.heapify(heap)
    while heap and not system.dense():
        count, column = heapq.heappop(heap)
        if column not in system.columns:
            continue
        if count != len(system.columns[column]):
            heapq.heappush(heap, (len(system.columns[column]), column))
            continue
        _pivot(system, column)


def _pivot(system: _System, column: int) -> None:
    """Use the shortest row of ``column`` up, and clear the column in the others."""
    rows = system.columns.pop(column)
    if not rows:
        return
    chosen = min(rows, key=lambda rank: (len(system.rows[rank]), rank))
    pivot = system.rows.pop(chosen)
    system.entry_count -= len(pivot)
    system.pivots.append((column, pivot))
    system.used_rows.append(chosen)
    for name in pivot:
        if name != column:
            system.columns[name].discard(chosen)
    inverse = pow(pivot[column], -1, PRIME)
    for rank in rows - {chosen}:
        _subtract(system, rank, pivot, column, inverse)


def _subtract(system: _System, rank: int, pivot: Row, column: int, inverse: int) -> None:
    row = system.rows[rank]
    before = len(row)
    factor = row.pop(column) * inverse % PRIME
    for name, value in pivot.items():
        if name == column:
            continue
        new = (row.get(name, 0) - factor * value) % PRIME
        if new:
            row[name] = new
            system.columns[name].add(rank)
        elif name in row:
            del row[name]
            system.columns[name].discard(rank)
    system.entry_count += len(row) - before
    if not row:
        del system.rows[rank]


def _row_echelon(system: _System) -> list[tuple[int, Row]]:
    """Return the pivots of what is left, as one dense matrix."""
    names = sorted(system.columns)
    place = {name: rank for rank, name in enumerate(names)}
    matrix = np.zeros((len(system.rows), len(names)), dtype=np.int64)
    for rank, row in enumerate(system.rows.values()):
        matrix[rank, [place[name] for name in row]] = list(row.values())
    pivots: list[tuple[int, Row]] = []
    top = 0
    for column, name in enumerate(names):
        filled = top + np.flatnonzero(matrix[top:, column])
        if not len(filled):
            continue
        matrix[[top, filled[0]]] = matrix[[filled[0], top]]
        pivot = matrix[top, column:]
        below = filled[1:]
        factors = matrix[below, column] * pow(int(pivot[0]), -1, PRIME) % PRIME
        matrix[below, column:] = (matrix[below, column:] - factors[:, None] * pivot) % PRIME
        entries = zip(names[column:], pivot.tolist(), strict=True)
        pivots.append((name, {other: value for other, value in entries if value}))
        top += 1
    return pivots
