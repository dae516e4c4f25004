"""Mending a mask: which cells to hide as well, at least cost, when an interval is too narrow.

Belongs here: the choice by linear programme. Does not: finding what is narrow (``intervalles``).
"""

from collections.abc import Mapping

import numpy as np
from scipy import sparse

from orchestration.secret.cas import Cas, Choix, Reels
from orchestration.secret.ecarts import DUAL, Ecarts

EPSILON = 1e-7

# How far cells go down and up.
Portees = Mapping[int, tuple[float, float]]


class Reparation:
    """Deviations of the whole table: hidden cells move for free, ``permises`` for their price.

    The price of moving a cell is that of hiding it, by unit: an optimum hides few and cheap cells.
    """

    def __init__(self, case: Cas, masque: Choix, permises: Choix) -> None:
        self.masque, self.prix = masque.copy(), case.poids
        self.cachees = np.flatnonzero(masque)
        self.candidates = np.flatnonzero(permises & ~masque)
        self.rang = {cell: rank for rank, cell in enumerate(self.cachees.tolist())}
        low, high = case.bas - case.valeurs, case.haut - case.valeurs
        self._bas, self._haut = low[self.cachees], high[self.cachees]
        nil = np.zeros(self.candidates.size)
        extra = case.equations[:, self.candidates]
        # A candidate is two columns: what it gains and what it loses.
        self._ecarts = Ecarts(
            sparse.hstack([case.equations[:, self.cachees], extra, -extra], format="csr"),
            np.concatenate([self._bas, nil, nil]),
            np.concatenate([self._haut, high[self.candidates], -low[self.candidates]]),
            DUAL,
        )

    def elargir(self, cell: int, portee: tuple[float, float], largeur: float) -> bool:
        """Hide what lets ``cell``, which now goes from one end of ``portee`` to the other, move
        over ``largeur``. False when nothing does.
        """
        low, high = portee
        targets = (low + largeur, high - largeur)
        found = [self._deplacer(cell, target) for target in targets]
        possible = [deviations for deviations in found if deviations is not None]
        if possible:
            self._retenir(min(possible, key=self._cout))
            return True
        return self._des_deux_cotes(cell, largeur)

    def _des_deux_cotes(self, cell: int, largeur: float) -> bool:
        """Widen upwards as far as possible, then downwards for the rest."""
        rank = self.rang[cell]
        self._ecarts.borner(rank, 0.0, min(self._haut[rank], largeur))
        costs = np.zeros(self._ecarts.taille)
        costs[rank] = -1.0
        furthest = self._ecarts.minimiser(costs)
        self._ecarts.borner(rank, self._bas[rank], self._haut[rank])
        if furthest is None:
            return False
        top = float(furthest[rank])
        up, down = self._deplacer(cell, top), self._deplacer(cell, top - largeur)
        if up is None or down is None:
            return False
        self._retenir(up)
        self._retenir(down)
        return True

    def _deplacer(self, cell: int, ecart: float) -> Reels | None:
        """Return the cheapest deviations where ``cell`` moves by ``ecart``."""
        rank = self.rang[cell]
        if not self._bas[rank] <= ecart <= self._haut[rank]:
            return None
        self._ecarts.borner(rank, ecart, ecart)
        found = self._ecarts.minimiser(self._couts())
        self._ecarts.borner(rank, self._bas[rank], self._haut[rank])
        return found

    def _couts(self) -> Reels:
        price = np.where(self.masque, 0.0, self.prix)[self.candidates]
        return np.concatenate([np.zeros(self.cachees.size), price, price])

    def _cout(self, deviations: Reels) -> float:
        """Price of hiding all that moves."""
        moved = self._bougent(deviations)
        return float(self.prix[moved[~self.masque[moved]]].sum())

    def _bougent(self, deviations: Reels) -> np.ndarray:
        gained, lost = np.split(deviations[self.cachees.size :], 2)
        return self.candidates[np.abs(gained - lost) > EPSILON]

    def _retenir(self, deviations: Reels) -> None:
        self.masque[self._bougent(deviations)] = True


def reparer(
    case: Cas,
    masque: Choix,
    etroites: Portees,
    requis: Reels,
    permises: Choix,
) -> tuple[Choix, list[int]]:
    """Return a mask where the ``etroites`` are wide enough, and those that cannot be."""
    mending = Reparation(case, masque, permises)
    failed = [
        cell
        for cell, reach in etroites.items()
        if not mending.elargir(cell, reach, float(requis[cell]))
    ]
    return mending.masque, failed
