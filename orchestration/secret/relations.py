"""The linear attack on what is published: which hidden cells, amounts or groups do sums give back?

Belongs here: the equations that rows and rows of ventilation make, and the groups that they imply.
Does not: the witness itself (``temoin``), intervals (``etroits``).
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
from scipy import sparse

from orchestration.jeux import Jeu
from orchestration.secret.constats import Constat, constater, ligne
from orchestration.secret.financements import lignes_du_groupe
from orchestration.secret.temoin import determinees


@dataclass(frozen=True)
class Attaque:
    """What was attacked, and what it gave: every ``fuites`` must be nobody's.

    ``chiffres``: published figures; ``inconnues``: hidden cells and amounts; ``determinees``: those
    that follow exactly, of too few persons or not.
    """

    chiffres: int
    inconnues: int
    determinees: int
    fuites: int


def attaquer_personnes(connection: duckdb.DuckDBPyConnection, jeu: Jeu) -> Attaque:
    """Attack persons and dossiers: each row is the sum of its cells, those shown alone apart."""
    found = connection.execute(
        "select num_ligne, numero, nb_titulaires from (select num_ligne, numero, count(*) over "
        "(partition by num_ligne) as nombre from membres) inner join cellules using (numero) "
        "where nombre > 1"
    ).fetchnumpy()
    persons = np.asarray(found["nb_titulaires"])
    known = determinees(_somme(found["num_ligne"]))
    figures = ligne(connection, "select count(distinct num_ligne) from membres")[0]
    return Attaque(
        chiffres=2 * int(figures),
        inconnues=len(persons),
        determinees=int(known.sum()),
        fuites=int((known & (persons < (jeu.seuil or 0))).sum()) + _seules(connection, jeu),
    )


def _seules(connection: duckdb.DuckDBPyConnection, jeu: Jeu) -> int:
    """Count the cells that are a row by themselves, of too few persons."""
    return int(
        ligne(
            connection,
            "select count(*) from (select num_ligne, any_value(numero) as numero from membres "
            "group by num_ligne having count(*) = 1) inner join cellules using (numero) "
            f"where nb_titulaires < {jeu.seuil}",
        )[0]
    )


def _somme(rows: "np.typing.NDArray[np.int_]") -> sparse.csr_matrix:
    """Return one equation by distinct value of ``rows``, which names that of each unknown."""
    count = len(rows)
    numbers = np.unique(rows, return_inverse=True)[1]
    shape = (int(numbers.max()) + 1 if count else 0, count)
    return sparse.csr_matrix((np.ones(count), (numbers, np.arange(count))), shape=shape)


def attaquer_montants(
    connection: duckdb.DuckDBPyConnection, jeu: Jeu, dominance: float
) -> Attaque:
    """Attack amounts put in common: each row gives the sum of its own, each ventilation of its.

    Leaves ``connues``: the pairs (row, financer) that follow. The attacker is given the most: who
    finances what where is taken as known, only how much is not.
    """
    found = connection.execute(
        "select num_ligne, financeur, contributeurs, maximum, total, num_groupe from paires "
        "left join attributions using (num_ligne, financeur) where cachee "
        "order by num_ligne, financeur"
    ).df()
    told = found["num_groupe"].notna().to_numpy()
    lines = found.loc[told, "num_groupe"].astype(int).astype(str) + found.loc[told, "financeur"]
    across = sparse.csr_matrix((0, len(found)))
    if told.any():
        across = _somme(pd.factorize(lines)[0]) @ _choix(told)
    known = determinees(sparse.vstack([_somme(found["num_ligne"].to_numpy()), across]).tocsr())
    few = found["contributeurs"] < (jeu.seuil or 0)
    dominated = found["maximum"] >= dominance * found["total"].abs()
    connection.register("_connues", found.loc[known, ["num_ligne", "financeur"]])
    connection.execute("create or replace temp table connues as from _connues")
    connection.unregister("_connues")
    figures = ligne(
        connection,
        "select (select count(*) from paires where total <> 0 and not cachee) + "
        "(select count(distinct num_ligne) from paires where cachee) + "
        "(select count(*) from ventiles)",
    )[0]
    return Attaque(
        chiffres=int(figures),
        inconnues=len(found),
        determinees=int(known.sum()),
        fuites=int((known & (few | dominated).to_numpy()).sum()),
    )


def _choix(kept: "np.typing.NDArray[np.bool_]") -> sparse.csr_matrix:
    """Return the matrix that picks these unknowns out of all."""
    columns = np.flatnonzero(kept)
    ones = np.ones(len(columns))
    return sparse.csr_matrix(
        (ones, (np.arange(len(columns)), columns)), shape=(len(columns), len(kept))
    )


def groupes_impliques(connection: duckdb.DuckDBPyConnection, jeu: Jeu) -> list[Constat]:
    """Judge the groups that subtractions give: of a row once what follows is taken out of it, and
    of the rows of each group once their ventilations are.

    Needs ``connues`` (``attaquer_montants``).
    """
    open_ = "(from paires anti join connues using (num_ligne, financeur) where cachee)"
    contributors = (
        "count(distinct titulaire) as contributeurs from {} "
        "inner join contributions using (num_ligne, financeur)"
    )
    groups = " union all ".join(
        f"select num_groupe, num_ligne, financeur from ({lignes_du_groupe(jeu, step)}) "
        "inner join (from paires where cachee) using (num_ligne) anti join (select num_ligne, "
        f"financeur from attributions inner join ventilations using (num_groupe) where "
        f"niveau_diffusion <= {len(jeu.plan) + 2 + step}) using (num_ligne, financeur)"
        for step in range(len(jeu.ventilation))
    )
    partial = f"(from {open_} semi join connues using (num_ligne))"
    return [
        constater(
            connection,
            "restes_des_lignes",
            "Ce qu'une ligne tait, une fois ôté ce qui se déduit, a assez de contributeurs",
            f"select count(*), count_if(contributeurs < {jeu.seuil}) from (select num_ligne, "
            f"{contributors.format(partial)} group by num_ligne)",
        ),
        constater(
            connection,
            "restes_des_groupes",
            "Ce que taisent ensemble les lignes d'un groupe, une fois ôtées ses lignes de "
            "ventilation, a assez de contributeurs",
            f"select count(*), count_if(contributeurs < {jeu.seuil}) from (select num_groupe, "
            f"{contributors.format(f'({groups})')} group by num_groupe)",
        ),
        constater(
            connection,
            "restes_des_financeurs",
            "Ce qui n'est jamais redit, tous financeurs ensemble, a assez de contributeurs",
            f"select 1, count_if(contributeurs between 1 and {(jeu.seuil or 0) - 1}) from (select "
            + contributors.format(
                "(from paires anti join attributions using (num_ligne, financeur) where cachee)"
            )
            + ")",
        ),
    ]
