"""Complementary suppression: which cells to hide so that hidden ones stay hidden.

Belongs here: the order of the steps, and the proof at the end. Does not: the steps themselves
(``recherche``, ``reparation``, ``optimum``), nor reading a case (``cas``).

A cell that equals one of its bounds, as an empty cell does by default, is known to whoever knows
the field (nobody of that age has that status). Hiding it protects little, and publishing masked
cells where there is nothing misleads: such cells are hidden only when nothing else can do.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from orchestration.secret.cas import Cas, CasError, Choix, Reels
from orchestration.secret.ecarts import valeurs_possibles
from orchestration.secret.intervalles import Intervalles
from orchestration.secret.optimum import optimum
from orchestration.secret.proches import ETAPES, reparer_de_proche
from orchestration.secret.recherche import BRUIT_MASQUE, Recherche
from orchestration.secret.reparation import Portees, reparer
from orchestration.secret.tableau import Tableau

# Narrower than this, an interval is a value.
LARGEUR_MINIMALE = 1e-3
# Mending asks first the cells that cost no more than most secondary cells do: few.
PART_ABORDABLE = 0.9
# Hidden cells beyond which what mending made useless stays hidden: each trial asks all intervals
# again (0.5 s with 3,300 hidden cells, half a minute with 18,000).
ELAGAGE_MAX = 6000
# A union of masks seldom leaves a cell determined, and costs less than one linear programme.
MASQUES_EN_RENFORT = 3

Mend = Callable[[Cas, Choix, Portees, Reels, Choix], tuple[Choix, list[int]]]


@dataclass(frozen=True)
class Protection:
    """``supprimees`` are all the hidden cells, in the order of the case: primary, already hidden
    and secondary. ``valeur_secondaire`` is the sum of the secondary cells' values.
    """

    supprimees: tuple[str, ...]
    nb_secondaires: int
    valeur_secondaire: float


def proteger(case: Cas) -> Protection:
    """Return a mask that the attack does not break. Raises :class:`CasError` when there is none."""
    needed = case.primaires | ~case.publiees
    mask = _Protecteur(case, needed).masque() if needed.any() else needed
    secondary = mask & ~needed
    return Protection(
        supprimees=tuple(case.ids[cell] for cell in np.flatnonzero(mask)),
        nb_secondaires=int(secondary.sum()),
        valeur_secondaire=float(case.valeurs[secondary].sum()),
    )


class _Protecteur:
    """The steps on one case; ``besoins`` are the cells that must be hidden and stay unknown."""

    def __init__(self, case: Cas, besoins: Choix) -> None:
        self.cas = replace(case, valeurs=valeurs_possibles(case))
        self.besoins = besoins
        self.requis = np.where(
            case.primaires, max(case.largeur, LARGEUR_MINIMALE), LARGEUR_MINIMALE * besoins
        )
        values, low, high = self.cas.valeurs, case.bas, case.haut
        self.permises = ~besoins & (low < values) & (values < high)
        self.dernier_recours = ~besoins & (low <= values) & (values <= high) & (low < high)

    def masque(self) -> Choix:
        """Search, mend, prune; prove the optimum when the case is small."""
        search = Recherche(self.cas, self.besoins, self.permises)
        mask = self._elargie(search.masque(self._depart(search)))
        best = optimum(self.cas, mask, self.besoins, self.permises, self.requis)
        return mask if best is None or not self._sure(best) else best

    def _depart(self, search: Recherche) -> Choix:
        """Return a mask where equations determine no cell to protect, if bounds allow any."""
        mask = search.glouton(0.0)
        for _ in range(MASQUES_EN_RENFORT):
            if not self._determinees(mask):
                return mask
            mask |= search.glouton(BRUIT_MASQUE)
        fixed = dict.fromkeys(self._determinees(mask), (0.0, 0.0))
        due: Reels = np.where(self.besoins, LARGEUR_MINIMALE, 0.0)
        return reparer(self.cas, mask, fixed, due, self.permises)[0] if fixed else mask

    def _determinees(self, mask: Choix) -> list[int]:
        moving = Tableau(self.cas, mask, set()).cachees()
        return [cell for cell in np.flatnonzero(self.besoins).tolist() if cell not in moving]

    def _elargie(self, mask: Choix) -> Choix:
        """Widen narrow intervals, then publish what has become useless."""
        intervals = Intervalles(self.cas, mask, self.requis)
        narrow: Portees = intervals.suspectes() if intervals.grande else intervals.etroites()
        suspects = list(narrow)
        for mend, allowed in self._etapes(mask, grande=intervals.grande):
            if narrow:
                mask, failed = mend(self.cas, mask, narrow, self.requis, allowed)
                narrow = {cell: narrow[cell] for cell in failed}
                if intervals.grande:
                    # Neighbours do not see all that mending others, and the whole table, widen.
                    narrow = self._etroites_parmi(mask, failed)
        if narrow:
            name = self.cas.ids[next(iter(narrow))]
            raise CasError(
                f"cellule « {name} » : rien ne peut la protéger, même en masquant tout le reste "
                "(ses bornes ou min_width l'interdisent). Élargir ses bornes ou réduire min_width."
            )
        return self._elaguee(mask, suspects)

    def _etapes(self, mask: Choix, *, grande: bool) -> list[tuple[Mend, Choix]]:
        """Return ways of mending, each with the cells that it may hide: the cheapest first."""
        first: list[tuple[Mend, Choix]] = [(reparer, self._abordables(mask, PART_ABORDABLE))]
        if grande:
            first = [
                (partial(reparer_de_proche, nombre=size), self._abordables(mask, part))
                for part, size in ETAPES
            ]
        return [*first, (reparer, self.permises), (reparer, self.dernier_recours)]

    def _abordables(self, mask: Choix, part: float) -> Choix:
        """Return the cells that cost no more than this share of the secondary ones."""
        prices = self.cas.poids[mask & ~self.besoins]
        limit = float(np.quantile(prices, part)) if prices.size else np.inf
        return np.asarray(self.permises & (self.cas.poids <= limit), dtype=bool)

    def _etroites_parmi(self, mask: Choix, cells: list[int]) -> Portees:
        """Return those of ``cells`` that are narrow in the whole table."""
        if not cells:
            return {}
        due = np.zeros(mask.size)
        due[cells] = self.requis[cells]
        return Intervalles(self.cas, mask, due).etroites()

    def _elaguee(self, mask: Choix, suspects: list[int]) -> Choix:
        """Publish, from the most expensive down, each secondary cell that no interval needs."""
        needed = set(np.flatnonzero(self.besoins).tolist())
        table = Tableau(self.cas, mask, needed)
        kept = self.besoins.copy()
        kept[list(table.cachees())] = True
        intervals = Intervalles(self.cas, kept, self.requis)
        secondary = np.flatnonzero(kept & ~self.besoins).tolist()
        for cell in sorted(secondary, key=lambda cell: (-self.cas.poids[cell], cell)):
            if not table.bouge(cell) or not needed.isdisjoint(table.liees(cell)):
                continue
            if intervals.cellules.size > ELAGAGE_MAX:
                continue
            intervals.publier(cell)
            if intervals.suffisent(suspects):
                table.liberer(cell)
                table.publier(cell)
            else:
                intervals.cacher(cell)
        final = self.besoins.copy()
        final[list(table.cachees())] = True
        return final

    def _sure(self, mask: Choix) -> bool:
        return not Intervalles(self.cas, mask, self.requis).etroites()
