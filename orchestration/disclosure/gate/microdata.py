"""The dossiers behind the rows of a dataset, attached again by what the public columns mean.

By other means than the macros that made the rows: ``sql/dossiers`` has one file a dataset. Amounts
are in cents.
"""

from collections.abc import Mapping
from typing import Any

import duckdb

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.findings import Evidence

VAULT_SCHEMA = "coffre.intermediate"
UNALLOCATED = "montant_non_ventile"
# Which dossiers a dataset counts.
POPULATIONS = {"formations_engagees": "true", "usagers": "dossiers.est_entre"}
_STEPS = ("cellules", "partition", "communs", "diffusion", "entrants")
_PLACES = {"code_region": "region", "code_departement": "departement"}
_TABLES = (
    *("cellules", "personnes", "lignes", "versements"),
    *("montants", "paires", "groupes", "attributions", "ventiles"),
)


def short_name(dataset: Dataset) -> str:
    """Return the name of ``dataset`` in its intermediate models."""
    return dataset.nom.removeprefix("moncompteformation_")


def population(dataset: Dataset) -> str:
    """Return the condition that a dossier of ``dataset`` satisfies."""
    return f"({POPULATIONS[short_name(dataset)]})"


def open_evidence(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, dominance: float
) -> Evidence:
    """Return what the SQL files need to judge ``dataset`` on a connection to the vault.

    ``est_premiere``: the rows follow no published version; then they are all in the cells.
    """
    names = _names(dataset) | {"dominance": dominance}
    first = Evidence(connection, names).value("est_premiere")
    return Evidence(connection, names | {"est_premiere": bool(first)})


def _names(dataset: Dataset) -> dict[str, Any]:
    dimensions = [column for step in dataset.plan for column in step]
    amounts = [c.nom for c in dataset.colonnes if c.nom.startswith("montant_")]
    parts = [name for name in amounts if name != "montant_engage"]
    return {
        "jeu": dataset.nom,
        "seuil": dataset.seuil or 0,
        "tables": _tables(dataset),
        "population": population(dataset),
        "cle": dataset.key,
        "personnes": dataset.person_column,
        # What a row of each level still says, in the order in which it is given up.
        "dimensions": dimensions,
        "gardees": [
            [column for step in dataset.plan[level:] for column in step]
            for level in range(len(dataset.plan) + 1)
        ],
        "lieux": {
            name: echelon
            for name in dimensions
            for prefix, echelon in _PLACES.items()
            if name.startswith(f"{prefix}_")
        },
        "ventilation": [list(step) for step in dataset.ventilation],
        "montants": parts,
        "financeurs": [name for name in parts if name != UNALLOCATED],
    }


def _tables(dataset: Dataset) -> Mapping[str, str]:
    return {
        "dossiers": f"{VAULT_SCHEMA}.int_dossiers__courants",
        "lieux": f"{VAULT_SCHEMA}.int_lieux__nommes",
        "lignes_avant": f"coffre.registre.{dataset.nom}__lignes",
        **{step: f"{VAULT_SCHEMA}.int_{short_name(dataset)}__{step}" for step in _STEPS},
    }


def link_dossiers(evidence: Evidence, dataset: Dataset) -> None:
    """Make the tables that every rule reads: who and how much is behind each row and each amount.

    A version follows another: the cells hold the dossiers that enter it, and only they are judged
    here (what leaves is judged with the registry).
    """
    evidence.make("membres")
    evidence.make("dossiers", f"dossiers/{short_name(dataset)}")
    (counts,) = evidence.rows("attaches_et_annonces")
    if counts["attaches"] > counts["annonces"]:
        evidence.make("dossiers", "tables/entres")
    for table in _TABLES:
        if table == "montants":
            evidence.make_view("contributions")
        evidence.make(table)
