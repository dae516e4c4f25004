"""The cells near a cell, and the small case that they make: everything else stays as it is.

Belongs here: what to cut out of a large table. Does not: questions about it (``proches``).

What may happen in the small case may happen in the large one: a width seen here is a proof, a
width not seen here proves nothing.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from orchestration.secret.cas import Cas, Choix

Rangs = npt.NDArray[np.intp]


class Voisinage:
    """The ``mobiles`` cells of a case; two are neighbours when an equation holds both."""

    def __init__(self, case: Cas, mobiles: Choix) -> None:
        self._cas = case
        self.cellules = np.flatnonzero(mobiles)
        self._rang = np.cumsum(mobiles) - 1
        self._par_cellule = case.equations[:, self.cellules].tocsc()
        self._par_ligne = self._par_cellule.tocsr()

    def autour(self, cell: int, nombre: int) -> Rangs:
        """Return some ``nombre`` cells around ``cell``, save those that nothing there lets move.

        Empty when ``cell`` is one of these.
        """
        rank = int(self._rang[cell])
        near = self._libres(np.flatnonzero(self._boule(rank, nombre)))
        return self.cellules[near] if rank in near else near[:0]

    def _boule(self, rank: int, nombre: int) -> Choix:
        """Add one layer after the other; of the last, the cells that most equations tie to it."""
        size = self.cellules.size
        inside = np.zeros(size, dtype=bool)
        inside[rank] = True
        layer = np.array([rank])
        while True:
            rows = np.unique(self._par_cellule[:, layer].indices)
            links = np.bincount(self._par_ligne[rows].indices, minlength=size)
            layer = np.flatnonzero((links > 0) & ~inside)
            room = nombre - int(inside.sum())
            if layer.size > room:
                inside[layer[np.argsort(-links[layer], kind="stable")[:room]]] = True
                return inside
            if not layer.size:
                return inside
            inside[layer] = True

    def _libres(self, near: Rangs) -> Rangs:
        """Leave out, again and again, a cell that is alone in an equation."""
        while True:
            rows = self._par_cellule[:, near].tocsr()
            alone = rows[np.diff(rows.indptr) == 1].indices
            if not alone.size:
                return near
            near = np.delete(near, np.unique(alone))

    def restreint(self, cells: Rangs) -> Cas:
        """Return the case of these ``cells``, the others being published."""
        case = self._cas
        equations = self._par_cellule[:, self._rang[cells]].tocsr()
        return replace(
            case,
            ids=tuple(case.ids[cell] for cell in cells.tolist()),
            valeurs=case.valeurs[cells],
            publiees=case.publiees[cells],
            bas=case.bas[cells],
            haut=case.haut[cells],
            equations=equations[np.diff(equations.indptr) > 0],
            poids=case.poids[cells],
            primaires=case.primaires[cells],
        )
