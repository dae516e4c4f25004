"""The dbt models of totals: companions, secret cells, and what told ones do not say."""

from typing import Any

import numpy as np
import pandas as pd

from orchestration.datasets import read_datasets
from orchestration.disclosure.tabular.table import BoolArray
from orchestration.disclosure.totals.cells import Rules, secret_cells
from orchestration.disclosure.totals.financers import muted_amounts

HOURS = "heures"
# A mean duration is told to the tenth.
ROUNDED = 0.0501


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
    hidden = secret_cells(frame, rules)
    # A hidden cell shows that there is a dossier.
    dossiers = frame["nb_dossiers"].where(~frame["etait_dite"], 0)
    seen = frame.assign(nb_exposes=dossiers, au_moins=1, est_primaire=hidden)
    hidden |= secret_cells(seen, rules)
    counts = ["nb_dossiers", "nb_titulaires", "nb_exposes", "au_moins"]
    kept = frame.columns.difference([*counts, "est_primaire", "etait_dite"], sort=False)
    companions = frame.loc[hidden & ~few, kept]
    # A column that is empty throughout has no type of its own.
    texts = companions.columns.difference(["tableau", "debut"])
    return companions.astype(dict.fromkeys(texts, "string"))


def secret_model(cells: Any, exposed: Any, silent: Any, dataset: str) -> pd.DataFrame:
    """The dbt model of the secret totals of ``dataset``: their ``num_cellule``.

    ``cells``, ``exposed``, ``silent``: the relations ``totaux_cellules``, ``totaux_exposes`` and
    ``silences``.
    """
    rules = Rules.of(read_datasets()[dataset])
    frame: pd.DataFrame = cells.df().merge(exposed.df(), on="num_cellule", how="left")
    few = _too_few(frame, silent.df())
    was_there, was_told = frame["etait_la"], frame["nb_dossiers_avant"].notna()
    has_moved = frame["nb_depuis"].fillna(0) > 0
    # One that was behind, or secret, would tell by staying as it is what it was then.
    stays = was_there & ~frame["etait_a_jour"] & ~has_moved
    secret = (
        (was_there & few["depuis"]) | (few["en_tout"] & (~was_told | has_moved)) | stays
    ).to_numpy(dtype=bool)
    while True:
        before = secret.sum()
        for figure in ("dossiers", "montant"):
            frame["nb_exposes"] = _exposed(frame, figure, was_told)
            frame["au_moins"] = 0
            frame["est_primaire"] = secret
            secret = secret | secret_cells(frame, rules)
        # A secret cell shows that there is a dossier, which rows may not tell.
        told = _exposed(frame, "dossiers", was_told)
        frame["nb_exposes"] = told.where(was_told, frame["nb_dossiers_non_dits"])
        frame["au_moins"] = ~was_told & (frame["nb_dossiers_non_dits"] >= frame["nb_dossiers"])
        frame["est_primaire"] = secret
        secret = secret | secret_cells(frame, rules)
        if secret.sum() == before:
            return frame.loc[secret, ["num_cellule"]]


def muted_model(
    cells: Any, exposed: Any, silent: Any, secret: Any, financed: Any, dataset: str
) -> pd.DataFrame:
    """The dbt model of what a told total does not say: ``num_cellule`` and ``chiffre``.

    ``heures``, a financer, or ``parts``: what a person pays, told in two. ``cells``, ``exposed``,
    ``silent``, ``secret`` and ``financed``: the relations ``totaux_cellules``, ``totaux_exposes``,
    ``silences``, ``totaux_secrets`` and ``totaux_financements``.
    """
    rules = Rules.of(read_datasets()[dataset])
    frame: pd.DataFrame = cells.df()
    is_secret = frame["num_cellule"].isin(secret.df()["num_cellule"]).to_numpy()
    hours = _muted_hours(frame, exposed.df(), silent.df(), is_secret, rules)
    amounts: pd.DataFrame = financed.df()
    if amounts.empty:
        return hours
    amounts = muted_amounts(frame.assign(est_secrete=is_secret), amounts, rules)
    return pd.concat([hours, amounts], ignore_index=True)


def _muted_hours(
    cells: pd.DataFrame,
    exposed: pd.DataFrame,
    silent: pd.DataFrame,
    is_secret: BoolArray,
    rules: Rules,
) -> pd.DataFrame:
    frame = cells.merge(exposed, on="num_cellule", how="left")
    few = {since: _few_by_figure(frame, silent, HOURS, since) for since in ("en_tout", "depuis")}
    was_told = frame["duree_moyenne_avant"].notna()
    has_moved = frame["nb_heures_depuis"].fillna(0) > 0
    frame["nb_exposes"] = _exposed(frame, HOURS, was_told)
    frame["au_moins"] = 0
    frame["est_primaire"] = (
        is_secret | (was_told & few["depuis"]) | (few["en_tout"] & (~was_told | has_moved))
    )
    hidden = secret_cells(frame, rules) & ~is_secret
    return frame.loc[hidden, ["num_cellule"]].assign(chiffre=HOURS)


def _exposed(frame: pd.DataFrame, figure: str, was_told: pd.Series) -> pd.Series:
    """Persons whose part of a figure telling each cell would expose: of one that was told, what
    changes since then; of the others, all that rows do not tell.
    """
    counts = frame[[f"nb_{figure}_en_tout", f"nb_{figure}_depuis"]].fillna(0)
    # An older change that was not told, of which nothing is left here, is somebody's.
    since = counts[f"nb_{figure}_depuis"].clip(lower=_is_behind(frame, figure).astype(float))
    exact = counts[f"nb_{figure}_en_tout"].mask(was_told, since)
    enough = frame[f"nb_exposes_{figure}"].mask(was_told, 0)
    return exact.mask(frame["est_evidente"], enough)


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
    return few & ~frame["num_cellule"].isin(silent.loc[silent["chiffre"] == figure, "num_cellule"])
