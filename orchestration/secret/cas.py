"""A table as anybody can describe it: cells, and equations that say which add up to which.

Belongs here: such a case as arrays, and whether its figures agree. Does not: reading one
(``lecture``), attacking it (``attaque``) or protecting it (``protection``).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

Reels = npt.NDArray[np.float64]
Choix = npt.NDArray[np.bool_]

# What sums of decimals leave between a total and its parts: this, or this share of the largest.
ECART = 1e-6
ECART_RELATIF = 1e-12

MANQUANTE = "publiée, elle doit avoir une valeur (value) ; sinon, published: false."
HORS_BORNES = "sa valeur est hors de ses bornes (lower est 0 par défaut, null pour aucune)."


class CasError(ValueError):
    """A case cannot be used; the message says where and what to do."""


@dataclass(frozen=True)
class Cas:
    """``n`` cells and ``m`` equations.

    ``valeurs`` (n) are NaN where unknown; ``publiees`` (n) says which are public; ``bas`` and
    ``haut`` (n) are what an attacker knows of the others (−∞ and +∞ when nothing). ``equations``
    (m × n, sparse) holds +1 at a total and −1 at its parts: ``equations @ valeurs = 0``.
    ``poids`` (n) is the price of hiding a cell, ``primaires`` (n) those that must be hidden, and
    ``largeur`` the least width of the interval that an attacker may be left with.
    """

    ids: tuple[str, ...]
    valeurs: Reels
    publiees: Choix
    bas: Reels
    haut: Reels
    equations: sparse.csr_matrix
    poids: Reels
    primaires: Choix
    largeur: float = 0.0


def tolerance(valeurs: Reels) -> Reels:
    """Return the gap that is only rounding, for figures of this size (infinite ones: the least)."""
    sizes = np.where(np.isfinite(valeurs), np.abs(valeurs), 0.0)
    return np.asarray(np.maximum(ECART, ECART_RELATIF * sizes), dtype=np.float64)


def verifier(case: Cas) -> Cas:
    """Return ``case``. Raises :class:`CasError` when its figures contradict each other."""
    _refuser(case, case.publiees & np.isnan(case.valeurs), MANQUANTE)
    _refuser(case, case.bas > case.haut, "lower dépasse upper.")
    beyond = (case.valeurs < case.bas - tolerance(case.bas)) | (
        case.valeurs > case.haut + tolerance(case.haut)
    )
    _refuser(case, beyond & ~case.publiees, HORS_BORNES)
    _refuser(case, case.poids < 0, "weight est négatif.")
    if case.largeur < 0:
        raise CasError("min_width est négatif.")
    _additif(case)
    return case


def _refuser(case: Cas, wrong: Choix, reason: str) -> None:
    for rank in np.flatnonzero(wrong)[:1]:
        raise CasError(f"cellule « {case.ids[rank]} » : {reason}")


def _additif(case: Cas) -> None:
    """Refuse an equation that its values, all known, do not satisfy."""
    gaps = case.equations @ case.valeurs
    for row in np.flatnonzero(np.abs(gaps) > ECART):
        part = slice(case.equations.indptr[row], case.equations.indptr[row + 1])
        columns, signs = case.equations.indices[part], case.equations.data[part]
        if abs(gaps[row]) > tolerance(np.abs(case.valeurs[columns]).max()):
            total = case.ids[columns[signs > 0][0]]
            raise CasError(
                f"équation {row + 1} (total « {total} ») : le total et la somme de ses parties "
                f"diffèrent de {abs(gaps[row]):g}. Corriger les valeurs ou l'équation."
            )
