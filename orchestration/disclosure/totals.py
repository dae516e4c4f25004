"""Which cells of exact totals stay secret: those that would expose somebody, and what hides them.

A total may be told when what rows do not tell of it is nobody's or is that of enough persons. What
is hidden must not follow from the other tables: their cells add up to one another, so the engine
of ``tabular`` hides further ones, on the persons that each cell would expose.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from orchestration.datasets import NAMED_IN_PART, Dataset, TotalsTable, read_datasets, variables
from orchestration.disclosure.tabular.line_mask import LineMask
from orchestration.disclosure.tabular.table import BoolArray, Case, FloatArray

# What a person pays, as one amount and told in two; what is left to pay, of which a part is flat.
PERSON, PARTS, REMAINDER = "montant_personne", "parts", "montant_non_ventile"
HOURS = "heures"
LEFT, FLAT, MORE = "montant_reste_a_charge", "participation", "supplement"
_APART = ("montant_titulaire", LEFT, FLAT, MORE)
# How pandas writes grains.
_GRAINS = {"mois": "M", "trimestre": "Q", "annee": "Y"}


def companion_model(contents: Any, dataset: str) -> pd.DataFrame:
    """The dbt model of the cells that are to hide those of too few persons: ``tableau``, ``debut``
    and the dimensions of ``dataset``.

    ``contents``: the relation ``contenus``, made before there are rows. A cell hides others only if
    rows leave enough of it: which ones must, they have to know beforehand.
    """
    declared = read_datasets()[dataset]
    seuil = declared.seuil or 0
    frame: pd.DataFrame = contents.df()
    few = frame["nb_titulaires"] < seuil
    # One that was told hides nothing any more.
    frame["nb_exposes"] = np.where(frame["etait_dite"], 0, frame["nb_titulaires"])
    frame["est_primaire"] = few & ~frame["etait_dite"]
    width = variables()["secret"]["largeur_minimale"]
    hidden = secret_cells(frame, declared.tables, seuil, width)
    kept = frame.columns.difference(["nb_dossiers", "nb_titulaires", "nb_exposes"], sort=False)
    return frame.loc[hidden & ~few, kept.drop(["est_primaire", "etait_dite"])]


def secret_model(cells: Any, exposed: Any, silent: Any, dataset: str) -> pd.DataFrame:
    """The dbt model of the secret totals of ``dataset``: their ``num_cellule``.

    ``cells``, ``exposed``, ``silent``: the relations ``totaux_cellules``, ``totaux_exposes`` and
    ``silences``.
    """
    declared = read_datasets()[dataset]
    frame: pd.DataFrame = cells.df().merge(exposed.df(), on="num_cellule", how="left")
    few = _too_few(frame, silent.df())
    was_there, was_told = frame["etait_la"], frame["nb_dossiers_avant"].notna()
    has_moved = frame["nb_depuis"].fillna(0) > 0
    # One that was behind, or secret, would tell by staying as it is what it was then.
    stays = was_there & ~frame["etait_a_jour"] & ~has_moved
    secret = (
        (was_there & few["depuis"]) | (few["en_tout"] & (~was_told | has_moved)) | stays
    ).to_numpy(dtype=bool)
    width = variables()["secret"]["largeur_minimale"]
    while True:
        before = secret.sum()
        for figure in ("dossiers", "montant"):
            exposes = _exposed(frame, figure, was_told)
            frame["nb_exposes"] = exposes.clip(lower=stays.astype(float))
            frame["est_primaire"] = secret
            secret = secret | secret_cells(frame, declared.tables, declared.seuil or 0, width)
        if secret.sum() == before:
            return frame.loc[secret, ["num_cellule"]]


def _exposed(frame: pd.DataFrame, figure: str, was_told: pd.Series) -> pd.Series:
    """Persons whose part of a figure telling each cell would expose: of one that was told, what
    changes since then; of the others, all that rows do not tell.
    """
    counts = frame[[f"nb_{figure}_en_tout", f"nb_{figure}_depuis"]].fillna(0)
    exact = counts[f"nb_{figure}_en_tout"].mask(was_told, counts[f"nb_{figure}_depuis"])
    enough = frame[f"nb_exposes_{figure}"].mask(was_told, 0)
    return exact.mask(frame["est_evidente"], enough)


def muted_model(
    cells: Any, exposed: Any, silent: Any, secret: Any, financed: Any, dataset: str
) -> pd.DataFrame:
    """The dbt model of what a told total does not say: ``num_cellule`` and ``chiffre``.

    ``heures``, a financer, or ``parts``: what a person pays, told in two. ``cells``, ``exposed``,
    ``silent``, ``secret`` and ``financed``: the relations ``totaux_cellules``, ``totaux_exposes``,
    ``silences``, ``totaux_secrets`` and ``totaux_financements``.
    """
    declared = read_datasets()[dataset]
    frame: pd.DataFrame = cells.df()
    is_secret = frame["num_cellule"].isin(secret.df()["num_cellule"]).to_numpy()
    rules = _Rules.of(declared)
    hours = _muted_hours(frame, exposed.df(), silent.df(), is_secret, rules)
    amounts: pd.DataFrame = financed.df()
    if amounts.empty:
        return hours
    amounts = _muted_amounts(frame.assign(est_secrete=is_secret), amounts, rules)
    return pd.concat([hours, amounts], ignore_index=True)


@dataclass(frozen=True)
class _Rules:
    """What judges the figures of a dataset: ``dominant`` is a share, ``width`` in persons."""

    tables: tuple[TotalsTable, ...]
    seuil: int
    width: int
    dominant: float
    sensitive: frozenset[str]
    national: frozenset[str]

    @classmethod
    def of(cls, dataset: Dataset) -> "_Rules":
        secret = variables()["secret"]
        return cls(
            dataset.tables,
            dataset.seuil or 0,
            secret["largeur_minimale"],
            secret["part_dominante"],
            frozenset(secret["financeurs_sensibles"]),
            frozenset(secret["financeurs_nationaux"]),
        )


def _muted_hours(
    cells: pd.DataFrame,
    exposed: pd.DataFrame,
    silent: pd.DataFrame,
    is_secret: BoolArray,
    rules: _Rules,
) -> pd.DataFrame:
    frame = cells.merge(exposed, on="num_cellule", how="left")
    few = {since: _few_by_figure(frame, silent, HOURS, since) for since in ("en_tout", "depuis")}
    was_told = frame["duree_moyenne_avant"].notna()
    has_moved = frame["nb_heures_depuis"].fillna(0) > 0
    frame["nb_exposes"] = _exposed(frame, HOURS, was_told)
    frame["est_primaire"] = (
        is_secret | (was_told & few["depuis"]) | (few["en_tout"] & (~was_told | has_moved))
    )
    hidden = secret_cells(frame, rules.tables, rules.seuil, rules.width) & ~is_secret
    return frame.loc[hidden, ["num_cellule"]].assign(chiffre=HOURS)


def _muted_amounts(cells: pd.DataFrame, financed: pd.DataFrame, rules: _Rules) -> pd.DataFrame:
    """Hide amounts by financer: they add up to what a cell engages, and from table to table."""
    figures = financed.pivot(index="num_cellule", columns="chiffre")
    persons, few, sums = figures["personnes"], figures["est_trop_peu"], figures["somme"]
    at_most = figures["personnes_au_plus"]
    cells = cells.set_index("num_cellule").loc[persons.index].reset_index()
    financers = [name for name in persons if name.startswith("montant_") and name not in _APART]
    columns = [*financers, PARTS]
    values, primary = persons[financers].copy(), few[financers].copy()
    for name in rules.sensitive:
        others = persons["dossiers"] - at_most[name]
        primary[name] |= (persons[name] > 0) & (others < rules.seuil)
    is_detailed = ~cells["tableau"].isin([t.nom for t in rules.tables if not t.dimensions])
    for name in rules.national:
        primary[name] |= (persons[name] > 0) & is_detailed.to_numpy()
    # What a person pays, told in two; nor does the flat participation that everybody knows say who
    # pays it, does not, or adds to it.
    values[PARTS] = persons[["montant_titulaire", LEFT]].max(axis=1)
    others = persons["dossiers_apart"] - at_most[FLAT]
    primary[PARTS] = few[list(_APART)].any(axis=1) | ((persons[FLAT] > 0) & (others < rules.seuil))
    was_told = cells[[f"{name}_avant" for name in [*financers, "montant_titulaire"]]].notna()
    was_judged = cells["etait_finance"].to_numpy(dtype=bool)[:, None]
    is_secret = cells["est_secrete"].to_numpy(dtype=bool)[:, None]
    worth = values[columns].to_numpy(dtype=float)
    # What was judged stays as it is: told, hidden, or nobody's.
    were_all_told = (cells["montants_par_financeur_avant"] == "publies").to_numpy(dtype=bool)
    is_known = was_told.to_numpy() | were_all_told[:, None]
    hidden = np.where(was_judged, ~is_known & (worth > 0), primary[columns].to_numpy(dtype=bool))
    weights = sums[[*financers, PERSON]].to_numpy(dtype=float)
    ranks = columns.index(PERSON), columns.index(REMAINDER)
    hidden = _mask_amounts(cells, worth, hidden, is_known, weights, ranks, rules)
    rows, figures_hidden = np.nonzero(hidden & ~is_secret)
    return pd.DataFrame(
        {
            "num_cellule": cells["num_cellule"].to_numpy()[rows],
            "chiffre": np.array(columns, dtype=object)[figures_hidden],
        }
    )


def _mask_amounts(
    cells: pd.DataFrame,
    values: FloatArray,
    primary: BoolArray,
    is_known: BoolArray,
    weights: FloatArray,
    ranks: tuple[int, int],
    rules: _Rules,
) -> BoolArray:
    """Say which amounts stay secret, of n cells × m figures: the financers, then the parts of what
    persons pay. ``ranks``: of what persons pay, and of what is told of no financer, which holds,
    with its own, all that a cell does not tell.
    """
    n, m = values.shape
    person, remainder = ranks
    lines = _equations(cells, rules.tables).tocsr()
    lines = lines[np.diff(lines.indptr) > 0]
    is_financer = np.arange(m) < m - 1
    # By figure from table to table, then within each cell; last, what each cell engages.
    equations = sparse.vstack(
        [
            sparse.hstack(
                [
                    sparse.kron(lines, sparse.identity(m)),
                    sparse.csr_matrix((lines.shape[0] * m, n)),
                ]
            ),
            sparse.hstack(
                [
                    -sparse.kron(sparse.identity(n), is_financer.astype(float)[None, :]),
                    sparse.identity(n),
                ]
            ),
        ],
        format="csr",
    )
    equations.eliminate_zeros()
    secret = cells["est_secrete"].to_numpy(dtype=bool)
    engaged = np.where(secret, values[:, is_financer].sum(axis=1), 0)
    # What was told, and what a total that is told engages, is known.
    moving = np.flatnonzero(np.concatenate([~is_known.ravel(), secret]))
    kept = equations[:, moving]
    kept = kept[np.diff(kept.indptr) > 0]
    case = Case(
        ids=tuple(map(str, moving)),
        values=np.concatenate([values.ravel(), engaged])[moving],
        published=np.ones(len(moving), dtype=bool),
        lower=np.zeros(len(moving)),
        upper=np.full(len(moving), np.inf),
        equations=kept,
        weights=np.concatenate([weights.ravel(), engaged])[moving],
        primary=np.zeros(len(moving), dtype=bool),
        min_width=float(min(rules.width, rules.seuil - 1)),
    )
    hidden = primary | secret[:, None]
    while True:
        # Where something is hidden, nothing tells what nobody has, nor what is of no financer.
        hides = hidden[:, is_financer].any(axis=1)
        unsaid = (values == 0) & is_financer
        unsaid[:, remainder] = True
        # Nor are the parts of a sum that is not told.
        started = hidden | (hides[:, None] & unsaid)
        started[:, -1] |= started[:, person]
        started &= ~is_known
        first = np.concatenate([started.ravel(), secret])[moving]
        found = np.zeros(n * m + n, dtype=bool)
        found[moving] = LineMask(replace(case, primary=first), rules.seuil).find()
        hidden = found[: n * m].reshape(n, m)
        if (hidden == started).all():
            return hidden & (values > 0)


def _too_few(frame: pd.DataFrame, silent: pd.DataFrame) -> pd.DataFrame:
    """Say whether a cell exposes too few persons: by dossiers, or by euros of which no row was made
    silent; or by hours that it told and that change (it may be silent of others: `muted_model`).
    """
    flags = {
        since: frame[f"est_trop_peu_{since}"].fillna(value=False).astype(bool)
        | _few_by_figure(frame, silent, "montant", since)
        for since in ("en_tout", "depuis")
    }
    told = frame["duree_moyenne_avant"].notna()
    flags["depuis"] |= told & _few_by_figure(frame, silent, HOURS, "depuis")
    return pd.DataFrame(flags)


def _few_by_figure(frame: pd.DataFrame, silent: pd.DataFrame, figure: str, since: str) -> pd.Series:
    """Say whether too few have a part of a figure of each cell, and no row was made silent of it."""
    few = frame[f"{figure}_trop_peu_{since}"].fillna(value=False).astype(bool)
    return few & ~frame["num_cellule"].isin(silent.loc[silent["chiffre"] == figure, "num_cellule"])


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
    told = frame.assign(
        **{
            column: frame[column].fillna(frame[in_part])
            for in_part, column in NAMED_IN_PART.items()
            if in_part in frame
        }
    )
    by_table = {str(name): part for name, part in told.groupby("tableau", observed=True)}
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
    keys = ["periode", *total.columns]
    left = parents.assign(periode=_period(parents, total), parent=parents.index)[[*keys, "parent"]]
    right = children.assign(periode=_period(children, total), child=children.index)
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
