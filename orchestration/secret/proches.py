"""Mending in large tables: each cell is widened in the small case of its neighbours.

Belongs here: which small cases to mend, and in which order. Does not: cutting them out
(``voisinage``), nor mending (``reparation``).
"""

from orchestration.secret.cas import Cas, Choix, Reels
from orchestration.secret.reparation import Portees, reparer
from orchestration.secret.voisinage import Voisinage

# Cells around one to mend, hidden ones and those that may be, before those that cannot move there
# are left out (about 2,000 stay). Fewer make mending dearer.
ENTOURAGE = 8000


def reparer_de_proche(
    case: Cas, masque: Choix, etroites: Portees, requis: Reels, permises: Choix
) -> tuple[Choix, list[int]]:
    """Do as :func:`reparer`, hiding only cells near those to widen.

    Cells near each other are asked in one small case: most of its time goes to its first question.
    """
    near = Voisinage(case, masque | permises)
    mask, failed, left = masque.copy(), [], dict(etroites)
    while left:
        first = next(iter(left))
        around = near.autour(first, ENTOURAGE)
        if not around.size:
            failed.append(first)
            del left[first]
            continue
        inside = {rank: left.pop(cell) for rank, cell in enumerate(around.tolist()) if cell in left}
        mask[around], narrow = reparer(
            near.restreint(around), mask[around], inside, requis[around], permises[around]
        )
        failed += around[narrow].tolist()
    return mask, failed
