"""The proof that the attack bites: the same cells, published with a plain threshold.

Belongs here: cells below the threshold blanked, every margin of the plan with enough persons
published, and how many blanked cells the same witness gives back. Does not: what is really
published (``linear_attack``).
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
from scipy import sparse

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.microdata import kept_columns, table
from orchestration.disclosure.tabular.determined import determined_cells


@dataclass(frozen=True)
class Proof:
    """Cells that a plain threshold would blank, and those that its margins would give back."""

    masquees: int
    retrouvees: int


def prove(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> Proof:
    """Attack the plain threshold on the cells of ``dataset``.

    Margins are nested, so that subtracting from each the published ones that it holds changes
    nothing to what follows: every blanked cell is then in one equation, of its smallest margin.
    """
    margins = "".join(
        f", hash({', '.join([*kept_columns(dataset, level), str(level)])}) as marge_{level}"
        for level in _levels(dataset)
    )
    connection.execute(
        "create or replace temp table marges as select recomptes.numero, recomptes.nb_titulaires "
        f"as personnes{margins} from {table(dataset, 'cellules')} as fines "
        "inner join cellules as recomptes on recomptes.numero = fines.numeros[1]"
    )
    masked = f"select * from marges where personnes < {dataset.seuil}"
    connection.execute(f"create or replace temp table masquees as {masked}")
    blanked = connection.execute("select count(*) from masquees").fetchall()[0][0]
    equation_parts = []
    for level in _levels(dataset):
        published = (
            f"select marge_{level} from marges group by marge_{level} "
            f"having sum(personnes) >= {dataset.seuil}"
        )
        equation_parts.append(
            connection.execute(
                f"select marge_{level} as marge from masquees semi join ({published}) "
                f"using (marge_{level})"
            ).fetchnumpy()["marge"]
        )
        connection.execute(
            f"create or replace temp table masquees as from masquees anti join ({published}) "
            f"using (marge_{level})"
        )
    return Proof(
        int(blanked), int(determined_cells(_equations(np.concatenate(equation_parts))).sum())
    )


def _levels(dataset: Dataset) -> range:
    return range(2, len(dataset.plan) + 2)


def _equations(margin_ids: npt.NDArray[np.generic]) -> sparse.csr_matrix:
    count = len(margin_ids)
    names, numbers = np.unique(margin_ids, return_inverse=True)
    return sparse.csr_matrix(
        (np.ones(count), (numbers, np.arange(count))), shape=(len(names), count)
    )
