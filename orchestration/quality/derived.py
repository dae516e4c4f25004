"""The expectations that every dataset has, derived from its declaration."""

from dataclasses import replace
from typing import Any

from orchestration.datasets import Dataset
from orchestration.quality.drift import Context, drift, freshness
from orchestration.quality.suite import (
    BETWEEN,
    FILE,
    NOT_NULL,
    PROFILE,
    SATISFIED,
    SOURCES,
    TYPES,
    UNIQUE,
    WARNING,
    Expectation,
    cited_columns,
)


def derived_expectations(context: Context) -> list[Expectation]:
    """Return every derived expectation that applies to this candidate."""
    return [
        *_file_expectations(context.dataset),
        *([] if context.dataset.derived else [_rejected_share()]),
        *_key_expectations(context),
        *_person_expectations(context.dataset),
        *_counter_expectations(context.dataset),
        *_dissemination_expectations(context.dataset),
        *freshness(context),
        *(drift(context, context.reference) if context.reference else []),
    ]


def _measured(name: str, label: str, frame: str, type_: str, **kwargs: Any) -> Expectation:
    return Expectation(name, label, type_, kwargs, columns=(), frame=frame)


def _file_expectations(dataset: Dataset) -> list[Expectation]:
    names = [column.nom for column in dataset.colonnes]
    types = [f"{column.nom} {column.type}" for column in dataset.colonnes]
    return [
        _measured(
            "sources", "Chaque source nécessaire a atterri", SOURCES, NOT_NULL, column="sha256"
        ),
        _measured(
            "colonnes",
            f"Les {len(names)} colonnes déclarées sont là, dans l'ordre",
            FILE,
            "expect_table_columns_to_match_ordered_list",
            column_list=names,
        ),
        _measured(
            "types",
            "Chaque colonne a le type déclaré",
            TYPES,
            "expect_table_columns_to_match_set",
            column_set=types,
            exact_match=False,
        ),
        _measured(
            "lignes",
            "Le fichier a au moins une ligne",
            PROFILE,
            BETWEEN,
            column="lignes",
            min_value=1,
        ),
        _measured(
            "csv_fidele",
            "Le CSV, relu, dit la même chose que le Parquet",
            PROFILE,
            SATISFIED,
            column="csv_fidele",
            value_set=[True],
        ),
        _measured(
            "jsonl_fidele",
            "Le JSON par lignes, relu, dit la même chose que le Parquet",
            PROFILE,
            SATISFIED,
            column="jsonl_fidele",
            value_set=[True],
        ),
    ]


def _rejected_share() -> Expectation:
    """Nothing is rejected of what is published already: it is not asked of derived datasets."""
    return replace(
        _measured(
            "part_rejetee",
            "Chaque source a rejeté au plus la part déclarée de ce qui a été lu",
            SOURCES,
            SATISFIED,
            column="trop_de_rejets",
            value_set=[False],
        ),
        severity=WARNING,
    )


def _key_expectations(context: Context) -> list[Expectation]:
    dataset, optional = context.dataset, context.suite.optional_columns
    return [
        *(
            Expectation(
                f"cle_renseignee.{name}",
                f"La colonne de clé {name} est renseignée",
                NOT_NULL,
                {"column": name},
                columns=(name,),
            )
            for name in dataset.key
            if name not in optional
        ),
        Expectation(
            "cle_unique",
            f"La clé ({len(dataset.key)} colonnes) désigne une seule ligne",
            UNIQUE,
            {"column_list": list(dataset.key), "ignore_row_if": "never"},
            columns=dataset.key,
        ),
    ]


def _person_expectations(dataset: Dataset) -> list[Expectation]:
    if dataset.person_column is None:
        return []
    column = (dataset.person_column,)
    return [
        Expectation(
            "personnes_renseignees",
            "Le nombre de personnes de chaque ligne est renseigné",
            NOT_NULL,
            {"column": dataset.person_column},
            columns=column,
        ),
        Expectation(
            "seuil_personnes",
            f"Chaque ligne concerne au moins {dataset.seuil} personnes distinctes",
            BETWEEN,
            {"column": dataset.person_column, "min_value": dataset.seuil},
            columns=column,
        ),
    ]


def _counter_expectations(dataset: Dataset) -> list[Expectation]:
    """A counter tells as many dossiers as the threshold asks persons for, or nothing."""
    return [
        Expectation(
            f"seuil.{name}",
            f"Le compteur {name}, s'il est dit, compte au moins {dataset.seuil} dossiers",
            BETWEEN,
            {"column": name, "min_value": dataset.seuil},
            columns=(name,),
        )
        for name in dataset.counters
    ]


def _dissemination_expectations(dataset: Dataset) -> list[Expectation]:
    """Levels against the plan: what a level has given up is generalised, and nothing else is."""
    if not dataset.plan:
        return []
    last = len(dataset.plan) + 1
    dimensions = [column for step in dataset.plan for column in step]
    generalised = {column: f"{column} is not distinct from 'REGROUPE'" for column in dimensions}
    given_up = [
        f"(niveau_diffusion >= {level}) = ({generalised[column]})"
        for level, columns in enumerate(dataset.plan, start=2)
        for column in columns
    ]
    return [
        _satisfied(
            "niveau_de_diffusion",
            f"Le niveau de diffusion est entre 1 (le plus fin) et {last}",
            f"niveau_diffusion between 1 and {last}",
            dataset,
        ),
        _satisfied(
            "regroupements",
            "Chaque niveau regroupe ce que dit son plan, et rien d'autre",
            " and ".join(given_up),
            dataset,
        ),
    ]


def _satisfied(name: str, label: str, condition: str, dataset: Dataset) -> Expectation:
    return Expectation(
        name,
        label,
        SATISFIED,
        {"column": name, "value_set": [True]},
        columns=cited_columns(condition, dataset),
        condition=condition,
    )
