"""Cubes like the users' dataset, with every margin: territory × gender × age × CSP (× status)."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
from scipy import sparse

from orchestration.disclosure.tabular.table import Case

THRESHOLD = 11
WIDTH = 4.0
PER_LEAF = 40

Counts = npt.NDArray[np.int64]

# Regions, départements and statuses of each size; 2 genders, 6 ages and 9 CSP in all of them.
SIZES = {
    "1890": (2, 6, 1),
    "4410": (4, 16, 1),
    "15120": (13, 58, 1),
    "75600": (13, 58, 4),
}


@dataclass(frozen=True)
class Axis:
    """A dimension: ``codes`` of its nodes, the total first, and the parent of each (−1: none)."""

    name: str
    codes: tuple[str, ...]
    parents: tuple[int, ...]

    @property
    def leaves(self) -> tuple[int, ...]:
        """Positions of the nodes that have no child."""
        return tuple(node for node in range(len(self.codes)) if node not in self.parents)


@dataclass(frozen=True)
class Cube:
    """``leaves`` counts dossiers, one axis of the array per ``axes``."""

    axes: tuple[Axis, ...]
    leaves: Counts

    def as_case(self) -> Case:
        """Every cell and every margin, with the cells of 1 to ``THRESHOLD`` − 1 as primary."""
        values = self.leaves.astype(float)
        for rank, axis in enumerate(self.axes):
            values = np.moveaxis(np.tensordot(_sums(axis), values, (1, rank)), 0, rank)
        flat = values.ravel()
        primary = (flat > 0) & (flat < THRESHOLD)
        return Case(
            ids=self.names(),
            values=flat,
            published=~primary,
            lower=np.zeros(flat.size),
            upper=np.full(flat.size, np.inf),
            equations=self._equations(),
            weights=flat,
            primary=primary,
            min_width=WIDTH,
        )

    def names(self) -> tuple[str, ...]:
        """Names of the cells: the codes of the nodes, joined by ``|``."""
        return reduce(
            lambda left, right: tuple(f"{a}|{b}" if a else b for a in left for b in right),
            (axis.codes for axis in self.axes),
            ("",),
        )

    def _equations(self) -> sparse.csr_matrix:
        blocks = []
        sizes = [len(axis.codes) for axis in self.axes]
        for rank, axis in enumerate(self.axes):
            before, after = int(np.prod(sizes[:rank])), int(np.prod(sizes[rank + 1 :]))
            inside = sparse.kron(_parent_links(axis), sparse.identity(after), format="csr")
            blocks.append(sparse.kron(sparse.identity(before), inside, format="csr"))
        return sparse.csr_matrix(sparse.vstack(blocks, format="csr"))


def cube(extent: str, seed: int = 1) -> Cube:
    """Return a cube with about ``extent`` cells; counts are skewed, and many are small or 0."""
    regions, departements, statuses = SIZES[extent]
    random = np.random.default_rng(seed)
    axes = [
        _territory(regions, departements),
        _flat_axis("genre", 2),
        _flat_axis("age", 6),
        _flat_axis("csp", 9),
    ]
    if statuses > 1:
        axes.append(_flat_axis("statut", statuses))
    shape = tuple(len(axis.leaves) for axis in axes)
    expected = np.ones(shape)
    for rank, category_count in enumerate(shape):
        share = random.lognormal(0, 0.3 if category_count == 2 else 0.8, category_count)
        expected *= share.reshape([-1 if other == rank else 1 for other in range(len(shape))])
    expected *= random.lognormal(0, 0.5, shape)
    expected *= PER_LEAF * expected.size / expected.sum()
    return Cube(tuple(axes), random.poisson(expected))


def _territory(regions: int, departements: int) -> Axis:
    codes, parents = ["Total"], [-1]
    for region in range(regions):
        codes.append(f"R{region:02d}")
        parents.append(0)
    for departement in range(departements):
        codes.append(f"D{departement:02d}")
        parents.append(1 + departement % regions)
    return Axis("territoire", tuple(codes), tuple(parents))


def _flat_axis(name: str, extent: int) -> Axis:
    codes = ("Total", *(f"{name[0].upper()}{rank}" for rank in range(extent)))
    return Axis(name, codes, (-1, *([0] * extent)))


def _sums(axis: Axis) -> npt.NDArray[np.float64]:
    """Nodes × leaves: 1 where the leaf lies under the node."""
    matrix = np.zeros((len(axis.codes), len(axis.leaves)))
    for column, leaf in enumerate(axis.leaves):
        node = leaf
        while node >= 0:
            matrix[node, column] = 1
            node = axis.parents[node]
    return matrix


def _parent_links(axis: Axis) -> sparse.csr_matrix:
    """Inner nodes × nodes: 1 at the node, −1 at each of its children."""
    inner = sorted(set(axis.parents) - {-1})
    matrix = np.zeros((len(inner), len(axis.codes)))
    for row, node in enumerate(inner):
        matrix[row, node] = 1
        matrix[row, [child for child, parent in enumerate(axis.parents) if parent == node]] = -1
    return sparse.csr_matrix(matrix)
