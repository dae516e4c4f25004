"""Random dossiers, as ``int_dossiers__courants`` holds them on two days a year apart.

Five months of validation, four certifications, four départements of two régions and remote: so that
a few hundred dossiers make rows at every level. What befalls most dossiers of a cell (their
training body cancels them, their employer pays, their price changes) befalls a few of another, or
none.
"""

import datetime as dt
import uuid
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

FIRST_DAY, SECOND_DAY = dt.date(2024, 7, 31), dt.date(2025, 7, 31)
# On the first day the first month is definitive; on the second, all but the two last ones.
MONTHS = ("2023-05", "2024-05", "2024-06", "2024-07", "2025-06")
# The NSF group of each, and how many training bodies sell it.
CERTIFICATIONS = {
    "RS6198": ("326", 12),
    "RNCP40344": ("326", 6),
    "RS5801": ("312", 3),
    "RNCP38575": ("334", 4),
}
PLACES = ("75", "77", "69", "38", "A_DISTANCE")
CANCELLED = "Clos - Non Réalisé annulé OF"
STATUSES = (
    *("Validé", "Entrée en formation", "Sortie de formation", "Clos - Réalisation Totale"),
    *("Clos - Réalisation Partielle", "Clos - Non Réalisé annulé titulaire", "Rejeté"),
)
AMOUNTS = tuple(
    f"montant_{name}"
    for name in (
        *("titulaire", "reste_a_charge", "employeur", "france_travail", "opco"),
        *("region", "agefiph", "transitions_pro", "autre", "non_ventile"),
    )
)
_FLAT = {2023: 0, 2024: 100_00, 2025: 102_23}
_CSP = ("CADRE", "EMPLOYE", "OUVRIER", "PROFESSION_INTERMEDIAIRE", None)
_Some = npt.NDArray[np.bool_]


