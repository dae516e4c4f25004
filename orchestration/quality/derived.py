"""The rules that every dataset has, derived from its declaration.

Belongs here: sources, columns, key, persons, levels of diffusion; and the list of all derived
rules. Does not: rules of one dataset (``regles/<jeu>.yml``), comparisons (``comparaisons``).
"""

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
    Rule,
    cited_columns,
)


def derived_rules(context: Context) -> list[Rule]:
    """Return every derived rule that applies to this candidate."""
    return [
        *_file_rules(context.dataset),
        *_key_rules(context),
        *_person_rules(context.dataset),
        *_dissemination_rules(context.dataset),
        *freshness(context),
        *(drift(context, context.reference) if context.reference else []),
    ]


def _measure_rule(nom: str, label: str, frame: str, type_: str, **kwargs: Any) -> Rule:
    return Rule(nom, label, type_, kwargs, colonnes=(), frame=frame)


def _file_rules(dataset: Dataset) -> list[Rule]:
    names = [column.nom for column in dataset.colonnes]
    types = [f"{column.nom} {column.type}" for column in dataset.colonnes]
    return [
        _measure_rule(
            "sources", "Chaque source nécessaire a atterri", SOURCES, NOT_NULL, column="sha256"
        ),
        _measure_rule(
            "colonnes",
            f"Les {len(names)} colonnes déclarées sont là, dans l'ordre",
            FILE,
            "expect_table_columns_to_match_ordered_list",
            column_list=names,
        ),
        _measure_rule(
            "types",
            "Chaque colonne a le type déclaré",
            TYPES,
            "expect_table_columns_to_match_set",
            column_set=types,
            exact_match=False,
        ),
        _measure_rule(
            "lignes",
            "Le fichier a au moins une ligne",
            PROFILE,
            BETWEEN,
            column="lignes",
            min_value=1,
        ),
        _measure_rule(
            "csv_fidele",
            "Le CSV, relu, dit la même chose que le Parquet",
            PROFILE,
            SATISFIED,
            column="csv_fidele",
            value_set=[True],
        ),
        _measure_rule(
            "jsonl_fidele",
            "Le JSON par lignes, relu, dit la même chose que le Parquet",
            PROFILE,
            SATISFIED,
            column="jsonl_fidele",
            value_set=[True],
        ),
    ]


def _key_rules(context: Context) -> list[Rule]:
    dataset, optional = context.dataset, context.rule_set.optional_columns
    return [
        *(
            Rule(
                f"cle_renseignee.{name}",
                f"La colonne de clé {name} est renseignée",
                NOT_NULL,
                {"column": name},
                colonnes=(name,),
            )
            for name in dataset.key
            if name not in optional
        ),
        Rule(
            "cle_unique",
            f"La clé ({len(dataset.key)} colonnes) désigne une seule ligne",
            UNIQUE,
            {"column_list": list(dataset.key), "ignore_row_if": "never"},
            colonnes=dataset.key,
        ),
    ]


def _person_rules(dataset: Dataset) -> list[Rule]:
    if dataset.person_column is None:
        return []
    column = (dataset.person_column,)
    return [
        Rule(
            "personnes_renseignees",
            "Le nombre de personnes de chaque ligne est renseigné",
            NOT_NULL,
            {"column": dataset.person_column},
            colonnes=column,
        ),
        Rule(
            "seuil_personnes",
            f"Chaque ligne concerne au moins {dataset.seuil} personnes distinctes",
            BETWEEN,
            {"column": dataset.person_column, "min_value": dataset.seuil},
            colonnes=column,
        ),
    ]


def _dissemination_rules(dataset: Dataset) -> list[Rule]:
    """Levels against the plan: what a level has given up is generalised, and nothing else is."""
    if not dataset.plan:
        return []
    last = len(dataset.plan) + 1
    top = last + len(dataset.ventilation)
    dimensions = [column for step in dataset.plan for column in step]
    generalised = {column: f"{column} is not distinct from 'REGROUPE'" for column in dimensions}
    given_up = [
        f"(niveau_diffusion >= {level}) = ({generalised[column]})"
        for level, columns in enumerate(dataset.plan, start=2)
        for column in columns
    ]
    cases = [f"when niveau_diffusion <= {last} then {' and '.join(given_up)}"]
    for level, kept in enumerate(dataset.ventilation, start=last + 1):
        conditions = [f"({column not in kept}) = ({generalised[column]})" for column in dimensions]
        cases.append(f"when niveau_diffusion = {level} then {' and '.join(conditions)}")
    return [
        _condition_rule(
            "niveau_de_diffusion",
            f"Le niveau de diffusion est entre 1 (le plus fin) et {top}",
            f"niveau_diffusion between 1 and {top}",
            dataset,
        ),
        _condition_rule(
            "regroupements",
            "Chaque niveau regroupe ce que dit son plan, et rien d'autre",
            f"case {' '.join(cases)} end",
            dataset,
        ),
        *_breakdown_rules(dataset, last),
    ]


def _breakdown_rules(dataset: Dataset, last: int) -> list[Rule]:
    if not dataset.ventilation:
        return []
    return [
        _condition_rule(
            "lignes_de_ventilation",
            f"Les lignes de niveau {last + 1} et plus, et elles seules, ne comptent aucun dossier",
            f"(niveau_diffusion > {last}) = (nb_dossiers = 0)",
            dataset,
        )
    ]


def _condition_rule(nom: str, label: str, condition: str, dataset: Dataset) -> Rule:
    return Rule(
        nom,
        label,
        SATISFIED,
        {"column": nom, "value_set": [True]},
        colonnes=cited_columns(condition, dataset),
        condition=condition,
    )
