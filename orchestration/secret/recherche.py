"""Search of a cheap mask: masks that no line betrays, their union, then pruning and exchanges.

Belongs here: the heuristics, on the exact null space (``tableau``). Does not: bounds and widths
(``intervalles``, ``reparation``), nor the proof of an optimum (``optimum``).
"""

from collections.abc import Iterable

import numpy as np

from orchestration.secret.cas import Cas, Choix, Reels
from orchestration.secret.tableau import Tableau

# Measured on cubes of 1,900 to 15,000 cells (2026-11): one new mask per round, prices multiplied
# by exp(0.5 g) in the masks and exp(0.2 g) in the pruning order, beat more masks, other noises and
# populations in the same time. Gains fade after some ten rounds; small tables can afford to start
# afresh.
TOURS_MIN, TOURS_MAX, CELLULES_PAR_TOURS = 2, 15, 100_000
# From this size on, a round exchanges once: a second pass takes as long (3 s for 75,600 cells) and
# finds a tenth as much, a new round of 7 s nearly as much. Twelve hid 3 % fewer cells than two
# whole ones.
GRANDE, TOURS_GRANDE = 50_000, 12
DEPARTS_MAX, CELLULES_PAR_DEPARTS = 3, 6_000
# Each hidden cell is a hole in the table, whatever its value: a surcharge of this share of the
# median price hid 2 % fewer cells for the same value (1,890 and 4,410 cells, 8 runs in all).
SURCOUT = 0.25
BRUIT_MASQUE = 0.5
BRUIT_ORDRE = 0.2
# Hiding a cell of a line that hid nothing calls for one more there.
PRIX_LIGNE_OUVERTE = 0.5
EPSILON = 1e-9


