"""Draws that several levels of the offer share.

Belongs here: counts by brackets, distinct places, scaled shares, rounded prices. Does not: what
they are applied to (``offre``). Arrays are one-dimensional; probabilities are between 0 and 1.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Entiers = npt.NDArray[np.int64]
Reels = npt.NDArray[np.float64]
Booleens = npt.NDArray[np.bool_]


class Tranche(NamedTuple):
    """A bracket of counts, evenly drawn between its bounds."""

    mini: int
    maxi: int
    part: float


def effectifs(tranches: tuple[Tranche, ...], nombre: int, alea: np.random.Generator) -> Entiers:
    """Draw ``nombre`` counts."""
    rangs = alea.choice(len(tranches), size=nombre, p=[tranche.part for tranche in tranches])
    mini = np.array([tranche.mini for tranche in tranches])[rangs]
    maxi = np.array([tranche.maxi for tranche in tranches])[rangs]
    return alea.integers(mini, maxi + 1)


def cale(parts: Reels, poids: Reels, cible: float) -> Reels:
    """Scale shares (each kept ≤ 0.9) so that their mean weighted by ``poids`` is ``cible``."""
    facteur = 1.0
    for _ in range(20):
        facteur *= cible / float((np.minimum(parts * facteur, 0.9) * poids).sum())
    return np.asarray(np.minimum(parts * facteur, 0.9))


def distincts(valeurs: list[int], nombre: int) -> list[int]:
    """Move each repeated value to the next free one below ``nombre``, circularly."""
    pris: set[int] = set()
    for rang, valeur in enumerate(valeurs):
        libre = valeur
        while libre in pris:
            libre = (libre + 1) % nombre
        pris.add(libre)
        valeurs[rang] = libre
    return valeurs


def prix_affiche(centimes: Reels) -> Entiers:
    """Round to 10 € as bodies do; one price in eight gets cents (VAT added to a net price)."""
    ronds = np.rint(centimes / 1000).astype(np.int64) * 1000
    return np.where(ronds % 8000 == 0, ronds + 60, ronds)
