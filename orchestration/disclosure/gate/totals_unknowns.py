"""What a file of exact totals does not tell, and the sums that hold it: systems to be attacked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from orchestration.disclosure.gate.findings import Evidence
from orchestration.totals_tables import TotalsTable

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
# Ranks of totals, and of their parts.
Link = tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]


@dataclass(frozen=True)
class Unknowns:
    """What the file does not tell: ``exposes`` persons behind each cell, and the sums that hold
    them (``equations``, m × n: −1 at a total that is hidden too). ``at_least``: how many there are
    for whoever sees that a cell is there: 0 where that is not looked at. ``was_told``: cells of
    which the file keeps an older value, and whose ``exposes`` are those who changed since.
    ``is_beside_new``: some part of a sum is told, and was not before. ``is_empty``: what is known
    of a sum is nobody's, total and parts.
    """

    exposes: FloatArray
    at_least: FloatArray
    was_told: BoolArray
    equations: sparse.csr_matrix
    has_known_total: BoolArray
    is_beside_new: BoolArray
    is_empty: BoolArray


def read_figure(
    cells: Mapping[str, npt.NDArray[np.generic]], figure: str
) -> tuple[FloatArray, BoolArray]:
    """Persons whom telling a figure of each cell would expose, and whether the file tells it."""
    return (
        np.asarray(cells[f"{figure}_exposes"], dtype=np.float64),
        np.asarray(cells[f"{figure}_connus"], dtype=bool),
    )


def financers(
    evidence: Evidence, cells: Mapping[str, npt.NDArray[np.generic]], links: Sequence[Link]
) -> Unknowns:
    """Amounts by financer that the file does not tell: each adds up from table to table, and all
    of a cell make what it engages.
    """
    found = evidence.columns("financeurs_inconnus", folder="totaux")
    names = [*evidence.names["parts"], "montant_titulaire"]
    size, engaged = len(cells["numero"]), len(names)
    # By figure, then by cell; last, what each cell engages.
    exposed = np.zeros((engaged + 1, size))
    known = np.ones((engaged + 1, size), dtype=bool)
    is_financed = np.zeros(size, dtype=bool)
    for rank, name in enumerate(names):
        rows = found["chiffre"] == name
        numbers = np.asarray(found["numero"][rows], dtype=int) - 1
        exposed[rank, numbers] = found["exposes"][rows]
        known[rank, numbers] = found["est_connu"][rows]
        is_financed[numbers] = True
    exposed[engaged] = exposed[: engaged - 1].sum(axis=0)
    known[engaged] = read_figure(cells, "montant")[1]
    inside = np.flatnonzero(is_financed)
    financed = [
        (t[both], p[both])
        for t, p in [*links, _same(links, is_financed)]
        for both in [is_financed[t] & is_financed[p]]
    ]
    blocks = [(t + rank * size, p + rank * size) for t, p in financed for rank in range(engaged)]
    blocks.append(
        (
            np.tile(inside, engaged - 1) + engaged * size,
            np.concatenate([inside + rank * size for rank in range(engaged - 1)]),
        )
    )
    return unknowns_of(exposed.ravel(), known.ravel(), blocks)


def links_of(evidence: Evidence, tables: Sequence[TotalsTable]) -> list[Link]:
    """Totals and their parts, by pair of tables: ranks of cells."""
    links = []
    for total, parts in permutations(tables, 2):
        if not parts.divides(total) or any(other.between(total, parts) for other in tables):
            continue
        found = evidence.columns("liens_totaux", folder="totaux", total=total, parts=parts)
        links.append((np.asarray(found["total"]) - 1, np.asarray(found["part"]) - 1))
    return links


def _same(links: Sequence[Link], is_kept: BoolArray) -> Link:
    """Pairs of kept cells that count the same dossiers: one of them is the only part of the other,
    or both are that of a third one.
    """
    size = len(is_kept)
    pairs = [
        (t[alone], p[alone]) for t, p in links for alone in [np.bincount(t, minlength=size)[t] == 1]
    ]
    total, part = (np.concatenate(side) for side in zip(*pairs, strict=True))
    graph = sparse.csr_matrix((np.ones(len(total)), (total, part)), shape=(size, size))
    label = connected_components(graph, directed=False)[1]
    kept = np.flatnonzero(is_kept)
    ordered = kept[np.argsort(label[kept], kind="stable")]
    before, after = ordered[:-1], ordered[1:]
    same = label[before] == label[after]
    return before[same], after[same]


def unknowns_of(
    exposed: FloatArray,
    known: BoolArray,
    links: Sequence[Link],
    at_least: FloatArray | None = None,
    was_told: BoolArray | None = None,
) -> Unknowns:
    """Return the system of the cells that are not ``known`` (n): each link is one sum a total."""
    hidden = np.flatnonzero(~known)
    was_told = np.zeros(len(exposed), dtype=bool) if was_told is None else was_told
    rank = np.full(len(exposed), -1)
    rank[hidden] = np.arange(len(hidden))
    is_somebodys = (known & (exposed > 0)).astype(float)
    is_new = known & ~was_told
    blocks, totals_known, beside_new, empty = [], [], [], []
    for totals, parts in links:
        numbers, row = np.unique(totals, return_inverse=True)
        members = np.concatenate([parts, numbers])
        cells = rank[members]
        rows = np.concatenate([row, np.arange(len(numbers))])
        signs = np.concatenate([np.ones(len(parts)), -np.ones(len(numbers))])
        kept = cells >= 0
        block = sparse.csr_matrix(
            (signs[kept], (rows[kept], cells[kept])), shape=(len(numbers), len(hidden))
        )
        some = np.diff(block.indptr) > 0
        blocks.append(block[some])
        totals_known.append((rank[numbers] < 0)[some])
        new = np.bincount(row, is_new[parts], len(numbers)) > 0
        beside_new.append(new[some])
        empty.append((np.bincount(rows, is_somebodys[members], len(numbers)) == 0)[some])
    return Unknowns(
        exposed[hidden],
        np.zeros(len(hidden)) if at_least is None else np.minimum(at_least, exposed)[hidden],
        was_told[hidden],
        sparse.vstack(blocks, format="csr")
        if blocks
        else sparse.csr_matrix((0, len(hidden)), dtype=float),
        *(
            np.concatenate(flags) if flags else np.zeros(0, dtype=bool)
            for flags in (totals_known, beside_new, empty)
        ),
    )
