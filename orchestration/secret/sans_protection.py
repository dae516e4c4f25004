"""The proof that the attack bites: the same cells, published with a plain threshold.

Belongs here: cells below the threshold blanked, every margin of the plan with enough persons
published, and how many blanked cells the same witness gives back. Does not: what is really
published (``relations``).
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
from scipy import sparse

from orchestration.jeux import Jeu
from orchestration.secret.faits import gardees, table
from orchestration.secret.temoin import determinees


@dataclass(frozen=True)
class Preuve:
    """Cells that a plain threshold would blank, and those that its margins would give back."""

    masquees: int
    retrouvees: int


def prouver(connection: duckdb.DuckDBPyConnection, jeu: Jeu) -> Preuve:
    """Attack the plain threshold on the cells of ``jeu``.

    Margins are nested, so that subtracting from each the published ones that it holds changes
    nothing to what follows: every blanked cell is then in one equation, that of its smallest margin.
    """
    # A cell goes to the finest margin that is published; no margin below it counts it.
    names = [f"hash({', '.join([*gardees(jeu, level), str(level)])})" for level in _niveaux(jeu)]
    sizes = ", ".join(
        f"sum(personnes) over (partition by marge_{rank}) as somme_{rank}"
        for rank in range(len(names))
    )
    margins = ", ".join(f"{name} as marge_{rank}" for rank, name in enumerate(names))
    chosen = " ".join(
        f"when somme_{rank} >= {jeu.seuil} then marge_{rank}" for rank in range(len(names))
    )
    found = connection.execute(
        f"select case {chosen} end as marge from (select *, {sizes} from (select "
        f"recomptes.nb_titulaires as personnes, {margins} from {table(jeu, 'cellules')} as fines "
        "inner join cellules as recomptes on recomptes.numero = fines.numeros[1])) "
        f"where personnes < {jeu.seuil}"
    ).fetchnumpy()["marge"]
    held = ~np.ma.getmaskarray(found)
    equations = _equations(np.ma.getdata(found)[held])
    return Preuve(len(found), int(determinees(equations).sum()))


def _niveaux(jeu: Jeu) -> range:
    return range(2, len(jeu.plan) + 2)


def _equations(marges: npt.NDArray[np.generic]) -> sparse.csr_matrix:
    count = len(marges)
    names, numbers = np.unique(marges, return_inverse=True)
    return sparse.csr_matrix(
        (np.ones(count), (numbers, np.arange(count))), shape=(len(names), count)
    )
