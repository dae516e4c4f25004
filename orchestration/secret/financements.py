"""Amounts by financer, recounted: those that a row tells, those that it puts in common, and those
that rows of ventilation tell again.

Belongs here: which amounts are told where, and whether each one alone may be. Does not: what they
tell together (``relations``).
"""

import duckdb

from orchestration.jeux import Jeu
from orchestration.secret.constats import Constat, constater
from orchestration.secret.faits import dimensions, financeurs, table

NON_VENTILE = "montant_non_ventile"
REGROUPE = "REGROUPE"


def premier_niveau(jeu: Jeu) -> int:
    """Return the level of the first rows of ventilation."""
    return len(jeu.plan) + 2


def recouper(connection: duckdb.DuckDBPyConnection, jeu: Jeu, dominance: float) -> list[Constat]:
    """Judge every amount that is told. Needs the tables of ``faits``.

    Leaves ``paires`` (row × financer, ``cachee`` when put in common), ``ventilations`` (the rows
    that tell again), ``ventiles`` (what they tell) and ``attributions`` (of which pairs).
    """
    _paires(connection, jeu)
    _ventilations(connection, jeu)
    for step in range(len(jeu.ventilation)):
        _attribuer(connection, jeu, step)
    _recompter_les_ventiles(connection)
    few = f"contributeurs < {jeu.seuil}"
    dominated = f"maximum >= {dominance} * abs(total)"
    return [
        *_fidelite(connection, jeu),
        constater(
            connection,
            "montants_dits",
            f"Chaque montant de financeur dit par une ligne a au moins {jeu.seuil} contributeurs, "
            "et aucun n'en fait l'essentiel",
            f"select count(*), count_if({few} or {dominated}) from paires "
            "where total <> 0 and not cachee",
        ),
        constater(
            connection,
            "montants_ventiles",
            "Il en va de même de chaque montant dit par une ligne de ventilation",
            f"select count(*), count_if({few} or {dominated}) from recomptes_ventiles",
        ),
        constater(
            connection,
            "montants_en_commun",
            "Un montant mis en commun n'est jamais seul de sa ligne s'il a trop peu de "
            "contributeurs : le reste le dirait",
            f"select count(*), count_if(nombre = 1 and (petit or domine)) from (select num_ligne, "
            f"count(*) as nombre, bool_or({few}) as petit, bool_or({dominated}) as domine "
            "from paires where cachee group by num_ligne)",
        ),
    ]


def _paires(connection: duckdb.DuckDBPyConnection, jeu: Jeu) -> None:
    """Join what rows really hold of each financer and what they tell of it."""
    key = ", ".join(["niveau_diffusion", *dimensions(jeu)])
    named = [name for name in financeurs(connection, jeu) if name != NON_VENTILE]
    cents = ", ".join(f"(100 * {name})::bigint as {name}" for name in [*named, NON_VENTILE])
    connection.execute(
        "create or replace temp table publiees as select num_ligne, diffusion.* from (select "
        f"num_ligne, {key} from {table(jeu, 'partition')}) inner join (select "
        f"{key}, nb_dossiers, nb_titulaires, (100 * montant_engage)::bigint as engage, {cents} "
        f"from {table(jeu, 'diffusion')} where niveau_diffusion < {premier_niveau(jeu)}) "
        f"as diffusion using ({key})"
    )
    connection.execute(
        "create or replace temp table paires as "
        "with dits as (unpivot (select num_ligne, "
        f"{', '.join(named)} from publiees) on {', '.join(named)} into name financeur value publie)"
        ", ensemble as (select num_ligne, financeur, coalesce(total, 0) as total, "
        "coalesce(contributeurs, 0) as contributeurs, coalesce(maximum, 0) as maximum, "
        "coalesce(publie, 0) as publie from montants full join (from dits where publie <> 0) "
        "using (num_ligne, financeur)) "
        # Of nobody known: in common as soon as another amount is put there with it.
        f"select *, publie = 0 and total <> 0 and (financeur <> '{NON_VENTILE}' or bool_or("
        f"publie = 0 and total <> 0 and financeur <> '{NON_VENTILE}') over (partition by "
        "num_ligne)) as cachee from ensemble"
    )


