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
    nothing to what follows: every blanked cell is then in one equation, of its smallest margin.
    """
    margins = "".join(
        f", hash({', '.join([*gardees(jeu, level), str(level)])}) as marge_{level}"
        for level in _niveaux(jeu)
    )
    connection.execute(
        "create or replace temp table marges as select recomptes.numero, recomptes.nb_titulaires "
        f"as personnes{margins} from {table(jeu, 'cellules')} as fines "
        "inner join cellules as recomptes on recomptes.numero = fines.numeros[1]"
    )
    masked = f"select * from marges where personnes < {jeu.seuil}"
    connection.execute(f"create or replace temp table masquees as {masked}")
    blanked = connection.execute("select count(*) from masquees").fetchall()[0][0]
    held = []
    for level in _niveaux(jeu):
        published = (
            f"select marge_{level} from marges group by marge_{level} "
            f"having sum(personnes) >= {jeu.seuil}"
        )
        held.append(
            connection.execute(
                f"select marge_{level} as marge from masquees semi join ({published}) "
                f"using (marge_{level})"
            ).fetchnumpy()["marge"]
        )
        connection.execute(
            f"create or replace temp table masquees as from masquees anti join ({published}) "
            f"using (marge_{level})"
        )
    return Preuve(int(blanked), int(determinees(_equations(np.concatenate(held))).sum()))


def _niveaux(jeu: Jeu) -> range:
    return range(2, len(jeu.plan) + 2)


def _equations(marges: npt.NDArray[np.generic]) -> sparse.csr_matrix:
    count = len(marges)
    names, numbers = np.unique(marges, return_inverse=True)
    return sparse.csr_matrix(
        (np.ones(count), (numbers, np.arange(count))), shape=(len(names), count)
    )
