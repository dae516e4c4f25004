"""Amounts by financer, recounted: those that a row tells, those that it puts in common, and those
that rows of ventilation tell again.

Belongs here: which amounts are told where, and whether each one alone may be. Does not: whether the
rows say so (``consistency``), what they tell together (``linear_attack``).
"""

import duckdb

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.findings import Finding, judge
from orchestration.disclosure.gate.microdata import table

UNALLOCATED = "montant_non_ventile"
GROUPED = "REGROUPE"


def cross_check(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, dominance: float
) -> list[Finding]:
    """Judge every amount that is told. Needs the tables of ``microdata``.

    Leaves ``paires`` (row × financer; ``cachee`` when the row puts it in common), ``groupes`` (the
    group of each row at each step of ventilation), ``attributions`` (the group that tells a hidden
    pair again) and ``ventiles`` (the amounts so told).
    """
    _build_pairs(connection, dataset)
    _build_groups(connection, dataset)
    _build_ventilated(connection, dataset)
    few = f"contributeurs < {dataset.seuil}"
    dominated = f"maximum >= {dominance} * abs(total)"
    return [
        judge(
            connection,
            "montants_dits",
            f"Chaque montant de financeur dit par une ligne a au moins {dataset.seuil} contributeurs, "
            "et aucun n'en fait l'essentiel",
            f"select count(*), count_if({few} or {dominated}) from paires "
            "where total <> 0 and not cachee",
        ),
        judge(
            connection,
            "montants_ventiles",
            "Il en va de même de chaque montant dit par une ligne de ventilation",
            f"select count(*), count_if({few} or {dominated}) from ventiles",
        ),
        judge(
            connection,
            "montants_en_commun",
            "Un montant mis en commun n'est jamais seul de sa ligne s'il a trop peu de "
            "contributeurs : le reste le dirait",
            f"select count(*), count_if(nombre = 1 and (petit or domine)) from (select num_ligne, "
            f"count(*) as nombre, bool_or({few}) as petit, bool_or({dominated}) as domine "
            "from paires where cachee group by num_ligne)",
        ),
        judge(
            connection,
            "montants_tus_en_entier",
            "Un montant de financeur est dit en entier ou mis en commun en entier",
            "select count(*), count_if(total <> tu) from paires where tu <> 0",
        ),
    ]


def _build_pairs(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """Join what rows really hold of each financer and what they put in common.

    What nobody is known to finance is in common as soon as another amount is put there with it.
    """
    connection.execute(
        "create or replace temp table paires as with ensemble as (select num_ligne, financeur, "
        "coalesce(total, 0) as total, coalesce(contributeurs, 0) as contributeurs, "
        "coalesce(maximum, 0) as maximum, coalesce(tu, 0) as tu from montants full join (select "
        f"num_ligne, financeur, (100 * montant)::bigint as tu from {table(dataset, 'communs')}) "
        "using (num_ligne, financeur)) select *, tu <> 0 or (total <> 0 and financeur = "
        f"'{UNALLOCATED}' and bool_or(tu <> 0) over (partition by num_ligne)) as cachee "
        "from ensemble"
    )


def _build_groups(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """Name the group of each row at each step: what it keeps, when the row still says it."""
    steps = " union all ".join(
        f"select num_ligne, {step} as etape, hash({', '.join([*kept, str(step)])}) as num_groupe "
        f"from {table(dataset, 'partition')} "
        f"where {' and '.join(f'{name} <> $regroupe' for name in kept) or '$regroupe is not null'}"
        for step, kept in enumerate(dataset.ventilation, start=1)
    )
    no_group = "select null::integer as num_ligne, 0 as etape, null::ubigint as num_groupe limit 0"
    connection.execute(
        f"create or replace temp table groupes as {steps or no_group}",
        {"regroupe": GROUPED} if steps else None,
    )


def _build_ventilated(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """What nobody is known to finance is not told again: it is what is left of the others."""
    connection.execute(
        "create or replace temp table attributions as select num_groupe, num_ligne, financeur, "
        f"etape from {table(dataset, 'communs')} inner join groupes using (num_ligne, etape) "
        f"where financeur <> '{UNALLOCATED}'"
    )
    connection.execute(
        "create or replace temp table ventiles as select num_groupe, any_value(etape) as etape, "
        "financeur, sum(cents) as total, count(*) as contributeurs, max(abs(cents)) as maximum "
        "from (select num_groupe, etape, financeur, titulaire, sum(cents)::bigint as cents from "
        "attributions inner join contributions using (num_ligne, financeur) group by all) "
        "group by num_groupe, financeur"
    )