class Recherche:
    """The search on one case: ``besoins`` must stay unknown, ``permises`` may be hidden too."""

    def __init__(self, case: Cas, besoins: Choix, permises: Choix) -> None:
        """Index the lines of the table."""
        self.cas, self.besoins, self.permises = case, besoins, permises
        self.fixes = set(np.flatnonzero(besoins).tolist())
        usual = case.poids[besoins | permises]
        surcharge = SURCOUT * float(np.median(usual)) if usual.size else 0.0
        self.prix: list[float] = (case.poids + surcharge).tolist()
        by_row, by_column = case.equations.tocsr(), case.equations.tocsc()
        self.lignes = _listes(by_row.indptr, by_row.indices)
        self.lignes_de = _listes(by_column.indptr, by_column.indices)
        self.hasard = np.random.default_rng(0)

    def masque(self, depart: Choix) -> Choix:
        """Return the best mask found, ``besoins`` included, starting from a safe one."""
        starts = _borne(1, CELLULES_PAR_DEPARTS // self.besoins.size, DEPARTS_MAX)
        return min((self._descente(depart) for _ in range(starts)), key=lambda found: found[1])[0]

    def _descente(self, depart: Choix) -> tuple[Choix, float]:
        """Improve a mask by the cells of others; return it and its price."""
        best, cheapest = depart, np.inf
        size = self.besoins.size
        large = size >= GRANDE
        rounds = _borne(TOURS_MIN, CELLULES_PAR_TOURS // size, TOURS_MAX)
        for _ in range(TOURS_GRANDE if large else rounds):
            mask = best | self.glouton(BRUIT_MASQUE)
            table = Tableau(self.cas, mask, self.fixes)
            self._elaguer(table)
            while self._echanges(table) and not large:
                pass
            cost = sum(self.prix[cell] for cell in table.cachees() - self.fixes)
            if cost <= cheapest:
                best, cheapest = self.besoins.copy(), cost
                best[list(table.cachees())] = True
        return best, cheapest

    def glouton(self, bruit: float) -> Choix:
        """Hide the cheapest cell of each line that hides only one, prices being perturbed."""
        noise = self.hasard.standard_normal(self.besoins.size)
        prices = np.array(self.prix) * np.exp(bruit * noise) + EPSILON
        mask = self.besoins.copy()
        counts = [int(mask[line].sum()) for line in self.lignes]
        todo = [line for line, count in enumerate(counts) if count == 1]
        self.hasard.shuffle(todo)
        while todo:
            line = todo.pop()
            if counts[line] != 1:
                continue
            free = [cell for cell in self.lignes[line] if self.permises[cell] and not mask[cell]]
            if not free:
                continue
            chosen = min(free, key=lambda cell: self._attrait(prices, counts, cell))
            mask[chosen] = True
            for other in self.lignes_de[chosen]:
                counts[other] += 1
                if counts[other] == 1:
                    todo.append(other)
        return mask

    def _attrait(self, prices: Reels, counts: list[int], cell: int) -> float:
        """Price of hiding a cell, per line that it completes."""
        found = [counts[line] for line in self.lignes_de[cell]]
        return float(prices[cell]) * (1 + PRIX_LIGNE_OUVERTE * found.count(0)) / found.count(1)

    def _secondaires(self, table: Tableau, bruit: float = 0.0) -> list[int]:
        """Return the hidden cells that need not be, the most expensive first."""
        factors = np.exp(bruit * self.hasard.standard_normal(self.besoins.size))
        return sorted(
            table.cachees() - self.fixes, key=lambda cell: (-self.prix[cell] * factors[cell], cell)
        )

    def _elaguer(self, table: Tableau) -> None:
        """Publish whatever may be, from the most expensive down."""
        for cell in self._secondaires(table, BRUIT_ORDRE):
            if table.bouge(cell) and self.fixes.isdisjoint(table.liees(cell)):
                table.liberer(cell)
                table.publier(cell)

    def _echanges(self, table: Tableau) -> int:
        """Try once to exchange each secondary cell; return how many were."""
        return sum(self._echanger(table, cell) for cell in self._secondaires(table))

    def _echanger(self, table: Tableau, cell: int) -> bool:
        """Publish a secondary cell, hiding cheaper ones in its stead when that is needed."""
        if not table.bouge(cell):
            return False
        hidden = self._remplacantes(table, cell)
        if hidden is None:
            return False
        table.liberer(cell)
        touched = [cell, *hidden]
        before = self._cout(table, touched)
        for other in hidden:
            table.cacher(other)
        table.publier(cell)
        if self._cout(table, touched) < before - EPSILON or not hidden:
            return True
        table.cacher(cell)
        for other in hidden:
            table.publier(other)
        return False

    def _remplacantes(self, table: Tableau, cell: int) -> list[int] | None:
        """Return published cells that move what only ``cell`` does, cheaper together than it."""
        tied = table.liees(cell)
        blocked = self.fixes.intersection(tied)
        budget = self.prix[cell] + sum(self.prix[other] for other in tied if other not in blocked)
        moved = table.reveils(cell, {other: tied[other] for other in blocked})
        # Most are too expensive before one asks what they would wake.
        price = {k: self.prix[k] + self._eveil(table, k) for k in moved if self.prix[k] < budget}
        moved = {k: moved[k] for k in price if price[k] < budget}
        chosen: list[int] = []
        while blocked:
            if not moved:
                return None
            best = min(moved, key=lambda k: (price[k] / len(moved[k]), k))
            budget -= price[best]
            if budget <= EPSILON:
                return None
            chosen.append(best)
            blocked = blocked - moved[best]
            moved = {k: lines & blocked for k, lines in moved.items() if lines & blocked}
        return chosen

    def _eveil(self, table: Tableau, cell: int) -> float:
        """Sum the prices of the determined cells that hiding ``cell`` would move."""
        return sum(
            self.prix[line]
            for line in table.colonnes[cell]
            if table.degres[line] == 0 and line not in self.fixes
        )

    def _cout(self, table: Tableau, cells: Iterable[int]) -> float:
        """Price of the free ``cells`` that are hidden, and of what they move."""
        lines = {line for cell in cells for line in table.colonnes[cell] if table.degres[line]}
        found = lines.union(cell for cell in cells if cell in table.ouvertes) - self.fixes
        return sum(self.prix[cell] for cell in found)


def _borne(least: int, value: int, most: int) -> int:
    return max(least, min(value, most))


def _listes(starts: np.ndarray, items: np.ndarray) -> list[list[int]]:
    return [
        items[a:b].tolist() for a, b in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    ]