def _ventilations(connection: duckdb.DuckDBPyConnection, jeu: Jeu) -> None:
    """List the rows that tell again, and their amounts: what they give back comes on top."""
    named = [name for name in financeurs(connection, jeu) if name != NON_VENTILE]
    cents = ", ".join(f"(100 * {name})::bigint as {name}" for name in named)
    back = f"(100 * ({' + '.join([*named, NON_VENTILE])}))::bigint"
    connection.execute(
        "create or replace temp table ventilations as select row_number() over () as num_groupe, "
        f"niveau_diffusion, {', '.join(dimensions(jeu))}, nb_titulaires, {cents}, "
        f"{back} as {NON_VENTILE} from {table(jeu, 'diffusion')} "
        f"where niveau_diffusion >= {premier_niveau(jeu)}"
    )
    connection.execute(
        "create or replace temp table ventiles as from (unpivot (select num_groupe, "
        f"{', '.join([*named, NON_VENTILE])} from ventilations) on "
        f"{', '.join([*named, NON_VENTILE])} into name financeur value publie) where publie <> 0"
    )
    connection.execute(
        "create or replace temp table attributions (num_groupe bigint, num_ligne integer, "
        "financeur varchar)"
    )


def lignes_du_groupe(jeu: Jeu, etape: int) -> str:
    """Return the query of the rows (``num_ligne``) that each group of a step is made of."""
    kept = jeu.ventilation[etape]
    same = " and ".join(f"publiees.{name} = ventilations.{name}" for name in kept) or "true"
    told = " and ".join(f"publiees.{name} <> '{REGROUPE}'" for name in kept) or "true"
    return (
        f"select num_groupe, num_ligne from publiees inner join ventilations on {same} and {told} "
        f"where ventilations.niveau_diffusion = {premier_niveau(jeu) + etape}"
    )


def _attribuer(connection: duckdb.DuckDBPyConnection, jeu: Jeu, etape: int) -> None:
    """Give each amount told again the hidden pairs of its group that no step before has told."""
    connection.execute(
        "insert into attributions select num_groupe, num_ligne, financeur from paires "
        f"inner join ({lignes_du_groupe(jeu, etape)}) using (num_ligne) "
        "semi join ventiles using (num_groupe, financeur) "
        "anti join attributions using (num_ligne, financeur) where cachee"
    )


def _recompter_les_ventiles(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "create or replace temp table recomptes_ventiles as select num_groupe, financeur, publie, "
        "coalesce(total, 0) as total, coalesce(contributeurs, 0) as contributeurs, "
        "coalesce(maximum, 0) as maximum from ventiles left join (select num_groupe, financeur, "
        "sum(cents) as total, count(*) as contributeurs, max(abs(cents)) as maximum from (select "
        "num_groupe, financeur, titulaire, sum(cents)::bigint as cents from attributions "
        "inner join contributions using (num_ligne, financeur) group by all) group by all) "
        "using (num_groupe, financeur)"
    )


def _fidelite(connection: duckdb.DuckDBPyConnection, jeu: Jeu) -> list[Constat]:
    """Rows and columns add up: what is told is what dossiers say, the rest is in common."""
    return [
        constater(
            connection,
            "montants_fideles",
            "Un montant de financeur est dit en entier ou mis en commun, jamais changé",
            "select count(*), count_if(publie not in (0, total) and financeur <> "
            f"'{NON_VENTILE}') from paires",
        ),
        constater(
            connection,
            "reste_fidele",
            "Ce qui reste d'une ligne est la somme exacte de ce qu'elle met en commun",
            f"select count(*), count_if(annonce <> coalesce(reste, 0) or num_ligne is null) from "
            f"(select num_ligne, {NON_VENTILE} as annonce from publiees) left join (select "
            f"num_ligne, sum(total) as reste from paires where cachee or financeur = "
            f"'{NON_VENTILE}' group by num_ligne) using (num_ligne)",
        ),
        constater(
            connection,
            "lignes_retrouvees",
            "Chaque ligne diffusée est celle de la partition, et réciproquement",
            "select (select count(*) from publiees), (select count(*) from "
            f"{table(jeu, 'diffusion')} where niveau_diffusion < {premier_niveau(jeu)}) - (select "
            "count(*) from publiees) + (select count(*) from publiees left join lignes using "
            "(num_ligne) where (publiees.nb_titulaires, publiees.nb_dossiers, publiees.engage) is "
            "distinct from (lignes.nb_titulaires, lignes.nb_dossiers, lignes.engage))",
        ),
        constater(
            connection,
            "ventilation_fidele",
            "Chaque ligne de ventilation redonne exactement ce que ses lignes mettent en commun",
            "select count(*), count_if(publie <> total) from recomptes_ventiles",
        ),
    ]
