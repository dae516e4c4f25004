"""A table as anybody can describe it: cells, and equations that say which add up to which."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# What sums of decimals leave between a total and its parts: this, or this share of the largest.
ABSOLUTE_TOLERANCE = 1e-6
RELATIVE_TOLERANCE = 1e-12

MISSING_VALUE = "publiée, elle doit avoir une valeur (value) ; sinon, published: false."
OUT_OF_BOUNDS = "sa valeur est hors de ses bornes (lower est 0 par défaut, null pour aucune)."


class CaseError(ValueError):
    """A case cannot be used; the message says where and what to do."""


@dataclass(frozen=True)
class Case:
    """``n`` cells and ``m`` equations.

    ``values`` (n) are NaN where unknown; ``published`` (n) says which are public; ``lower`` and
    ``upper`` (n) are what an attacker knows of the others (−∞ and +∞ when nothing). ``equations``
    (m × n, sparse) holds +1 at a total and −1 at its parts: ``equations @ values = 0``.
    ``weights`` (n) is the price of hiding a cell, ``primary`` (n) those that must be hidden, and
    ``min_width`` the least width of the interval that an attacker may be left with.
    """

    ids: tuple[str, ...]
    values: FloatArray
    published: BoolArray
    lower: FloatArray
    upper: FloatArray
    equations: sparse.csr_matrix
    weights: FloatArray
    primary: BoolArray
    min_width: float = 0.0


def tolerance(values: FloatArray) -> FloatArray:
    """Return the gap that is only rounding, for figures of this size (infinite ones: the least)."""
    sizes = np.where(np.isfinite(values), np.abs(values), 0.0)
    return np.asarray(np.maximum(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * sizes), dtype=np.float64)


def validate(case: Case) -> Case:
    """Return ``case``. Raises :class:`CaseError` when its figures contradict each other."""
    _refuse(case, case.published & np.isnan(case.values), MISSING_VALUE)
    _refuse(case, case.lower > case.upper, "lower dépasse upper.")
    beyond = (case.values < case.lower - tolerance(case.lower)) | (
        case.values > case.upper + tolerance(case.upper)
    )
    _refuse(case, beyond & ~case.published, OUT_OF_BOUNDS)
    _refuse(case, case.weights < 0, "weight est négatif.")
    if case.min_width < 0:
        raise CaseError("min_width est négatif.")
    _refuse_non_additive(case)
    return case


def _refuse(case: Case, wrong: BoolArray, reason: str) -> None:
    for rank in np.flatnonzero(wrong)[:1]:
        raise CaseError(f"cellule « {case.ids[rank]} » : {reason}")


def _refuse_non_additive(case: Case) -> None:
    """Refuse an equation that its values, all known, do not satisfy."""
    gaps = case.equations @ case.values
    for row in np.flatnonzero(np.abs(gaps) > ABSOLUTE_TOLERANCE):
        part = slice(case.equations.indptr[row], case.equations.indptr[row + 1])
        columns, signs = case.equations.indices[part], case.equations.data[part]
        if abs(gaps[row]) > tolerance(np.abs(case.values[columns]).max()):
            total = case.ids[columns[signs > 0][0]]
            raise CaseError(
                f"équation {row + 1} (total « {total} ») : le total et la somme de ses parties "
                f"diffèrent de {abs(gaps[row]):g}. Corriger les valeurs ou l'équation."
            )
