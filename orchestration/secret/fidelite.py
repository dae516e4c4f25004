"""Do the rows that are published say what was judged? Their counts, their amounts, their remainder.

Belongs here: comparing, column by column, rows and what dossiers make of them. Does not: judging
whether it may be said (``recomptes``, ``financements``). Where a version follows another, its rows
add up with those of before: they are compared with the registry (``tests/data/generic``).
"""

import duckdb

from orchestration.jeux import Jeu
from orchestration.secret.constats import Constat, constater
from orchestration.secret.faits import dimensions, financeurs, table
from orchestration.secret.financements import NON_VENTILE


def comparer(connection: duckdb.DuckDBPyConnection, jeu: Jeu) -> list[Constat]:
    """Compare the rows of a first version. Needs the tables of ``financements``."""
    named = [name for name in financeurs(connection, jeu) if name != NON_VENTILE]
    return [_lignes(connection, jeu, named), _ventilation(connection, jeu, named)]


def _lignes(connection: duckdb.DuckDBPyConnection, jeu: Jeu, named: list[str]) -> Constat:
    key = ", ".join(["niveau_diffusion", *dimensions(jeu)])
    cents = ", ".join(f"(100 * {name})::bigint as {name}" for name in [*named, NON_VENTILE])
    columns = [*named, NON_VENTILE]
    expected = ", ".join(
        f"coalesce(sum(total) filter (where financeur = '{name}' and not cachee), 0) as {name}"
        for name in named
    )
    counted = ["nb_titulaires", "nb_dossiers", "engage", *columns]
    return constater(
        connection,
        "lignes_fideles",
        "Chaque ligne diffusée dit de ses dossiers ce qui peut l'être, et le reste exactement",
        "with attendues as (select num_ligne, nb_titulaires, nb_dossiers, engage, "
        f"{expected}, coalesce(sum(total) filter (where cachee or financeur = "
        f"'{NON_VENTILE}'), 0) as {NON_VENTILE} from lignes left join paires using (num_ligne) "
        "group by all), diffusees as (select diffusion.*, num_ligne from (select "
        f"{key}, nb_dossiers, nb_titulaires, (100 * montant_engage)::bigint as engage, {cents} "
        f"from {table(jeu, 'diffusion')} where niveau_diffusion <= {len(jeu.plan) + 1}) as "
        f"diffusion left join (select num_ligne, {key} from {table(jeu, 'partition')}) "
        f"using ({key})) select count(*), count_if(("
        + ", ".join(f"diffusees.{name}" for name in counted)
        + ") is distinct from ("
        + ", ".join(f"attendues.{name}" for name in counted)
        + ")) from diffusees full join attendues using (num_ligne)",
    )


def _ventilation(connection: duckdb.DuckDBPyConnection, jeu: Jeu, named: list[str]) -> Constat:
    cents = ", ".join(f"(100 * {name})::bigint as {name}" for name in named)
    steps = " union all ".join(
        f"select hash({', '.join([*kept, str(step)])}) as num_groupe, {cents} "
        f"from {table(jeu, 'diffusion')} where niveau_diffusion = {len(jeu.plan) + 1 + step}"
        for step, kept in enumerate(jeu.ventilation, start=1)
    )
    return constater(
        connection,
        "ventilation_fidele",
        "Chaque ligne de ventilation redonne exactement ce que ses lignes mettent en commun",
        "select count(*), count_if(dits.publie is distinct from ventiles.total) from "
        f"(from (unpivot ({steps}) on {', '.join(named)} into name financeur value publie) "
        "where publie <> 0) as dits full join ventiles using (num_groupe, financeur)",
    )
