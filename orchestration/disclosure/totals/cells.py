"""Cells of tables that add up to one another, and those of them that must not be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from orchestration.datasets import GROUPED, Dataset, variables
from orchestration.disclosure.tabular.line_mask import LineMask
from orchestration.disclosure.tabular.table import BoolArray, Case
from orchestration.totals_tables import NAMED_IN_PART, TotalsTable

IntArray = npt.NDArray[np.int_]

# How pandas writes grains.
_GRAINS = {"mois": "M", "trimestre": "Q", "annee": "Y"}
# A total and its only part.
_PAIR = 2


@dataclass(frozen=True)
class Rules:
    """What judges the figures of a dataset: ``width`` is the least interval, in persons, that is
    left of a cell that exposes too few.
    """

    tables: tuple[TotalsTable, ...]
    seuil: int
    width: float
    sensitive: frozenset[str]
    national: frozenset[str]

    @classmethod
    def of(cls, dataset: Dataset) -> "Rules":
        secret, seuil = variables()["secret"], dataset.seuil or 0
        return cls(
            dataset.tables,
            seuil,
            float(min(secret["largeur_minimale"], seuil - 1)),
            frozenset(secret["financeurs_sensibles"]),
            frozenset(secret["financeurs_nationaux"]),
        )


def secret_cells(
    cells: pd.DataFrame,
    equations: sparse.csr_matrix,
    rules: Rules,
    known: BoolArray | None = None,
    was_told: BoolArray | None = None,
) -> BoolArray:
    """Say of each of ``cells`` (n rows) whether it must not be told; ``equations``: m × n.

    ``cells``: ``nb_dossiers``, ``nb_exposes`` (persons whom telling it would expose), ``au_moins``
    (how many of these there are for whoever sees that the cell is there) and ``est_primaire``.
    ``known``, when what is exposed is a change, which no bound tells: the cells that cannot be
    hidden. ``was_told``: those that told a value before, which stays where they are not told anew;
    what is exposed of them is what changed since.
    """
    exposed = cells["nb_exposes"].to_numpy(dtype=float)
    primary = cells["est_primaire"].to_numpy(dtype=bool)
    # A cell that exposes nobody follows from the rows: it hides nothing.
    moving = np.flatnonzero(exposed > 0)
    equations = equations[:, moving].tocsr()
    equations = equations[np.diff(equations.indptr) > 0]
    case = Case(
        ids=tuple(map(str, moving)),
        values=exposed[moving],
        published=np.ones(len(moving), dtype=bool),
        lower=np.minimum(cells["au_moins"].to_numpy(dtype=float), exposed)[moving],
        upper=np.full(len(moving), np.inf),
        equations=equations,
        weights=cells["nb_dossiers"].to_numpy(dtype=float)[moving],
        primary=primary[moving],
        min_width=rules.width if known is None else 0,
    )
    secret = np.zeros(len(cells), dtype=bool)
    flags = (None if flag is None else flag[moving] for flag in (known, was_told))
    secret[moving] = LineMask(case, rules.seuil, *flags).find()
    return secret


def equations_of(frame: pd.DataFrame, tables: Sequence[TotalsTable]) -> sparse.csr_matrix:
    """One equation a total and a table that divides it: +1 at the total, −1 at its parts; m × n.

    ``frame`` (n rows, numbered): ``tableau``, ``debut`` (first day), the dimensions (null where a
    table has them not) and ``nb_dossiers``.
    """
    entries: list[tuple[np.ndarray, np.ndarray, float]] = []
    count = 0
    told = frame.assign(
        **{
            column: frame[column].fillna(frame[in_part])
            for in_part, column in NAMED_IN_PART.items()
            if in_part in frame
        }
    )
    by_table = {str(name): part for name, part in told.groupby("tableau", observed=True)}
    for total, parts in _divisions([table for table in tables if table.nom in by_table]):
        parents, children = by_table[total.nom], by_table[parts.nom]
        links = _links(parents, children, total, parts)
        # Of a period that is not over, a table that waits for it has only a part.
        sums = links.groupby("parent")["nb_dossiers"].sum()
        whole = sums.index[sums == frame["nb_dossiers"].loc[sums.index]]
        links = links[links["parent"].isin(whole)]
        ranks = pd.Series(np.arange(len(whole)) + count, index=whole)
        entries += [
            (ranks.to_numpy(), whole.to_numpy(), 1.0),
            (ranks.loc[links["parent"]].to_numpy(), links["child"].to_numpy(), -1.0),
        ]
        count += len(whole)
    rows = np.concatenate([row for row, _, _ in entries] or [np.zeros(0, dtype=int)])
    columns = np.concatenate([column for _, column, _ in entries] or [np.zeros(0, dtype=int)])
    signs = np.concatenate([np.full(len(row), sign) for row, _, sign in entries] or [np.zeros(0)])
    return sparse.csr_matrix((signs, (rows, columns)), shape=(count, len(frame)))


def same_cells(frame: pd.DataFrame, tables: Sequence[TotalsTable]) -> IntArray:
    """Label the cells of ``frame`` (n): one label for those that count the same dossiers, since one
    is the only part of the other, or both are that of a third one.
    """
    equations = equations_of(frame, tables)
    alone = equations[np.diff(equations.indptr) == _PAIR].tocsr()
    first, second = alone.indices[::_PAIR], alone.indices[1::_PAIR]
    n = len(frame)
    graph = sparse.csr_matrix((np.ones(len(first)), (first, second)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1])


def equalities(labels: IntArray) -> sparse.csr_matrix:
    """One equation a cell and the first one of its label, when this is another: m × n."""
    n = len(labels)
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    others = np.flatnonzero(first[inverse] != np.arange(n))
    m = len(others)
    signs = np.concatenate([np.ones(m), -np.ones(m)])
    places = np.tile(np.arange(m), 2), np.concatenate([first[inverse][others], others])
    return sparse.csr_matrix((signs, places), shape=(m, n))


def _links(
    parents: pd.DataFrame, children: pd.DataFrame, total: TotalsTable, parts: TotalsTable
) -> pd.DataFrame:
    keys = ["periode", *total.columns]
    left = parents.assign(periode=_period(parents, total), parent=parents.index)[[*keys, "parent"]]
    right = children.assign(periode=_period(children, total), child=children.index)
    if total.names_in_part and not parts.names_in_part:
        for column in set(NAMED_IN_PART.values()).intersection(total.columns):
            named = pd.MultiIndex.from_frame(left[["periode", column]])
            is_named = pd.MultiIndex.from_frame(right[["periode", column]]).isin(named)
            right[column] = right[column].where(is_named, GROUPED)
    return right[[*keys, "child", "nb_dossiers"]].merge(left, on=keys)


def _period(cells: pd.DataFrame, total: TotalsTable) -> pd.Series:
    return pd.to_datetime(cells["debut"]).dt.to_period(_GRAINS[total.grain]).dt.start_time


def _divisions(tables: Sequence[TotalsTable]) -> list[tuple[TotalsTable, TotalsTable]]:
    """Each table, and those that divide it with none in between."""
    return sorted(
        (
            (total, parts)
            for total, parts in permutations(tables, 2)
            if parts.divides(total) and not any(other.between(total, parts) for other in tables)
        ),
        key=lambda pair: (pair[0].nom, pair[1].nom),
    )
