"""The dbt models of totals: companions, secret cells, and what told ones do not say."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from orchestration.datasets import read_datasets
from orchestration.disclosure.tabular.table import BoolArray
from orchestration.disclosure.totals.cells import IntArray, Rules, equations_of, secret_cells
from orchestration.disclosure.totals.financers import muted_amounts

HOURS = "heures"
# A mean duration is told to the tenth.
ROUNDED = 0.0501


@dataclass(frozen=True)
class _Sums:
    """What cells (n) add up to; and the ranks of those that may have told something before, since
    their table waits for no edition, with what these add up to.
    """

    rules: Rules
    equations: sparse.csr_matrix
    changing: IntArray
    of_changes: sparse.csr_matrix

    @classmethod
    def of(cls, frame: pd.DataFrame, rules: Rules) -> "_Sums":
        waiting = [table.nom for table in rules.tables if table.waits]
        changing = np.flatnonzero(~frame["tableau"].isin(waiting))
        part = frame.iloc[changing].reset_index(drop=True)
        return cls(
            rules, equations_of(frame, rules.tables), changing, equations_of(part, rules.tables)
        )


def companion_model(contents: Any, dataset: str) -> pd.DataFrame:
    """The dbt model of the cells that are to hide those of too few persons: ``tableau``, ``debut``
    and the dimensions of ``dataset``.

    ``contents``: the relation ``contenus``, made before there are rows. A cell hides others only if
    rows leave enough of it: which ones must, they have to know beforehand.
    """
    rules = Rules.of(read_datasets()[dataset])
    frame: pd.DataFrame = contents.df()
    few = frame["nb_titulaires"] < rules.seuil
    # One that was told hides nothing any more.
    frame["nb_exposes"] = np.where(frame["etait_dite"], 0, frame["nb_titulaires"])
    frame["est_primaire"] = few & ~frame["etait_dite"]
    frame["au_moins"] = 0
    equations = equations_of(frame, rules.tables)
    hidden = secret_cells(frame, equations, rules)
    # A hidden cell shows that there is a dossier.
    dossiers = frame["nb_dossiers"].where(~frame["etait_dite"], 0)
    seen = frame.assign(nb_exposes=dossiers, au_moins=1, est_primaire=hidden)
    hidden |= secret_cells(seen, equations, rules)
    counts = ["nb_dossiers", "nb_titulaires", "nb_exposes", "au_moins"]
    kept = frame.columns.difference([*counts, "est_primaire", "etait_dite"], sort=False)
    companions = frame.loc[hidden & ~few, kept]
    # A column that is empty throughout has no type of its own.
    texts = companions.columns.difference(["tableau", "debut"])
    return companions.astype(dict.fromkeys(texts, "string"))


def secret_model(cells: Any, exposed: Any, changed: Any, silent: Any, dataset: str) -> pd.DataFrame:
    """The dbt model of the secret totals of ``dataset``: their ``num_cellule``.

    ``cells``, ``exposed``, ``changed``, ``silent``: the relations ``totaux_cellules``,
    ``totaux_exposes``, ``totaux_changements`` and ``silences``.
    """
    rules = Rules.of(read_datasets()[dataset])
    frame = _weighed(cells.df(), exposed.df(), changed.df())
    few = _too_few(frame, silent.df())
    was_there, was_told = frame["etait_la"], frame["nb_dossiers_avant"].notna()
    has_moved = frame["nb_depuis"].fillna(0) > 0
    # One that was behind, or secret, would tell by staying as it is what it was then.
    stays = was_there & ~frame["etait_a_jour"] & ~has_moved
    hidden = (was_there & few["depuis"]) | (few["en_tout"] & (~was_told | has_moved)) | stays
    # What is not told now stays as it is.
    secret = hidden.where(frame["se_dit"], ~frame["etait_a_jour"]).to_numpy(dtype=bool)
    sums = _Sums.of(frame, rules)
    while True:
        before = secret.sum()
        for figure in ("dossiers", "montant"):
            secret = secret | _mask(frame, sums, figure, was_told, secret)
            secret = secret | _mask_changes(frame, sums, figure, secret)
        # A secret cell shows that there is a dossier, which rows may not tell.
        told = _exposed(frame, "dossiers", was_told)
        is_unsaid = ~was_told & (frame["se_dit"] | ~frame["etait_a_jour"])
        frame["nb_exposes"] = told.mask(is_unsaid, frame["nb_dossiers_non_dits"])
        frame["au_moins"] = is_unsaid & (frame["nb_dossiers_non_dits"] >= frame["nb_dossiers"])
        frame["est_primaire"] = secret
        told_before = was_told.to_numpy()
        secret = secret | secret_cells(frame, sums.equations, rules, was_told=told_before)
        if secret.sum() == before:
            return pd.DataFrame(frame.loc[secret & frame["se_dit"], ["num_cellule"]])


def muted_model(
    cells: Any,
    exposed: Any,
    changed: Any,
    silent: Any,
    secret: Any,
    financed: Any,
    dataset: str,
) -> pd.DataFrame:
    """The dbt model of what a told total does not say: ``num_cellule`` and ``chiffre``.

    ``heures``, a financer, or ``parts``: what a person pays, told in two. ``cells``, ``exposed``,
    ``changed``, ``silent``, ``secret`` and ``financed``: the relations ``totaux_cellules``,
    ``totaux_exposes``, ``totaux_changements``, ``silences``, ``totaux_secrets`` and
    ``totaux_financements``.
    """
    rules = Rules.of(read_datasets()[dataset])
    frame = _weighed(cells.df(), exposed.df(), changed.df())
    is_secret = frame["num_cellule"].isin(secret.df()["num_cellule"]).to_numpy()
    muted = _muted_hours(frame, silent.df(), is_secret, rules)
    amounts: pd.DataFrame = financed.df()
    if not amounts.empty:
        amounts = muted_amounts(frame.assign(est_secrete=is_secret), amounts, rules)
        muted = pd.concat([muted, amounts], ignore_index=True)
    # An empty column has no type of its own.
    return muted.astype({"num_cellule": "int64", "chiffre": "string"})


def _weighed(cells: pd.DataFrame, exposed: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    """Put beside each cell what telling it would expose; changes, as silent rows leave them."""
    since = changed.columns.drop("num_cellule")
    left = exposed.drop(columns=since).merge(changed, on="num_cellule", how="left")
    return cells.merge(left, on="num_cellule", how="left")


def _muted_hours(
    frame: pd.DataFrame, silent: pd.DataFrame, is_secret: BoolArray, rules: Rules
) -> pd.DataFrame:
    few = {since: _few_by_figure(frame, silent, HOURS, since) for since in ("en_tout", "depuis")}
    was_told = frame["duree_moyenne_avant"].notna()
    has_moved = frame["nb_heures_depuis"].fillna(0) > 0
    secret = (was_told & few["depuis"]) | (few["en_tout"] & (~was_told | has_moved)) | is_secret
    hidden = secret.where(frame["se_dit"], ~was_told).to_numpy(dtype=bool)
    sums = _Sums.of(frame, rules)
    while True:
        before = hidden.sum()
        hidden = hidden | _mask(frame, sums, HOURS, was_told, hidden)
        hidden = hidden | _mask_changes(frame, sums, HOURS, hidden)
        if hidden.sum() == before:
            muted = pd.DataFrame(frame.loc[hidden & ~is_secret & frame["se_dit"], ["num_cellule"]])
            return muted.assign(chiffre=HOURS)


def _mask(
    frame: pd.DataFrame, sums: _Sums, figure: str, was_told: pd.Series, hidden: BoolArray
) -> BoolArray:
    """Say which cells stay secret so that ``hidden`` ones do not follow from the others."""
    exposed = _exposed(frame, figure, was_told)
    weighed = frame.assign(nb_exposes=exposed, au_moins=0, est_primaire=hidden)
    return secret_cells(weighed, sums.equations, sums.rules, was_told=was_told.to_numpy())


def _mask_changes(frame: pd.DataFrame, sums: _Sums, figure: str, hidden: BoolArray) -> BoolArray:
    """Say which cells stay secret, or as they were, so that what changed of those that are
    ``hidden``, or were, is nobody's part or that of enough persons.
    """
    part = frame.iloc[sums.changing]
    was_hidden = ~part["fut_a_jour"].astype("boolean").fillna(value=True).astype(bool)
    was_hidden = was_hidden.mask(part["se_dit"], part["etait_la"] & ~part["etait_a_jour"])
    is_hidden = was_hidden.to_numpy(dtype=bool) | hidden[sums.changing]
    changes = part.assign(
        nb_exposes=part[f"nb_{figure}_depuis"].fillna(0), au_moins=0, est_primaire=is_hidden
    )
    stays = ~part["se_dit"].to_numpy(dtype=bool) & ~is_hidden
    found = secret_cells(changes, sums.of_changes, sums.rules, stays)
    more = np.zeros(len(frame), dtype=bool)
    more[sums.changing[found & ~is_hidden]] = True
    return more


def _exposed(frame: pd.DataFrame, figure: str, was_told: pd.Series) -> pd.Series:
    """Persons whose part of a figure telling each cell would expose: of one that was told, what
    changes since then; of the others, all that rows do not tell.
    """
    counts = frame[[f"nb_{figure}_en_tout", f"nb_{figure}_depuis"]].fillna(0)
    # Older changes that were not told, of which nothing is left here, are somebody's.
    joined = (frame["nb_titulaires"] - frame["nb_titulaires_avant"]).astype(float).abs()
    least = joined.clip(lower=1).where(_is_behind(frame, figure), 0)
    since = counts[f"nb_{figure}_depuis"].clip(lower=least)
    exact = counts[f"nb_{figure}_en_tout"].mask(was_told, since)
    enough = frame[f"nb_exposes_{figure}"].mask(was_told, 0)
    exposed = exact.mask(frame["est_evidente"], enough)
    # What is told, and is so still, is known.
    is_known = was_told & frame["etait_a_jour"]
    return exposed.mask(~frame["se_dit"] & is_known, 0)


def _is_behind(frame: pd.DataFrame, figure: str) -> pd.Series:
    """Say of each cell whether what it told of a figure is no longer so."""
    if figure == HOURS:
        hours, counted = (
            frame[name].astype(float) for name in ("heures", "nb_dossiers_avec_duree")
        )
        told = frame["duree_moyenne_avant"].astype(float)
        return (hours / counted - told).abs() > ROUNDED
    names = ["nb_dossiers", "nb_titulaires"] if figure == "dossiers" else ["montant_engage"]
    changes = [frame[f"{name}_avant"].astype(float) - frame[name].astype(float) for name in names]
    return pd.concat(changes, axis=1).abs().max(axis=1) > 0


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
    """Say whether too few have a part of a figure of each cell, of which no row was made silent."""
    few = frame[f"{figure}_trop_peu_{since}"].fillna(value=False).astype(bool)
    if since == "depuis":
        return few
    return few & ~frame["num_cellule"].isin(silent.loc[silent["chiffre"] == figure, "num_cellule"])
