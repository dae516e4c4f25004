"""The joint check: two datasets about the same persons, whose totals anybody may subtract.

Belongs here: the dossiers that one dataset counts and the other does not (purchases whose person
has not entered training yet). Does not: each dataset alone (``controle``).
"""

import duckdb

from orchestration import settings, warehouse
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.findings import Finding, fetch_row, judge
from orchestration.disclosure.gate.microdata import LINKAGES, VAULT_SCHEMA, short_name


def check_joint_disclosure(large: Dataset, narrow: Dataset) -> list[Finding]:
    """Judge what ``large`` minus ``etroit`` tells, by the stricter threshold of both.

    The marts are read, which one build makes together, and not the candidates: the gate of one
    dataset must not wait for that of the other. Where one is missing there is nothing to subtract.
    """
    seuil = max(dataset.seuil or 0 for dataset in (large, narrow))
    if not settings.warehouse_path().exists():
        return []
    with warehouse.vault(read_only=True) as connection:
        connection.execute(f"attach '{settings.warehouse_path()}' as entrepot (read_only)")
        if not all(_exists(connection, dataset) for dataset in (large, narrow)):
            return []
        connection.execute(
            "create temp table ecartes as select * from "
            f"{VAULT_SCHEMA}.int_dossiers__courants as dossiers "
            f"where {_condition(large)} and not ({_condition(narrow)})"
        )
        amounts = [c.nom for c in narrow.colonnes if c.nom.startswith("montant_")]
        shared_amounts = [
            name
            for name in amounts
            if all(_gives_total(connection, name, dataset) for dataset in (large, narrow))
        ]
        # The parts that are not both told are, all together, the rest of the whole.
        rest = " or ".join(f"{name} <> 0" for name in amounts if name not in shared_amounts)
        groups = [f"{name} <> 0" for name in shared_amounts]
        if rest and "montant_engage" in shared_amounts:
            groups.append(rest)
        counts = " union all ".join(
            f"select count(distinct titulaire) as nombre from ecartes where {group}"
            for group in groups
        )
        return [
            judge(
                connection,
                "personnes_de_l_ecart",
                f"L'écart entre les deux jeux compte 0 ou au moins {seuil} personnes",
                f"select 1, (count(distinct titulaire) between 1 and {seuil - 1})::integer "
                "from ecartes",
            ),
            judge(
                connection,
                "montants_de_l_ecart",
                "L'écart entre leurs totaux d'un même montant a 0 ou au moins "
                f"{seuil} contributeurs, et leurs restes aussi",
                f"select count(*), count_if(nombre between 1 and {seuil - 1}) from ({counts})"
                if groups
                else "select 0, 0",
            ),
        ]


def _condition(dataset: Dataset) -> str:
    return f"({LINKAGES[short_name(dataset)].condition})"


def _exists(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> bool:
    fetched = connection.execute(
        "select count(*) from duckdb_tables() where database_name = 'entrepot' and table_name = ?",
        [dataset.nom],
    ).fetchall()
    return fetched == [(1,)]


def _gives_total(connection: duckdb.DuckDBPyConnection, colonne: str, dataset: Dataset) -> bool:
    """Tell whether a dataset gives the exact total of an amount."""
    return bool(
        fetch_row(
            connection,
            f"select (select coalesce(sum({colonne}), 0) from entrepot.{dataset.nom}) = (select "
            f"coalesce(sum({colonne}), 0) from {VAULT_SCHEMA}.int_dossiers__courants as dossiers "
            f"where {_condition(dataset)})",
        )[0]
    )
