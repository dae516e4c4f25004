"""Mending in large tables: each cell is widened in the small case of its neighbours.

Belongs here: which small cases to mend, and in which order. Does not: cutting them out
(``voisinage``), nor mending (``reparation``).
"""

from orchestration.secret.cas import Cas, Choix, Reels
from orchestration.secret.reparation import Portees, reparer
from orchestration.secret.voisinage import Voisinage

# Mending asks first the cells that cost no more than this share of the secondary ones, among so
# many cells around the one to widen, hidden ones and those that may be; most cannot move there and
# are left out (some 2,000 stay). Fewer cells make mending dearer; every cell at any price right
# after the first step hid 69 more in a table of 75,600 (2026-11).
ETAPES = ((0.9, 8_000), (0.99, 16_000), (1.0, 16_000))


def reparer_de_proche(
    case: Cas,
    masque: Choix,
    etroites: Portees,
    requis: Reels,
    permises: Choix,
    nombre: int,
) -> tuple[Choix, list[int]]:
    """Do as :func:`reparer`, hiding only cells among some ``nombre`` around those to widen.

    Cells near each other are asked in one small case: most of its time goes to its first question.
    """
    near = Voisinage(case, masque | permises)
    mask, failed, left = masque.copy(), [], dict(etroites)
    while left:
        first = next(iter(left))
        around = near.autour(first, nombre)
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
