"""Random entries and exits by session of a training body, as ``int_dossiers__courants`` has them.

Sessions of few or many persons, some of which nobody follows to the end; bodies of one or two
establishments.
"""

import datetime as dt
import uuid
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from tests.factories.random_dossiers import AMOUNTS, CERTIFICATIONS
from tests.factories.small_versions import deliver, fill_code_lists
from tests.factories.steps import VAULT

FIRST_DAY, SECOND_DAY = dt.date(2024, 7, 31), dt.date(2025, 7, 31)
MONTHS = ("2023-04", "2023-05", "2023-06", "2024-04", "2024-05", "2024-06", "2025-05")
TOTAL, PARTIAL, IN_PROGRESS, CANCELLED = (
    "Clos - Réalisation Totale",
    "Clos - Réalisation Partielle",
    "Entrée en formation",
    "Clos - Non Réalisé annulé OF",
)
# How those of a session fare: most to the end, all of them, none, or some of each.
_FATES = {
    "usual": (80, 12, 4, 4),
    "all": (100, 0, 0, 0),
    "none": (0, 100, 0, 0),
    "mixed": (45, 35, 10, 10),
}
# What the models read and that says nothing of entries and exits.
_REST = {
    "code_genre": "F",
    "tranche_age": "25-39 ans",
    "code_departement_residence": "75",
    "code_situation": "EMPLOI",
    "code_csp": "CADRE",
    "code_departement_lieu": "75",
    "code_modalite": "PRESENTIEL",
    "nombre_heures_h": 14.0,
    **dict.fromkeys((*AMOUNTS, "montant_engage"), 0),
}


def sessions(seed: int, count: int = 90) -> pd.DataFrame:
    """Return the dossiers of ``count`` sessions."""
    rng = np.random.default_rng(seed)
    drawn = [_session(rng, number) for number in range(count)]
    return pd.concat(drawn, ignore_index=True)


def revised(seed: int, before: pd.DataFrame) -> pd.DataFrame:
    """Return what they have become a year later: exits that were late, and some undone."""
    rng = np.random.default_rng(1000 + seed)
    table, draw = before.copy(), rng.random(len(before))
    ended = (table["statut_dossier"] == IN_PROGRESS) & (draw < 0.8)
    table.loc[ended, "statut_dossier"] = TOTAL
    table.loc[ended, "date_sortie"] = table.loc[ended, "date_entree"] + pd.Timedelta(days=20)
    undone = (table["statut_dossier"] == TOTAL) & (draw > 0.97)
    table.loc[undone, "statut_dossier"] = "Dossier annulé gestionnaire"
    table.loc[undone, ["date_entree", "date_sortie"]] = pd.NaT
    return table


def dossiers(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return dossiers told by hand: what is not told says nothing of entries and exits."""
    table = pd.DataFrame([{**_REST, **row} for row in rows])
    for name in ("date_validation", "date_entree", "date_sortie"):
        table[name] = pd.to_datetime(table[name])
    return table


def vault(table: pd.DataFrame, day: dt.date = FIRST_DAY) -> duckdb.DuckDBPyConnection:
    """Open a vault in memory that holds these dossiers, delivered on a day."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("pragma disable_optimizer")
    connection.execute("attach ':memory:' as coffre")
    fill_code_lists(connection)
    connection.execute(
        f"create table {VAULT}.int_organismes__noms as "
        "select '111111110' as siren, 'Organisme' as denomination"
    )
    deliver(connection, table, day)
    return connection


def _session(rng: np.random.Generator, number: int) -> pd.DataFrame:
    size = int(rng.choice((2, 4, 7, 12, 25), p=(0.3, 0.25, 0.2, 0.15, 0.1)))
    month = pd.Timestamp(f"{rng.choice(MONTHS)}-01")
    siren = f"{111111110 + int(10 * rng.random() ** 2)}"
    establishments = 1 + int(siren) % 2
    fate = _FATES[str(rng.choice(list(_FATES), p=(0.6, 0.15, 0.1, 0.15)))]
    statuses = rng.choice((TOTAL, PARTIAL, IN_PROGRESS, CANCELLED), size, p=np.array(fate) / 100)
    entry = month + pd.to_timedelta(rng.integers(0, 25, size), unit="D")
    length = pd.Timedelta(days=int(rng.integers(1, 60)))
    table = pd.DataFrame(
        {
            "id_dossier": [f"{number} {rank}" for rank in range(size)],
            "titulaire": [str(uuid.UUID(bytes=rng.bytes(16))) for _ in range(size)],
            "statut_dossier": statuses,
            "code_certification": str(rng.choice(list(CERTIFICATIONS))),
            "siren_of": siren,
            "siret_of": f"{siren}000{11 * (1 + int(rng.integers(establishments)))}",
            "date_validation": entry - pd.Timedelta(days=12),
            "date_entree": entry,
            "date_sortie": entry + length,
        }
    )
    table.loc[~np.isin(statuses, (TOTAL, PARTIAL)), "date_sortie"] = pd.NaT
    table.loc[statuses == CANCELLED, "date_entree"] = pd.NaT
    return table.assign(**_REST)
