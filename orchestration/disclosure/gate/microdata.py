"""The dossiers behind the rows of a dataset, attached again by what the public columns mean.

By other means than the macros that made the rows: ``sql/dossiers`` has a file a dataset. Amounts
are in cents, hours in tenths.
"""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb

from orchestration.datasets import Dataset, variables
from orchestration.disclosure.gate.findings import Evidence
from orchestration.published_rows import describe_columns, published_rows
from orchestration.registry import is_shown

VAULT_SCHEMA = "coffre.intermediate"
UNALLOCATED = "montant_non_ventile"
_ABOUT_THE_ROW = ("niveau_diffusion", "edition", "valeur_du")
_MEASURES = ("nb_dossiers", "nb_titulaires", "prix_moyen", "duree_moyenne")
# Figures that both editions tell.
FOLLOWED = ("nb_dossiers", "nb_titulaires", "heures", "nb_dossiers_avec_duree", "montant_engage")
_STEPS = (
    *("unites", "groupes", "suites", "familles"),
    *("divisions", "diffusion", "editions", "suivis"),
)
_AMOUNTS = (
    *("montant_titulaire", "montant_reste_a_charge", "montant_employeur", "montant_france_travail"),
    *("montant_opco", "montant_region", "montant_agefiph", "montant_transitions_pro"),
    *("montant_autre", "montant_non_ventile"),
)
# What tells the counter of a row, once each row tells one (`one_counter_a_row`).
COUNTER = "compteur"
_RATES = "select debut::varchar, (100 * montant)::bigint from coffre.nomenclatures.participations"
_PLACES = {"code_region": "region", "code_departement": "departement"}
# How the columns that say a cohort write it, and how the first day is read again in the finest.
_WRITTEN = {
    "mois": ("strftime(cohorte, '%Y-%m')", "({} || '-01')::date"),
    "trimestre": (
        "strftime(cohorte, '%Y-T') || quarter(cohorte)",
        "make_date(left({0}, 4)::integer, 3 * right({0}, 1)::integer - 2, 1)",
    ),
    "annee": ("year(cohorte)::integer", "make_date({}, 1, 1)"),
}


def short_name(dataset: Dataset) -> str:
    """Return the name of ``dataset`` in its intermediate models."""
    return dataset.nom.removeprefix("moncompteformation_")


def open_evidence(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, previous: Path | None = None
) -> Evidence:
    """Return what the SQL files need to judge ``dataset`` on a connection to the vault.

    ``previous``: the Parquet file of the version that these rows follow.
    """
    names = names_of(dataset, connection) | _followed(connection, dataset, previous)
    shown = f"coffre.registre.{dataset.nom}__" if is_shown(connection, dataset) else None
    return Evidence(
        connection,
        names | {f"{table}_avant": shown and f"{shown}{table}" for table in ("suivis", "lignes")},
    )


def one_counter_a_row(dataset: Dataset, rows: str) -> str:
    """Return the relation (SQL) of published rows as the rules read it: those of a dataset of
    counters once for each that they tell, as the ``nb_dossiers`` of a dataset without amounts.
    """
    if not dataset.counters:
        return rows
    empty = ", ".join(
        f"null::decimal(18, 2) as {name}"
        for name in ("montant_engage", "montant_personne", *_AMOUNTS)
    )
    told = " union all ".join(
        f"select * exclude ({', '.join(dataset.counters)}), '{name}' as {COUNTER}, "
        f"{name} as nb_dossiers, {empty} from {rows} where {name} is not null"
        for name in dataset.counters
    )
    return f"({told})"


def _followed(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, previous: Path | None
) -> dict[str, Any]:
    """Name the rows of the version before, and the columns that they have."""
    if previous is None:
        return {"precedent": None, "deja_dites": []}
    rows = one_counter_a_row(dataset, published_rows(connection, previous))
    return {"precedent": rows, "deja_dites": list(describe_columns(connection, rows))}


def names_of(dataset: Dataset, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return what the SQL files call the tables, columns and rules of ``dataset``."""
    # Counters have no euros: what people pay apart is not asked, nor built, for them alone.
    rates = [] if dataset.counters else connection.execute(_RATES).fetchall()
    dimensions = [column for step in dataset.plan for column in step]
    fines = list(dataset.plan[0])
    amounts = [c.nom for c in dataset.colonnes if c.nom.startswith("montant_")]
    counted, counter = list(_MEASURES), []
    if dataset.counters:
        counted, counter = ["nb_dossiers"], [COUNTER]
    judged = [*_ABOUT_THE_ROW, *dataset.cohort_columns, *counter, *dimensions, *counted, *amounts]
    amounts = list(_AMOUNTS) if dataset.counters else amounts
    parts = [name for name in amounts if name not in {"montant_engage", "montant_personne"}]
    secret = variables()["secret"]
    prefixes = {name: name.split("_", maxsplit=1)[0] for name in dataset.cohort_columns}
    listed = ", ".join(f"'{name}'" for name in dataset.counters)
    written = {COUNTER: f"[{listed}][day(cohorte)]"} if dataset.counters else {}
    return {
        "jeu": dataset.nom,
        "court": short_name(dataset),
        "seuil": dataset.seuil or 0,
        "dominance": secret["part_dominante"],
        "organismes_minimum": secret["organismes_minimum"],
        "largeur": secret["largeur_minimale"],
        "sensibles": secret["financeurs_sensibles"],
        "nationaux": secret["financeurs_nationaux"],
        "mois_avant_definitif": secret["mois_avant_definitif"],
        "tables": _tables(dataset),
        "tarifs": rates,
        "cle": [*dataset.key, *counter],
        "personnes": dataset.person_column or "nb_dossiers",
        "compteurs": list(dataset.counters),
        "mois": dataset.cohort_months,
        "dites": [*dataset.cohort_columns, *counter],
        "ecrites": {name: _WRITTEN[prefix][0] for name, prefix in prefixes.items()} | written,
        "debut": _WRITTEN[prefixes[dataset.cohort_columns[0]]][1].format(dataset.cohort_columns[0]),
        "colonnes": list(dataset.cell_columns),
        # What only the definitive edition tells, then the rest, as it is given up.
        "fines": fines,
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
        # Every column of the file is one that the vault says, or one that others imply: a label.
        "jugees": judged,
        "impliquees": [
            c.nom for c in dataset.colonnes if c.nom not in {*judged, *dataset.counters}
        ],
        "montants": parts,
        "dicibles": ["montant_engage", "montant_personne", *parts],
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
            for size in range(len(dimensions) - len(fines) + 1)
            for kept in combinations(dimensions[len(fines) :], size)
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
        *("recomptes", "organismes", "dits", "cohortes_editees"),
    ):
        evidence.make(table)
    if evidence.names["suivis_avant"]:
        evidence.make("changements")
