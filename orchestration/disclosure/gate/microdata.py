"""The dossiers behind the rows of a dataset, attached again by what the public columns mean.

By other means than the macros that made the rows: ``sql/dossiers`` has two files a dataset. Amounts
are in cents, hours in tenths.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb

from orchestration.datasets import Dataset, variables
from orchestration.disclosure.gate.findings import Evidence
from orchestration.sql import literal

VAULT_SCHEMA = "coffre.intermediate"
UNALLOCATED = "montant_non_ventile"
# Figures that both editions tell.
FOLLOWED = ("nb_dossiers", "nb_titulaires", "heures", "nb_dossiers_avec_duree", "montant_engage")
_STEPS = (
    *("cellules", "partition", "suites", "familles"),
    *("detail", "diffusion", "editions", "suivis"),
)
_PLACES = {"code_region": "region", "code_departement": "departement"}
_MONTH, _QUARTER, _YEAR = (
    "strftime(cohorte, '%Y-%m')",
    "strftime(cohorte, '%Y-T') || quarter(cohorte)",
    "strftime(cohorte, '%Y')",
)


@dataclass(frozen=True)
class _Meaning:
    """Which dossiers a dataset counts, by which date, how its file writes a cohort (the finest
    column first), and the first day of one.
    """

    population: str
    date: str
    written: Mapping[str, str]
    first_day: str


_MEANINGS = {
    "formations_engagees": _Meaning(
        "true",
        "dossiers.date_validation",
        {"mois_validation": _MONTH, "trimestre_validation": _QUARTER, "annee_validation": _YEAR},
        "(mois_validation || '-01')::date",
    ),
    "usagers": _Meaning(
        "dossiers.est_entre",
        "dossiers.date_entree",
        {"trimestre_entree": _QUARTER, "annee_entree": _YEAR},
        "make_date(left(trimestre_entree, 4)::integer, "
        "3 * right(trimestre_entree, 1)::integer - 2, 1)",
    ),
}


def short_name(dataset: Dataset) -> str:
    """Return the name of ``dataset`` in its intermediate models."""
    return dataset.nom.removeprefix("moncompteformation_")


def published_dossiers(dataset: Dataset, table: str) -> str:
    """Return the SQL condition that a row of ``dossiers`` satisfies if ``table`` may count it."""
    meaning = _MEANINGS[short_name(dataset)]
    finest, label = next(iter(meaning.written.items()))
    label = label.replace("cohorte", meaning.date)
    return f"({meaning.population} and {label} in (select {finest} from {table}))"


def open_evidence(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, previous: Path | None = None
) -> Evidence:
    """Return what the SQL files need to judge ``dataset`` on a connection to the vault.

    ``previous``: the Parquet file of the version that these rows follow.
    """
    names = _names(dataset) | {"precedent": previous and literal(previous).strip("'")}
    rates = connection.execute(
        "select debut::varchar, (100 * montant)::bigint from coffre.nomenclatures.participations"
    ).fetchall()
    followed = connection.execute(
        "select count(*) from duckdb_views() where database_name = 'coffre' and "
        "schema_name = 'registre' and view_name = ?",
        [f"{dataset.nom}__suivis"],
    ).fetchall()[0][0]
    registry = f"coffre.registre.{dataset.nom}__" if followed else None
    return Evidence(
        connection,
        names
        | {
            "tarifs": rates,
            "suivis_avant": registry and f"{registry}suivis",
            "lignes_avant": registry and f"{registry}lignes",
        },
    )


def _names(dataset: Dataset) -> dict[str, Any]:
    dimensions = [column for step in dataset.plan for column in step]
    provisional = [column for step in dataset.plan[1:] for column in step]
    amounts = [c.nom for c in dataset.colonnes if c.nom.startswith("montant_")]
    parts = [name for name in amounts if name not in {"montant_engage", "montant_personne"}]
    secret, meaning = variables()["secret"], _MEANINGS[short_name(dataset)]
    return {
        "jeu": dataset.nom,
        "court": short_name(dataset),
        "seuil": dataset.seuil or 0,
        "dominance": secret["part_dominante"],
        "organismes_minimum": secret["organismes_minimum"],
        "sensibles": secret["financeurs_sensibles"],
        "nationaux": secret["financeurs_nationaux"],
        "mois_avant_definitif": secret["mois_avant_definitif"],
        "tables": _tables(dataset),
        "population": meaning.population,
        "cle": dataset.key,
        "personnes": dataset.person_column,
        "mois": dataset.cohort_months,
        "dites": list(meaning.written),
        "ecrites": meaning.written,
        "debut": meaning.first_day,
        "colonnes": list(dataset.cell_columns),
        # What only the definitive edition tells, then all, in the order in which it is given up.
        "fines": list(dataset.plan[0]) if dataset.plan else [],
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
        "montants": parts,
        # What a row says that it puts together, or not: the two parts of the person are one.
        "parts": ["montant_personne", *parts[2:]],
        "chiffres": [
            "heures",
            "montant_engage",
            "montant_personne",
            "participation",
            "supplement",
            *parts,
        ],
        "mesures_suivies": list(FOLLOWED),
        # Every choice of columns that rows of the provisional edition may keep together.
        "unions": [
            list(kept)
            for size in range(len(provisional) + 1)
            for kept in combinations(provisional, size)
        ],
    }


def _tables(dataset: Dataset) -> Mapping[str, str]:
    return {
        "dossiers": f"{VAULT_SCHEMA}.int_dossiers__courants",
        "lieux": f"{VAULT_SCHEMA}.int_lieux__nommes",
        "depots": "coffre.staging.stg_atterrissage__depots",
        **{step: f"{VAULT_SCHEMA}.int_{short_name(dataset)}__{step}" for step in _STEPS},
    }


def link_dossiers(evidence: Evidence) -> None:
    """Make the tables that every rule reads: who and how much is behind each row that is new."""
    for table in (
        *("actuels", "nouvelles", "membres", "situes", "personnes"),
        *("recomptes", "organismes", "dits", "tus", "cohortes_editees"),
    ):
        evidence.make(table)
    if evidence.names["suivis_avant"]:
        evidence.make("changements")
