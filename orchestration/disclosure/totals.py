"""Which cells of exact totals stay secret: those that would expose somebody, and what hides them.

A total may be told when what rows do not tell of it is nobody's or is that of enough persons. What
is hidden must not follow from the other tables: their cells add up to one another, so the engine
of ``tabular`` hides further ones, on the persons that each cell would expose.
"""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from orchestration.datasets import TotalsTable, read_datasets, variables
from orchestration.disclosure.tabular.line_mask import LineMask
from orchestration.disclosure.tabular.table import BoolArray, Case

# How pandas writes grains.
_GRAINS = {"mois": "M", "trimestre": "Q", "annee": "Y"}


def secret_model(cells: Any, exposed: Any, silent: Any, dataset: str) -> pd.DataFrame:
    """The dbt model of the secret totals of ``dataset``: their ``num_cellule``.

    ``cells``, ``exposed``, ``silent``: the relations ``totaux_cellules``, ``totaux_exposes`` and
    ``silences``.
    """
    declared = read_datasets()[dataset]
    exact: pd.DataFrame = exposed.df()
    frame: pd.DataFrame = cells.df().merge(exact, on="num_cellule", how="left")
    counts = frame[["nb_en_tout", "nb_depuis"]].fillna(0)
    few = _too_few(frame, silent.df())
    was_there, was_told = frame["etait_la"], frame["nb_dossiers_avant"].notna()
    # Of one that was told, what changes since then; of the others, all that rows do not tell.
    frame["nb_exposes"] = np.where(
        frame["est_evidente"],
        np.where(was_told, 0, frame["nb_exposes"]),
        np.where(was_told, counts["nb_depuis"], counts["nb_en_tout"]),
    )
    frame["est_primaire"] = (was_there & few["depuis"]) | (
        few["en_tout"] & (~was_told | (counts["nb_depuis"] > 0))
    )
    # One that was behind, or secret, would tell by staying as it is what it was then.
    stays = was_there & ~frame["etait_a_jour"] & (counts["nb_depuis"] == 0)
    frame["est_primaire"] |= stays
    frame.loc[stays, "nb_exposes"] = frame.loc[stays, "nb_exposes"].clip(lower=1)
    width = variables()["secret"]["largeur_minimale"]
    secret = secret_cells(frame, declared.tables, declared.seuil or 0, width)
    return frame.loc[secret, ["num_cellule"]]


def _too_few(frame: pd.DataFrame, silent: pd.DataFrame) -> pd.DataFrame:
    """Say whether a cell exposes too few persons: by dossiers, or by hours or euros of which no row
    was made silent.
    """
    mended = {
        figure: frame["num_cellule"].isin(silent.loc[silent["chiffre"] == figure, "num_cellule"])
        for figure in ("heures", "montant")
    }
    flags = {
        since: frame[f"est_trop_peu_{since}"].fillna(value=False).astype(bool)
        for since in ("en_tout", "depuis")
    }
    for since in flags:
        for figure, is_mended in mended.items():
            few = frame[f"{figure}_trop_peu_{since}"].fillna(value=False).astype(bool)
            flags[since] |= few & ~is_mended
    return pd.DataFrame(flags)


def secret_cells(
    cells: pd.DataFrame, tables: Sequence[TotalsTable], seuil: int, width: int
) -> BoolArray:
    """Say of each of ``cells`` (n rows) whether it must not be told.

    ``width``: the least interval, in persons, that is left of one that exposes too few.

    ``cells``: ``tableau``, ``debut`` (first day), the dimensions (null where a table has them not),
    ``nb_dossiers``, ``nb_exposes`` (persons whom telling it would expose) and ``est_primaire``.
    """
    frame = cells.reset_index(drop=True)
    exposed = frame["nb_exposes"].to_numpy(dtype=float)
    primary = frame["est_primaire"].to_numpy(dtype=bool)
    # A cell that exposes nobody follows from the rows: it hides nothing.
    moving = np.flatnonzero(exposed > 0)
    equations = _equations(frame, tables)[:, moving].tocsr()
    equations = equations[np.diff(equations.indptr) > 0]
    case = Case(
        ids=tuple(map(str, moving)),
        values=exposed[moving],
        published=np.ones(len(moving), dtype=bool),
        lower=np.zeros(len(moving)),
        upper=np.full(len(moving), np.inf),
        equations=equations,
        weights=frame["nb_dossiers"].to_numpy(dtype=float)[moving],
        primary=primary[moving],
        min_width=float(min(width, seuil - 1)),
    )
    secret = np.zeros(len(frame), dtype=bool)
    secret[moving] = LineMask(case, seuil).find()
    return secret


def _equations(frame: pd.DataFrame, tables: Sequence[TotalsTable]) -> sparse.csr_matrix:
    """One equation a total and a table that divides it: +1 at the total, −1 at its parts."""
    entries: list[tuple[np.ndarray, np.ndarray, float]] = []
    count = 0
    by_table = {str(name): part for name, part in frame.groupby("tableau", observed=True)}
    for total, parts in _divisions(tables):
        if total.nom not in by_table or parts.nom not in by_table:
            continue
        parents, children = by_table[total.nom], by_table[parts.nom]
        links = _links(parents, children, total)
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


def _links(parents: pd.DataFrame, children: pd.DataFrame, total: TotalsTable) -> pd.DataFrame:
    keys = ["periode", *total.dimensions]
    left = parents.assign(periode=_period(parents, total), parent=parents.index)[[*keys, "parent"]]
    right = children.assign(periode=_period(children, total), child=children.index)
    return right[[*keys, "child", "nb_dossiers"]].merge(left, on=keys)


def _period(cells: pd.DataFrame, total: TotalsTable) -> pd.Series:
    return pd.to_datetime(cells["debut"]).dt.to_period(_GRAINS[total.grain]).dt.start_time


def _divisions(tables: Sequence[TotalsTable]) -> list[tuple[TotalsTable, TotalsTable]]:
    """Each table, and those that divide it with none in between."""
    pairs = {(a, b) for a, b in permutations(tables, 2) if b.divides(a)}
    return sorted(
        (
            (total, parts)
            for total, parts in pairs
            if not any((total, other) in pairs and (other, parts) in pairs for other in tables)
        ),
        key=lambda pair: (pair[0].nom, pair[1].nom),
    )
