"""The rows that a query reads.

Belongs here: ``from … where …``. Does not: conditions.
"""

from collections.abc import Sequence

from portal.catalogue.jeu import Jeu
from portal.odsql import conditions
from portal.odsql.fragment import Fragment, joindre, sql


def lignes_du_jeu(jeu: Jeu, where: Fragment, jointures: Sequence[Fragment] = ()) -> Fragment:
    """Return ``from … where …`` over the rows of a dataset."""
    source = joindre("", [Fragment(f"from {jeu.base}.donnees as d"), *jointures])
    return source if where == conditions.VRAI else sql("{} where {}", source, where)
