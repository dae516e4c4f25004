"""The joint check: two datasets about the same persons, whose totals anybody may subtract.

Belongs here: the dossiers that one dataset counts and the other does not (purchases whose person
has not entered training yet). Does not: each dataset alone (``controle``).
"""

from pathlib import Path

import duckdb

from orchestration import settings, warehouse
from orchestration.jeux import Jeu
from orchestration.secret.constats import Constat, constater, ligne
from orchestration.secret.faits import COFFRE, RATTACHEMENTS, court


def controler_commun(large: Jeu, etroit: Jeu) -> list[Constat]:
    """Judge what ``large`` minus ``etroit`` tells, by the stricter threshold of both.

    Without the files of both there is nothing to subtract: one of them was never a candidate.
    """
    files = [settings.candidats(jeu.nom) / f"{jeu.nom}.parquet" for jeu in (large, etroit)]
    if not all(path.exists() for path in files):
        return []
    seuil = max(jeu.seuil or 0 for jeu in (large, etroit))
    with warehouse.vault(read_only=True) as connection:
        connection.execute(
            "create temp table ecartes as select * from "
            f"{COFFRE}.int_dossiers__courants as dossiers "
            f"where {_condition(large)} and not ({_condition(etroit)})"
        )
        amounts = [c.nom for c in etroit.colonnes if c.nom.startswith("montant_")]
        told = [name for name in amounts if _dit(connection, name, (large, etroit), files)]
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


def _dit(
    connection: duckdb.DuckDBPyConnection,
    colonne: str,
    jeux: tuple[Jeu, Jeu],
    fichiers: list[Path],
) -> bool:
    """Tell whether both datasets give the exact total of an amount."""
    return all(
        ligne(
            connection,
            f"select (select coalesce(sum({colonne}), 0) from read_parquet('{path}')) = (select "
            f"coalesce(sum({colonne}), 0) from {COFFRE}.int_dossiers__courants as dossiers "
            f"where {_condition(jeu)})",
        )[0]
        for jeu, path in zip(jeux, fichiers, strict=True)
    )
