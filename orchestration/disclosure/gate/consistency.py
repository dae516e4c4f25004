"""Do the rows that are published say what was judged? Their counts, their amounts, their remainder.

Belongs here: comparing, column by column, rows and what dossiers make of them. Does not: judging
whether it may be said (``row_rules``, ``amounts_by_financer``). Where a version follows another, its rows
add up with those of before: they are compared with the registry (``tests/data/generic``).
"""

import duckdb

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.amounts_by_financer import UNALLOCATED
from orchestration.disclosure.gate.findings import Finding, judge
from orchestration.disclosure.gate.microdata import dimensions, financeur_columns, table


def compare_with_facts(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> list[Finding]:
    """Compare the rows of a first version. Needs the tables of ``amounts_by_financer``."""
    financeur_names = [
        name for name in financeur_columns(connection, dataset) if name != UNALLOCATED
    ]
    return [
        _rows(connection, dataset, financeur_names),
        _breakdown_finding(connection, dataset, financeur_names),
    ]


def _rows(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, financeur_names: list[str]
) -> Finding:
    key = ", ".join(["niveau_diffusion", *dimensions(dataset)])
    cents = ", ".join(
        f"(100 * {name})::bigint as {name}" for name in [*financeur_names, UNALLOCATED]
    )
    columns = [*financeur_names, UNALLOCATED]
    expected = ", ".join(
        f"coalesce(sum(total) filter (where financeur = '{name}' and not cachee), 0) as {name}"
        for name in financeur_names
    )
    counted = ["nb_titulaires", "nb_dossiers", "engage", *columns]
    return judge(
        connection,
        "lignes_fideles",
        "Chaque ligne diffusée dit de ses dossiers ce qui peut l'être, et le reste exactement",
        "with attendues as (select num_ligne, nb_titulaires, nb_dossiers, engage, "
        f"{expected}, coalesce(sum(total) filter (where cachee or financeur = "
        f"'{UNALLOCATED}'), 0) as {UNALLOCATED} from lignes left join paires using (num_ligne) "
        "group by all), diffusees as (select diffusion.*, num_ligne from (select "
        f"{key}, nb_dossiers, nb_titulaires, (100 * montant_engage)::bigint as engage, {cents} "
        f"from {table(dataset, 'diffusion')} where niveau_diffusion <= {len(dataset.plan) + 1}) as "
        f"diffusion left join (select num_ligne, {key} from {table(dataset, 'partition')}) "
        f"using ({key})) select count(*), count_if(("
        + ", ".join(f"diffusees.{name}" for name in counted)
        + ") is distinct from ("
        + ", ".join(f"attendues.{name}" for name in counted)
        + ")) from diffusees full join attendues using (num_ligne)",
    )


def _breakdown_finding(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, financeur_names: list[str]
) -> Finding:
    cents = ", ".join(f"(100 * {name})::bigint as {name}" for name in financeur_names)
    steps = " union all ".join(
        f"select hash({', '.join([*kept, str(step)])}) as num_groupe, {cents} "
        f"from {table(dataset, 'diffusion')} where niveau_diffusion = {len(dataset.plan) + 1 + step}"
        for step, kept in enumerate(dataset.ventilation, start=1)
    )
    return judge(
        connection,
        "ventilation_fidele",
        "Chaque ligne de ventilation redonne exactement ce que ses lignes mettent en commun",
        "select count(*), count_if(dits.publie is distinct from ventiles.total) from "
        f"(from (unpivot ({steps}) on {', '.join(financeur_names)} into name financeur value publie) "
        "where publie <> 0) as dits full join ventiles using (num_groupe, financeur)",
    )
