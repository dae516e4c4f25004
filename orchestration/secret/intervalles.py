"""Are the intervals of the hidden cells wide enough? Answered with few linear programmes.

Belongs here: widths under a mask. Does not: mending what is narrow (``reparation``).
"""

from collections.abc import Iterable

import numpy as np

from orchestration.secret.cas import Cas, Choix, Reels
from orchestration.secret.ecarts import INTERIEUR, PRIMAL, Ecarts

# One programme moves many cells at once, by random signs: rounds before asking cell by cell, as
# long as they settle this share of the cells.
TIRS = 30
GAIN = 0.05
TOLERANCE = 1e-6
# Hidden cells beyond which the table is large: one programme by the simplex takes seconds.
GRANDE = 6000


class Intervalles:
    """What an attacker may believe of the cells of ``masque``; ``requis`` (n) is the width due."""

    def __init__(self, case: Cas, masque: Choix, requis: Reels) -> None:
        self.cellules = np.flatnonzero(masque)
        self.rang = {cell: rank for rank, cell in enumerate(self.cellules.tolist())}
        self.requis = requis[self.cellules]
        self._bas = (case.bas - case.valeurs)[self.cellules]
        self._haut = (case.haut - case.valeurs)[self.cellules]
        self.grande = self.cellules.size > GRANDE
        self._ecarts = Ecarts(
            case.equations[:, self.cellules].tocsr(),
            self._bas.copy(),
            self._haut.copy(),
            INTERIEUR if self.grande else PRIMAL,
        )
        self._hasard = np.random.default_rng(0)

    def publier(self, cell: int) -> None:
        """Let a cell of the mask be published."""
        self._ecarts.borner(self.rang[cell], 0.0, 0.0)

    def cacher(self, cell: int) -> None:
        """Hide it again."""
        self._liberer(self.rang[cell])

    def etroites(self) -> dict[int, tuple[float, float]]:
        """Return the cells whose interval is too narrow, and how far each may go down and up."""
        low, high = np.zeros(self.cellules.size), np.zeros(self.cellules.size)
        self._tirer(low, high)
        found = {}
        for rank in self._manquantes(low, high):
            if high[rank] - low[rank] < self.requis[rank] - TOLERANCE:
                reach = self._portee(rank, low, high)
                if reach[1] - reach[0] < self.requis[rank] - TOLERANCE:
                    found[int(self.cellules[rank])] = reach
        return found

    def suspectes(self) -> dict[int, tuple[float, float]]:
        """Return cells of which programmes that push many at once did not show the width, and how
        far they went: all the narrow ones, and few others.
        """
        low, high = np.zeros(self.cellules.size), np.zeros(self.cellules.size)
        self._tirer(low, high)
        return {
            int(self.cellules[rank]): (float(low[rank]), float(high[rank]))
            for rank in self._manquantes(low, high)
        }

    def suffisent(self, suspectes: Iterable[int]) -> bool:
        """Say whether no cell is too narrow, asking those likely to be first."""
        low, high = np.zeros(self.cellules.size), np.zeros(self.cellules.size)
        for rank in (self.rang[cell] for cell in suspectes):
            reach = self._portee(rank, low, high)
            if reach[1] - reach[0] < self.requis[rank] - TOLERANCE:
                return False
        return not self.etroites()

    def _manquantes(self, low: Reels, high: Reels) -> list[int]:
        return np.flatnonzero(high - low < self.requis - TOLERANCE).tolist()

    def _tirer(self, low: Reels, high: Reels) -> None:
        """Widen ``low`` and ``high`` with programmes that push all missing cells at once."""
        missing = self._manquantes(low, high)
        for _ in range(TIRS):
            if not missing:
                return
            for rank in missing:
                self._limiter(rank)
            costs = np.zeros(self.cellules.size)
            signs = self._hasard.choice([-1.0, 1.0], len(missing))
            costs[missing] = signs * self._hasard.uniform(0.5, 1, len(missing))
            # What went up must go down: a width is both.
            self._etendre(costs, low, high)
            self._etendre(-costs, low, high)
            for rank in missing:
                self._liberer(rank)
            before, missing = len(missing), self._manquantes(low, high)
            if len(missing) > (1 - GAIN) * before:
                return

    def _portee(self, rank: int, low: Reels, high: Reels) -> tuple[float, float]:
        """How far one cell goes down and up, as far as its required width."""
        self._limiter(rank)
        for sign in (-1.0, 1.0):
            costs = np.zeros(self.cellules.size)
            costs[rank] = sign
            self._etendre(costs, low, high)
        self._liberer(rank)
        return float(low[rank]), float(high[rank])

    def _etendre(self, costs: Reels, low: Reels, high: Reels) -> None:
        found = self._ecarts.minimiser(costs)
        if found is not None:
            np.minimum(low, found, out=low)
            np.maximum(high, found, out=high)

    def _limiter(self, rank: int) -> None:
        """Bound a cell by its required width: no more is asked of it, and costs stay bounded."""
        width = self.requis[rank]
        self._ecarts.borner(rank, max(self._bas[rank], -width), min(self._haut[rank], width))

    def _liberer(self, rank: int) -> None:
        self._ecarts.borner(rank, self._bas[rank], self._haut[rank])
