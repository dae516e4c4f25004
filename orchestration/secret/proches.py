"""Widths and mending in large tables: each cell is asked in the small case of its neighbours.

Belongs here: which small cases to ask, and in which order. Does not: cutting them out
(``voisinage``), nor the questions (``intervalles``, ``reparation``).

With 18,000 hidden cells, of which 11,000 to protect, neighbours cleared all but 1,373 in 13 s of
processor; the whole table, asked about these only, left 259 narrow after 108 s more (2026-11).
"""

import numpy as np

from orchestration.secret.cas import Cas, Choix, Reels
from orchestration.secret.intervalles import TOLERANCE, Intervalles
from orchestration.secret.reparation import reparer
from orchestration.secret.voisinage import Rangs, Voisinage

# Cells pushed together, then cells around each one that they did not settle.
ENSEMBLE = 2000
SEULE = (500,)
# Cells around one to mend: hidden ones, and those that may be.
RENFORT = (2000, 8000)

Portees = dict[int, tuple[float, float]]


def suspectes(case: Cas, masque: Choix, requis: Reels) -> Portees:
    """Return the cells of ``masque`` that their neighbours do not show to be wide enough, and how
    far these let each go down and up.
    """
    seen = _Enquete(case, masque, requis)
    found: Portees = {}
    for cell in np.flatnonzero(masque & (requis > 0)).tolist():
        if seen.neuves[cell]:
            seen.demander_ensemble(cell)
        for size in SEULE:
            if seen.manquent[cell]:
                seen.demander(cell, size)
        if seen.manquent[cell]:
            found[cell] = float(seen.bas[cell]), float(seen.haut[cell])
    return found


class _Enquete:
    """How far each cell of ``masque`` was seen to go down and up: ``bas`` and ``haut`` (n).

    ``manquent`` says whose width was not seen, ``neuves`` who was not asked yet.
    """

    def __init__(self, case: Cas, masque: Choix, requis: Reels) -> None:
        self._voisinage, self._requis = Voisinage(case, masque), requis
        self.bas, self.haut = np.zeros(masque.size), np.zeros(masque.size)
        self.manquent = masque & (requis > 0)
        self.neuves = self.manquent.copy()

    def demander_ensemble(self, cell: int) -> None:
        """Push the cells around ``cell`` that were not asked yet, all together."""
        around = self._voisinage.autour(cell, ENSEMBLE)
        due = np.where(self.neuves & self.manquent, self._requis, 0.0)[around]
        self.neuves[cell] = self.neuves[around] = False
        if around.size:
            low, high = self.bas[around], self.haut[around]
            self._intervalles(around, due).tirer(low, high)
            self._retenir(around, low, high)

    def demander(self, cell: int, nombre: int) -> None:
        """Ask how far ``cell`` goes among its neighbours."""
        around = self._voisinage.autour(cell, nombre)
        if around.size:
            low, high = self.bas[around], self.haut[around]
            rank = int(np.searchsorted(around, cell))
            self._intervalles(around, self._requis[around]).portee(rank, low, high)
            self._retenir(around, low, high)

    def _intervalles(self, around: Rangs, due: Reels) -> Intervalles:
        return Intervalles(self._voisinage.restreint(around), np.ones(around.size, dtype=bool), due)

    def _retenir(self, around: Rangs, low: Reels, high: Reels) -> None:
        self.bas[around], self.haut[around] = low, high
        wide = high - low >= self._requis[around] - TOLERANCE
        self.manquent[around[wide]] = False


def reparer_de_proche(
    case: Cas, masque: Choix, etroites: Portees, requis: Reels, permises: Choix
) -> tuple[Choix, list[int]]:
    """Do as :func:`reparer`, hiding only cells near those to widen."""
    near = Voisinage(case, masque | permises)
    mask = masque.copy()
    failed = [
        cell
        for cell, reach in etroites.items()
        if not any(
            _reparee(near, mask, near.autour(cell, size), (cell, reach), requis, permises)
            for size in RENFORT
        )
    ]
    return mask, failed


def _reparee(
    near: Voisinage,
    masque: Choix,
    around: Rangs,
    cible: tuple[int, tuple[float, float]],
    requis: Reels,
    permises: Choix,
) -> bool:
    """Widen one cell by hiding cells ``around``, in ``masque`` itself. False when none can."""
    if not around.size:
        return False
    cell, reach = cible
    rank = int(np.searchsorted(around, cell))
    mask, failed = reparer(
        near.restreint(around), masque[around], {rank: reach}, requis[around], permises[around]
    )
    masque[around] = mask
    return not failed
