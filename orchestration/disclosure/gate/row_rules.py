"""Invariants of the rows, recounted from dossiers: persons, dominance, nothing lost, nothing twice.

Belongs here: what is judged row by row and on totals. Does not: amounts by financer
(``amounts_by_financer``), what rows tell together (``linear_attack``, ``interval_attack``).
"""

from pathlib import Path

import duckdb

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.findings import Finding, judge
from orchestration.disclosure.gate.microdata import is_first_version, table


def recount(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, dominance: float, parquet: Path
) -> list[Finding]:
    """Judge the rows of the vault and the candidate's. Needs the tables of ``microdata``."""
    return [
        *_rows(connection, dataset, dominance),
        _totals(connection, dataset),
        *_candidate_checks(connection, dataset, parquet),
    ]


def _rows(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, dominance: float
) -> list[Finding]:
    cells, rows = table(dataset, "cellules"), table(dataset, "partition")
    # A whole population below the threshold is not published at all.
    is_empty = f"(select count(*) from {rows}) = 0"
    return [
        judge(
            connection,
            "cellule_dans_une_ligne",
            "Chaque cellule fine est dans une ligne et une seule, avec tous ses dossiers",
            f"select count(*), count_if(not {is_empty} and (lignes <> 1 or recompte is distinct "
            "from annonce)) from (select numeros[1] as numero, any_value(annonces.nb_dossiers) "
            "as annonce, count(membres.numero) as lignes, any_value(cellules.nb_dossiers) as "
            f"recompte from {cells} as annonces left join membres on membres.numero = numeros[1] "
            "left join cellules on cellules.numero = numeros[1] group by numeros[1])",
        ),
        judge(
            connection,
            "personnes_par_ligne",
            f"Chaque ligne compte au moins {dataset.seuil} personnes distinctes",
            f"select count(*), count_if(coalesce(lignes.nb_titulaires, 0) < {dataset.seuil}) "
            f"from {rows} left join lignes using (num_ligne)",
        ),
        judge(
            connection,
            "comptes_fideles",
            "Les personnes, dossiers et euros d'une ligne sont ceux de ses dossiers",
            "select count(*), count_if((lignes.nb_titulaires, lignes.nb_dossiers, lignes.engage) "
            "is distinct from (annonces.nb_titulaires, annonces.nb_dossiers, "
            f"(100 * montant_engage)::bigint)) from {rows} as annonces "
            "left join lignes using (num_ligne)",
        ),
        judge(
            connection,
            "personne_dominante",
            f"Personne ne fait {dominance:.0%} du montant d'une ligne".replace("%", " %"),
            f"select count(*), count_if(engage > 0 and maximum >= {dominance} * engage) "
            "from lignes",
        ),
    ]


def _totals(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> Finding:
    """Dossiers and euros of all rows are those of all attached dossiers, unless all too few."""
    rows = table(dataset, "diffusion" if is_first_version(connection, dataset) else "partition")
    return judge(
        connection,
        "rien_de_perdu",
        "Les lignes portent tous les dossiers et tous les euros, au centime",
        f"select nb_rattaches, if(nb_titulaires < {dataset.seuil} and nb_publies = 0, 0, "
        "abs(nb_rattaches - nb_publies) + (cents_rattaches <> cents_publies)::integer) "
        "from (select count(*) as nb_rattaches, count(distinct titulaire) as nb_titulaires, "
        "coalesce(sum(engage), 0) as cents_rattaches from dossiers), (select "
        "coalesce(sum(nb_dossiers), 0) as nb_publies, coalesce(sum((100 * montant_engage)::bigint)"
        f", 0) as cents_publies from {rows})",
    )


def _candidate_checks(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, parquet: Path
) -> list[Finding]:
    """What the very files say: whoever made them, a row alone must hold."""
    file = f"read_parquet('{parquet}')"
    amounts = [c.nom for c in dataset.colonnes if c.nom.startswith("montant_")]
    parts = " + ".join(name for name in amounts if name != "montant_engage")
    return [
        judge(
            connection,
            "personnes_par_ligne_publiee",
            f"Chaque ligne du fichier compte au moins {dataset.seuil} personnes",
            f"select count(*), count_if(coalesce({dataset.person_column}, 0) < {dataset.seuil}) from {file}",
        ),
        judge(
            connection,
            "cle_unique",
            "Deux lignes du fichier n'ont jamais la même clé",
            f"select count(*), count(*) - count(distinct ({', '.join(dataset.key)})) from {file}",
        ),
        judge(
            connection,
            "somme_des_financeurs",
            "Dans le fichier, les montants par financeur font le montant engagé",
            f"select count(*), count_if(montant_engage <> {parts}) from {file}",
        ),
    ]
