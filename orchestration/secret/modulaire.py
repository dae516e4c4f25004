"""Exact arithmetic modulo a large prime: what equations leave free, without rounding.

Belongs here: vectors of the kernel of one system of equations, and which equations imply the
others. Does not: which systems deserve it (``temoin``), nor intervals (``attaque``).
"""

import heapq
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

Entiers = npt.NDArray[np.int64]

# The product of two residues fits in 63 bits. An integer minor of the system that is not zero but
# divisible by this prime would be missed: none was met, their sizes being small.
PREMIER = 2**31 - 1
# One vector shows a free cell as zero with probability 1/PREMIER; two make it 2·10⁻¹⁹.
VECTEURS = 2
# Beyond this share of entries, rows as arrays are faster than rows as dictionaries.
DENSITE = 0.15
# Largest dense rest worth eliminating, in products (about 20 s). Cubes of 5,000 to 65,000 cells
# leave 100 rows at most.
EFFORT = 10**10

Ligne = dict[int, int]


@dataclass
class _Systeme:
    """The rows not used yet, as ``column -> coefficient``, and the rows of each column.

    ``pivots``: each column settled, with the row that settles it from columns settled later;
    ``employees``: the numbers of these rows.
    """

    lignes: dict[int, Ligne]
    colonnes: dict[int, set[int]]
    entrees: int
    pivots: list[tuple[int, Ligne]] = field(default_factory=list)
    employees: list[int] = field(default_factory=list)

    def dense(self) -> bool:
        return self.entrees > DENSITE * len(self.lignes) * len(self.colonnes)


def noyau(equations: sparse.csr_matrix, rng: np.random.Generator) -> Entiers | None:
    """Return random vectors (n × ``VECTEURS``) of the kernel of integer ``equations`` (m × n).

    A row of zeros is a cell that the equations determine. None when it would take too long.
    """
    system = _systeme(equations)
    _eliminer(system)
    sides = len(system.lignes), len(system.colonnes)
    if sides[0] * sides[1] * min(sides) > EFFORT:
        return None
    pivots = system.pivots + _echelonner(system)
    found = rng.integers(PREMIER, size=(equations.shape[1], VECTEURS), dtype=np.int64)
    for column, row in reversed(pivots):
        others = np.fromiter((key for key in row if key != column), dtype=np.int64)
        factors = np.fromiter((row[key] for key in row if key != column), dtype=np.int64)
        terms = (factors[:, None] * found[others]) % PREMIER
        inverse = pow(row[column], -1, PREMIER)
        found[column] = (-terms.sum(axis=0) % PREMIER) * inverse % PREMIER
    return found


def independantes(equations: sparse.csr_matrix) -> Entiers:
    """Return rows that imply all the others, nearly as few as possible.

    None is superfluous, save some of the dense rest.
    """
    system = _systeme(equations)
    _eliminer(system)
    return np.array(sorted([*system.employees, *system.lignes]), dtype=np.int64)


def _systeme(equations: sparse.csr_matrix) -> _Systeme:
    rows: dict[int, Ligne] = {}
    columns: dict[int, set[int]] = {}
    for rank in range(equations.shape[0]):
        part = slice(equations.indptr[rank], equations.indptr[rank + 1])
        names = equations.indices[part].tolist()
        if names:
            values = equations.data[part].astype(np.int64).tolist()
            rows[rank] = {name: v % PREMIER for name, v in zip(names, values, strict=True)}
        for name in names:
            columns.setdefault(name, set()).add(rank)
    return _Systeme(rows, columns, int(equations.nnz))


def _eliminer(system: _Systeme) -> None:
    """Use up rows, rarest columns first (they fill in the least), until the rest is dense."""
    heap = [(len(rows), column) for column, rows in system.colonnes.items()]
    heapq.heapify(heap)
    while heap and not system.dense():
        count, column = heapq.heappop(heap)
        if column not in system.colonnes:
            continue
        if count != len(system.colonnes[column]):
            heapq.heappush(heap, (len(system.colonnes[column]), column))
            continue
        _pivoter(system, column)


def _pivoter(system: _Systeme, column: int) -> None:
    """Use the shortest row of ``column`` up, and clear the column in the others."""
    rows = system.colonnes.pop(column)
    if not rows:
        return
    chosen = min(rows, key=lambda rank: (len(system.lignes[rank]), rank))
    pivot = system.lignes.pop(chosen)
    system.entrees -= len(pivot)
    system.pivots.append((column, pivot))
    system.employees.append(chosen)
    for name in pivot:
        if name != column:
            system.colonnes[name].discard(chosen)
    inverse = pow(pivot[column], -1, PREMIER)
    for rank in rows - {chosen}:
        _soustraire(system, rank, pivot, column, inverse)


def _soustraire(system: _Systeme, rank: int, pivot: Ligne, column: int, inverse: int) -> None:
    row = system.lignes[rank]
    before = len(row)
    factor = row.pop(column) * inverse % PREMIER
    for name, value in pivot.items():
        if name == column:
            continue
        new = (row.get(name, 0) - factor * value) % PREMIER
        if new:
            row[name] = new
            system.colonnes[name].add(rank)
        elif name in row:
            del row[name]
            system.colonnes[name].discard(rank)
    system.entrees += len(row) - before
    if not row:
        del system.lignes[rank]


def _echelonner(system: _Systeme) -> list[tuple[int, Ligne]]:
    """Return the pivots of what is left, as one dense matrix."""
    names = sorted(system.colonnes)
    place = {name: rank for rank, name in enumerate(names)}
    matrix = np.zeros((len(system.lignes), len(names)), dtype=np.int64)
    for rank, row in enumerate(system.lignes.values()):
        matrix[rank, [place[name] for name in row]] = list(row.values())
    pivots: list[tuple[int, Ligne]] = []
    top = 0
    for column, name in enumerate(names):
        filled = top + np.flatnonzero(matrix[top:, column])
        if not len(filled):
            continue
        matrix[[top, filled[0]]] = matrix[[filled[0], top]]
        pivot = matrix[top, column:]
        below = filled[1:]
        factors = matrix[below, column] * pow(int(pivot[0]), -1, PREMIER) % PREMIER
        matrix[below, column:] = (matrix[below, column:] - factors[:, None] * pivot) % PREMIER
        entries = zip(names[column:], pivot.tolist(), strict=True)
        pivots.append((name, {other: value for other, value in entries if value}))
        top += 1
    return pivots