def dossiers(seed: int, count: int) -> pd.DataFrame:
    """Return ``count`` dossiers; some are validated between the two days. Amounts in cents."""
    rng = np.random.default_rng(seed)
    persons = _persons(rng, count // 2)
    table = persons.iloc[rng.integers(0, len(persons), count)].reset_index(drop=True)
    table["id_dossier"] = [f"dossier {seed} {number}" for number in range(count)]
    months = pd.to_datetime(_choice(rng, MONTHS, (28, 22, 22, 12, 16), count))
    table["date_validation"] = _days_after(rng, months, 28)
    table["date_entree"] = _days_after(rng, table["date_validation"], 40)
    table.loc[rng.random(count) < 1 / 10, "date_entree"] = pd.NaT
    table["code_certification"] = _choice(rng, tuple(CERTIFICATIONS), (50, 20, 20, 10), count)
    table["code_departement_lieu"] = _choice(rng, PLACES, (35, 22, 22, 6, 15), count)
    table["code_modalite"] = _choice(rng, ("PRESENTIEL", "A_DISTANCE", "MIXTE"), (9, 5, 1), count)
    table["statut_dossier"] = _choice(rng, STATUSES, (1, 3, 1, 12, 1, 2, 1), count)
    where = _cells(table)
    cancelled = _of_cells(rng, where, 0.2) & (table["code_modalite"] == "PRESENTIEL")
    table.loc[cancelled, "statut_dossier"] = CANCELLED
    # Two training bodies only, or one that sells most; durations that are mostly unknown.
    bodies = table["code_certification"].map(lambda code: CERTIFICATIONS[code][1])
    bodies = np.where(_of_cells(rng, where, 0.2), 2, bodies)
    first = rng.random(count) ** np.where(_of_cells(rng, where, 0.2), 9, 1)
    table["siren_of"] = table["code_certification"] + (first * bodies).astype(int).astype(str)
    table["nombre_heures_h"] = rng.integers(5, 80, count).astype(float)
    unknown = np.where(_of_cells(rng, where, 0.3), 0.7, 0.1)
    table.loc[rng.random(count) < unknown, "nombre_heures_h"] = np.nan
    return _financed(rng, table)


def revised(seed: int, before: pd.DataFrame) -> pd.DataFrame:
    """Return what the dossiers have become on the second day, and those that came late."""
    rng = np.random.default_rng(1000 + seed)
    table, count = before.copy(), len(before)
    closed = (rng.random(count) < 1 / 2) & (before["statut_dossier"] != CANCELLED)
    table.loc[closed, "statut_dossier"] = _choice(rng, STATUSES[3:], (9, 1, 3, 1), closed.sum())
    where = _cells(before)
    fate = _by_cell(rng, where, {"calm": 0.2, "few": 0.2, "most": 0.25, "move": 0.2, "late": 0.15})
    changed = {"few": 0.08, "most": 0.85, "move": 0.06}
    rate = pd.Series(fate).map(changed).fillna(0).to_numpy()
    dearer = rng.random(count) < rate
    much = np.where(rng.random(count) < 1 / 15, 3000_00, 0)
    table["montant_titulaire"] += dearer * (rng.integers(1, 20, count) * 100 + much)
    longer = (rng.random(count) < rate) & _of_cells(rng, where, 0.7)
    table.loc[longer, "nombre_heures_h"] = rng.integers(5, 80, longer.sum())
    # Most of a cell move to the next département; a few of another anywhere, or to another person.
    next_door = {"75": "77", "77": "75", "69": "38", "38": "69", "A_DISTANCE": "A_DISTANCE"}
    moved = (fate == "move") & (rng.random(count) < 0.7)
    table.loc[moved, "code_departement_lieu"] = before["code_departement_lieu"].map(next_door)
    strays = (fate == "few") & (rng.random(count) < 0.08)
    table.loc[strays, "code_departement_lieu"] = _choice(rng, PLACES, (1, 1, 1, 1, 1), strays.sum())
    others = (fate == "few") & (rng.random(count) < 0.08)
    table.loc[others, "titulaire"] = _identifiers(rng, others.sum())
    late = table[(fate == "late") & (rng.random(count) < 1 / 4)]
    names = [f"{name} bis" for name in late["id_dossier"]]
    late = late.assign(id_dossier=names, titulaire=_identifiers(rng, len(late)))
    return _totalled(pd.concat([table, late], ignore_index=True))


def _persons(rng: np.random.Generator, count: int) -> pd.DataFrame:
    ages = ("25-39 ans", "40-49 ans", "50 ans et plus", None)
    return pd.DataFrame(
        {
            "titulaire": _identifiers(rng, count),
            "code_genre": _choice(rng, ("F", "H", None), (50, 48, 2), count),
            "tranche_age": _choice(rng, ages, (55, 25, 18, 2), count),
            "code_departement_residence": _choice(rng, PLACES[:4], (4, 2, 3, 1), count),
            "code_situation": _choice(rng, ("EMPLOI", "DEMANDEUR_EMPLOI"), (2, 1), count),
            "code_csp": _choice(rng, _CSP, (2, 4, 2, 1, 1), count),
        }
    )


def _financed(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Add who pays what: by employers nearly all of a cell, or some; the person less or more.

    Most quarters have one financer besides the person, the others many.
    """
    count, where = len(table), _cells(table)
    jobless = (table["code_situation"] == "DEMANDEUR_EMPLOI").to_numpy()
    shares = {
        "employeur": np.where(_of_cells(rng, where, 0.3), 0.95, 0.12),
        "france_travail": np.where(jobless, 0.5, 0.0),
        "opco": 0.25,
        "region": np.where(_of_cells(rng, where, 0.3), 0.4, 0.02),
        "agefiph": np.where(_of_cells(rng, where, 0.3), 0.7, 0.02),
        "transitions_pro": 0.02,
        "autre": 0.06,
    }
    quarters = table["date_validation"].dt.to_period("Q").astype(str)
    is_simple = _of_cells(rng, quarters, 0.7)
    common = {"opco": 0.3, "employeur": 0.3, "france_travail": 0.2, "region": 0.05, "agefiph": 0.15}
    only = _by_cell(rng, quarters, common)
    its_share = _by_cell(rng, where, {0.25: 0.4, 0.5: 0.4, 0.9: 0.2})
    table[list(AMOUNTS)] = 0
    table["montant_titulaire"] = rng.integers(300, 1500, count) * 100 * _times(rng, count)
    for financer, share in shares.items():
        times = 40 if financer == "autre" else _times(rng, count)
        paid = rng.integers(50, 400, count) * 100 * times
        paying = np.where(is_simple, its_share * (only == financer), share)
        table[f"montant_{financer}"] = paid * (rng.random(count) < paying)
    flat = np.where(
        rng.random(count) < np.where(_of_cells(rng, where, 0.3), 1, 0.5),
        table["date_validation"].dt.year.map(_FLAT),
        0,
    )
    added = rng.integers(1, 300, count) * 100 * (rng.random(count) < 1 / 4)
    table["montant_reste_a_charge"] = flat + added
    price = table[list(AMOUNTS)].sum(axis=1)
    unknown = (rng.random(count) < 1 / 20) & ~is_simple
    table.loc[unknown, list(AMOUNTS)] = 0
    table["montant_non_ventile"] = np.where(unknown, price, 0)
    return _totalled(table)


def _totalled(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(montant_engage=table[list(AMOUNTS)].sum(axis=1))


def _times(rng: np.random.Generator, count: int) -> Any:
    """Much more, now and then."""
    return np.where(rng.random(count) < 1 / 30, 150, 1)


def _cells(table: pd.DataFrame) -> pd.Series:
    month = table["date_validation"].dt.strftime("%Y-%m")
    return month + table["code_certification"] + table["code_departement_lieu"]


def _by_cell(rng: np.random.Generator, where: pd.Series, weights: dict[Any, float]) -> Any:
    """Draw a value by cell, and give it to each of its dossiers."""
    cells = sorted(set(where))
    drawn = rng.choice(list(weights), len(cells), p=list(weights.values()))
    return where.map(dict(zip(cells, drawn, strict=True))).to_numpy()


def _of_cells(rng: np.random.Generator, where: pd.Series, share: float) -> _Some:
    """Return which dossiers are of a ``share`` of the cells."""
    return _by_cell(rng, where, {1.0: share, 0.0: 1 - share}) == 1.0


def _days_after(rng: np.random.Generator, days: Any, most: int) -> pd.Series:
    return pd.Series(days) + pd.to_timedelta(rng.integers(0, most, len(days)), unit="D")


def _identifiers(rng: np.random.Generator, count: int) -> list[str]:
    return [str(uuid.UUID(int=int(number))) for number in rng.integers(1, 2**60, count)]


def _choice(rng: np.random.Generator, values: Any, weights: Any, count: int) -> Any:
    shares = np.divide(weights, sum(weights))
    return rng.choice(np.asarray(values, dtype=object), int(count), p=shares)
