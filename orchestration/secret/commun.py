"""The joint check: two datasets about the same persons, whose totals anybody may subtract.

Belongs here: the dossiers that one dataset counts and the other does not (purchases whose person
has not entered training yet). Does not: each dataset alone (``controle``).
"""

import duckdb

from orchestration import settings, warehouse
from orchestration.jeux import Jeu
from orchestration.secret.constats import Constat, constater, ligne
from orchestration.secret.faits import COFFRE, RATTACHEMENTS, court


def controler_commun(large: Jeu, etroit: Jeu) -> list[Constat]:
    """Judge what ``large`` minus ``etroit`` tells, by the stricter threshold of both.

    The marts are read, which one build makes together, and not the candidates: the gate of one
    dataset must not wait for that of the other. Where one is missing there is nothing to subtract.
    """
    seuil = max(jeu.seuil or 0 for jeu in (large, etroit))
    if not settings.entrepot().exists():
        return []
    with warehouse.vault(read_only=True) as connection:
        connection.execute(f"attach '{settings.entrepot()}' as entrepot (read_only)")
        if not all(_existe(connection, jeu) for jeu in (large, etroit)):
            return []
        connection.execute(
            "create temp table ecartes as select * from "
            f"{COFFRE}.int_dossiers__courants as dossiers "
            f"where {_condition(large)} and not ({_condition(etroit)})"
        )
        amounts = [c.nom for c in etroit.colonnes if c.nom.startswith("montant_")]
        told = [
            name for name in amounts if all(_dit(connection, name, jeu) for jeu in (large, etroit))
        ]
        # The parts that are not both told are, all together, the rest of the whole.
        rest = " or ".join(f"{name} <> 0" for name in amounts if name not in told)
        groups = [f"{name} <> 0" for name in told]
        if rest and "montant_engage" in told:
            groups.append(rest)
        counts = " union all ".join(
            f"select count(distinct titulaire) as nombre from ecartes where {group}"
            for group in groups
        )
        return [
            constater(
                connection,
                "personnes_de_l_ecart",
                f"L'écart entre les deux jeux compte 0 ou au moins {seuil} personnes",
                f"select 1, (count(distinct titulaire) between 1 and {seuil - 1})::integer "
                "from ecartes",
            ),
            constater(
                connection,
                "montants_de_l_ecart",
                "L'écart entre leurs totaux d'un même montant a 0 ou au moins "
                f"{seuil} contributeurs, et leurs restes aussi",
                f"select count(*), count_if(nombre between 1 and {seuil - 1}) from ({counts})"
                if groups
                else "select 0, 0",
            ),
        ]


def _condition(jeu: Jeu) -> str:
    return f"({RATTACHEMENTS[court(jeu)].condition})"


def _existe(connection: duckdb.DuckDBPyConnection, jeu: Jeu) -> bool:
    found = connection.execute(
        "select count(*) from duckdb_tables() where database_name = 'entrepot' and table_name = ?",
        [jeu.nom],
    ).fetchall()
    return found == [(1,)]


def _dit(connection: duckdb.DuckDBPyConnection, colonne: str, jeu: Jeu) -> bool:
    """Tell whether a dataset gives the exact total of an amount."""
    return bool(
        ligne(
            connection,
            f"select (select coalesce(sum({colonne}), 0) from entrepot.{jeu.nom}) = (select "
            f"coalesce(sum({colonne}), 0) from {COFFRE}.int_dossiers__courants as dossiers "
            f"where {_condition(jeu)})",
        )[0]
    )
