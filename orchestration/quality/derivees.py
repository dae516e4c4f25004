"""The rules that every dataset has, derived from its declaration.

Belongs here: sources, columns, key, persons, levels of diffusion; and the list of all derived
rules. Does not: rules of one dataset (``regles/<jeu>.yml``), comparisons (``comparaisons``).
"""

from typing import Any

from orchestration.jeux import Jeu
from orchestration.quality.comparaisons import Contexte, derive, fraicheur
from orchestration.quality.regles import (
    ENTRE,
    FICHIER,
    PROFIL,
    RENSEIGNEE,
    SATISFAITE,
    SOURCES,
    TYPES,
    UNIQUE,
    Regle,
    colonnes_citees,
)


def regles_derivees(contexte: Contexte) -> list[Regle]:
    """Return every derived rule that applies to this candidate."""
    return [
        *_fichiers(contexte.jeu),
        *_cle(contexte),
        *_personnes(contexte.jeu),
        *_diffusion(contexte.jeu),
        *fraicheur(contexte),
        *(derive(contexte, contexte.reference) if contexte.reference else []),
    ]


def _mesuree(nom: str, libelle: str, cadre: str, type_: str, **kwargs: Any) -> Regle:
    return Regle(nom, libelle, type_, kwargs, colonnes=(), cadre=cadre)


def _fichiers(jeu: Jeu) -> list[Regle]:
    names = [column.nom for column in jeu.colonnes]
    types = [f"{column.nom} {column.type}" for column in jeu.colonnes]
    return [
        _mesuree(
            "sources", "Chaque source nécessaire a atterri", SOURCES, RENSEIGNEE, column="sha256"
        ),
        _mesuree(
            "colonnes",
            f"Les {len(names)} colonnes déclarées sont là, dans l'ordre",
            FICHIER,
            "expect_table_columns_to_match_ordered_list",
            column_list=names,
        ),
        _mesuree(
            "types",
            "Chaque colonne a le type déclaré",
            TYPES,
            "expect_table_columns_to_match_set",
            column_set=types,
            exact_match=False,
        ),
        _mesuree(
            "lignes", "Le fichier a au moins une ligne", PROFIL, ENTRE, column="lignes", min_value=1
        ),
        _mesuree(
            "csv_fidele",
            "Le CSV, relu, dit la même chose que le Parquet",
            PROFIL,
            SATISFAITE,
            column="csv_fidele",
            value_set=[True],
        ),
        _mesuree(
            "jsonl_fidele",
            "Le JSON par lignes, relu, dit la même chose que le Parquet",
            PROFIL,
            SATISFAITE,
            column="jsonl_fidele",
            value_set=[True],
        ),
    ]


def _cle(contexte: Contexte) -> list[Regle]:
    jeu, optional = contexte.jeu, contexte.reglement.facultatives
    return [
        *(
            Regle(
                f"cle_renseignee.{name}",
                f"La colonne de clé {name} est renseignée",
                RENSEIGNEE,
                {"column": name},
                colonnes=(name,),
            )
            for name in jeu.cle
            if name not in optional
        ),
        Regle(
            "cle_unique",
            f"La clé ({len(jeu.cle)} colonnes) désigne une seule ligne",
            UNIQUE,
            {"column_list": list(jeu.cle), "ignore_row_if": "never"},
            colonnes=jeu.cle,
        ),
    ]


def _personnes(jeu: Jeu) -> list[Regle]:
    if jeu.personnes is None:
        return []
    column = (jeu.personnes,)
    return [
        Regle(
            "personnes_renseignees",
            "Le nombre de personnes de chaque ligne est renseigné",
            RENSEIGNEE,
            {"column": jeu.personnes},
            colonnes=column,
        ),
        Regle(
            "seuil_personnes",
            f"Chaque ligne concerne au moins {jeu.seuil} personnes distinctes",
            ENTRE,
            {"column": jeu.personnes, "min_value": jeu.seuil},
            colonnes=column,
        ),
    ]


def _diffusion(jeu: Jeu) -> list[Regle]:
    """Levels against the plan: what a level has given up is generalised, and nothing else is."""
    if not jeu.plan:
        return []
    last = len(jeu.plan) + 1
    top = last + len(jeu.ventilation)
    dimensions = [column for step in jeu.plan for column in step]
    generalised = {column: f"{column} is not distinct from 'REGROUPE'" for column in dimensions}
    given_up = [
        f"(niveau_diffusion >= {level}) = ({generalised[column]})"
        for level, columns in enumerate(jeu.plan, start=2)
        for column in columns
    ]
    cases = [f"when niveau_diffusion <= {last} then {' and '.join(given_up)}"]
    for level, kept in enumerate(jeu.ventilation, start=last + 1):
        told = [f"({column not in kept}) = ({generalised[column]})" for column in dimensions]
        cases.append(f"when niveau_diffusion = {level} then {' and '.join(told)}")
    return [
        _verifiee(
            "niveau_de_diffusion",
            f"Le niveau de diffusion est entre 1 (le plus fin) et {top}",
            f"niveau_diffusion between 1 and {top}",
            jeu,
        ),
        _verifiee(
            "regroupements",
            "Chaque niveau regroupe ce que dit son plan, et rien d'autre",
            f"case {' '.join(cases)} end",
            jeu,
        ),
        *_ventilation(jeu, last),
    ]


def _ventilation(jeu: Jeu, last: int) -> list[Regle]:
    if not jeu.ventilation:
        return []
    return [
        _verifiee(
            "lignes_de_ventilation",
            f"Les lignes de niveau {last + 1} et plus, et elles seules, ne comptent aucun dossier",
            f"(niveau_diffusion > {last}) = (nb_dossiers = 0)",
            jeu,
        )
    ]


def _verifiee(nom: str, libelle: str, condition: str, jeu: Jeu) -> Regle:
    return Regle(
        nom,
        libelle,
        SATISFAITE,
        {"column": nom, "value_set": [True]},
        colonnes=colonnes_citees(condition, jeu),
        condition=condition,
    )
