"""The linear attack on what is published: which hidden cells, amounts or groups do sums give back?

Belongs here: the equations that rows and rows of ventilation make, and the groups that they imply.
Does not: the witness itself (``determined``), intervals (``interval_attack``).
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.findings import Finding, fetch_row, judge
from orchestration.disclosure.tabular.determined import determined_cells
from orchestration.disclosure.tabular.table import BoolArray


@dataclass(frozen=True)
class Attack:
    """What was attacked, and what it gave: every ``fuites`` must be nobody's.

    ``chiffres``: published figures; ``inconnues``: hidden cells and amounts; ``determinees``: those
    that follow exactly, of too few persons or not.
    """

    chiffres: int
    inconnues: int
    determinees: int
    fuites: int


def attack_persons(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> Attack:
    """Attack persons and dossiers: each row is the sum of its cells, those shown alone apart."""
    counted = connection.execute(
        "select num_ligne, numero, nb_titulaires from (select num_ligne, numero, count(*) over "
        "(partition by num_ligne) as nombre from membres) inner join cellules using (numero) "
        "where nombre > 1"
    ).fetchnumpy()
    persons = np.asarray(counted["nb_titulaires"])
    known = determined_cells(_sum(np.asarray(counted["num_ligne"])))
    figures = fetch_row(connection, "select count(distinct num_ligne) from membres")[0]
    return Attack(
        chiffres=2 * int(figures),
        inconnues=len(persons),
        determinees=int(known.sum()),
        fuites=int((known & (persons < (dataset.seuil or 0))).sum())
        + _count_single_cell_rows(connection, dataset),
    )


def _count_single_cell_rows(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> int:
    """Count the cells that are a row by themselves, of too few persons."""
    return int(
        fetch_row(
            connection,
            "select count(*) from (select num_ligne, any_value(numero) as numero from membres "
            "group by num_ligne having count(*) = 1) inner join cellules using (numero) "
            f"where nb_titulaires < {dataset.seuil}",
        )[0]
    )


def _sum(rows: npt.NDArray[np.generic]) -> sparse.csr_matrix:
    """Return one equation by distinct value of ``rows``, which names that of each unknown."""
    count = len(rows)
    numbers = np.unique(rows, return_inverse=True)[1]
    shape = (int(numbers.max()) + 1 if count else 0, count)
    return sparse.csr_matrix((np.ones(count), (numbers, np.arange(count))), shape=shape)


def attack_amounts(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, dominance: float
) -> Attack:
    """Attack amounts put in common: each row gives the sum of its own, each ventilation of its.

    Leaves ``connues``: the pairs (row, financer) that follow. The attacker is given the most: who
    finances what where is taken as known, only how much is not.
    """
    _build_patterns(connection)
    counted = connection.execute(
        "select num_ligne, financeur, motif, num_groupe::varchar || ' ' || financeur as annonce "
        "from motifs where copie <= 2 "
        "order by num_ligne, financeur"
    ).df()
    announced = counted["annonce"].notna().to_numpy()
    across = _sum(pd.factorize(counted.loc[announced, "annonce"])[0]) @ _selection_matrix(announced)
    rows = _sum(counted["num_ligne"].to_numpy())
    known = _deduced(sparse.vstack([rows, across]).tocsr())
    connection.register("_deduites", counted.loc[known, ["motif", "financeur"]])
    connection.execute(
        "create or replace temp table connues as select num_ligne, financeur from motifs "
        "semi join _deduites using (motif, financeur)"
    )
    connection.unregister("_deduites")
    figures, unknown, determined, leaks = fetch_row(
        connection,
        "select (select count(*) from paires where total <> 0 and not cachee) + "
        "(select count(distinct num_ligne) from paires where cachee) + "
        "(select count(*) from ventiles), (select count(*) from paires where cachee), "
        "(select count(*) from connues), (select count(*) from paires semi join connues using "
        f"(num_ligne, financeur) where contributeurs < {dataset.seuil} or "
        f"maximum >= {dominance} * abs(total))",
    )
    return Attack(int(figures), int(unknown), int(determined), int(leaks))


def _build_patterns(connection: duckdb.DuckDBPyConnection) -> None:
    """Name what each row puts in common and where it is told again: its ``motif``.

    Rows of one motif are interchangeable, so that two stand for all: what follows of one follows of
    each, and nothing more follows from a third.
    """
    connection.execute(
        "create or replace temp table motifs as with rangees as (select num_ligne, financeur, "
        "num_groupe from paires left join attributions using (num_ligne, financeur) where cachee), "
        "nommees as (select num_ligne, hash(list(financeur || ' ' || coalesce(num_groupe::varchar, "
        "'') order by financeur)) as motif from rangees group by num_ligne) select rangees.*, "
        "motif, copie from rangees inner join (select *, row_number() over (partition by motif "
        "order by num_ligne) as copie from nommees) using (num_ligne)"
    )


def _deduced(equations: sparse.csr_matrix) -> BoolArray:
    """Say which unknowns follow: first those that one subtraction after another gives, which costs
    nothing, then whatever the witness finds in what is left.
    """
    known = np.zeros(equations.shape[1], dtype=bool)
    while True:
        alone = np.flatnonzero(equations @ ~known == 1)
        fresh = np.asarray(equations[alone].sum(axis=0)).ravel() > 0
        if not (fresh & ~known).any():
            break
        known |= fresh
    rest = equations[:, ~known]
    known[~known] = determined_cells(rest[np.diff(rest.indptr) > 0])
    return known


def _selection_matrix(kept: BoolArray) -> sparse.csr_matrix:
    """Return the matrix that picks these unknowns out of all."""
    columns = np.flatnonzero(kept)
    ones = np.ones(len(columns))
    return sparse.csr_matrix(
        (ones, (np.arange(len(columns)), columns)), shape=(len(columns), len(kept))
    )


def check_implied_groups(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> list[Finding]:
    """Judge the groups that subtractions give: of a row once what follows is taken out of it, and
    of the rows of each group once their ventilations are.

    Needs ``connues`` (``attack_amounts``).
    """
    open_ = "(from paires anti join connues using (num_ligne, financeur) where cachee)"
    contributors = (
        "count(distinct titulaire) as contributeurs from {} "
        "inner join contributions using (num_ligne, financeur)"
    )
    groups = (
        "(select num_groupe, num_ligne, financeur from groupes semi join ventiles using "
        "(num_groupe) inner join (select num_ligne, financeur, dite from (from paires where "
        "cachee) left join (select num_ligne, financeur, etape as dite from attributions) "
        "using (num_ligne, financeur)) using (num_ligne) where coalesce(dite > etape, true))"
    )
    partial = f"(from {open_} semi join connues using (num_ligne))"
    return [
        judge(
            connection,
            "restes_des_lignes",
            "Ce qu'une ligne tait, une fois ôté ce qui se déduit, a assez de contributeurs",
            f"select count(*), count_if(contributeurs < {dataset.seuil}) from (select num_ligne, "
            f"{contributors.format(partial)} group by num_ligne)",
        ),
        judge(
            connection,
            "restes_des_groupes",
            "Ce que taisent ensemble les lignes d'un groupe, une fois ôtées ses lignes de "
            "ventilation, a assez de contributeurs",
            f"select count(*), count_if(contributeurs < {dataset.seuil}) from (select num_groupe, "
            f"{contributors.format(groups)} group by num_groupe)",
        ),
        judge(
            connection,
            "restes_des_financeurs",
            "Ce qui n'est jamais redit, tous financeurs ensemble, a assez de contributeurs",
            f"select 1, count_if(contributeurs between 1 and {(dataset.seuil or 0) - 1}) from (select "
            + contributors.format(
                "(from paires anti join attributions using (num_ligne, financeur) where cachee)"
            )
            + ")",
        ),
    ]
