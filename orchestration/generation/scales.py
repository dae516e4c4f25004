"""How much is generated, and where: the scales of ``cpf generate``.

A fraction is the whole country made thinner: every place, few persons in each. The demo is the
reverse, a part of the country as dense as the country itself, because levels of detail depend on
how many persons share a place and a period, not on how many there are in all.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchestration.generation import reference

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """Shares of the national dossiers and of the national offer, in ``departements`` (codes).

    No département named means all of them. Bodies and certifications follow the offer.
    """

    dossiers: float
    offer: float
    departements: tuple[str, ...] = ()

    def place_shares(self) -> Floats:
        """Share of each of the 101 départements, in proportion of the populations (sum 1)."""
        populations = _populations(self.departements)
        return np.asarray(populations / populations.sum())


def fraction(share: float) -> Scale:
    """Give the whole country, ``share`` times its volumes."""
    return Scale(share, share)


def part_of_country(departements: tuple[str, ...], offer: float) -> Scale:
    """Give ``departements`` with all their dossiers, and ``offer`` times the national offer."""
    share = _populations(departements).sum() / _populations(()).sum()
    return Scale(float(share), offer, departements)


def _populations(departements: tuple[str, ...]) -> Floats:
    """Thousands of inhabitants of the 101 départements, 0 outside ``departements`` if given."""
    return np.array(
        [
            float(d.milliers_habitants) if not departements or d.code in departements else 0.0
            for d in reference.departements()
        ]
    )


NATIONAL = fraction(1.0)
SCALES = {
    "demo": part_of_country(("2A", "2B", "35", "974"), offer=0.01),
    "essai": fraction(0.01),
    "national": NATIONAL,
}


def parse_scale(text: str) -> Scale:
    """Read a scale: ``demo``, ``essai`` (1 %), ``national`` or a number above 0, at most 10.

    Raises:
        ValueError: the text is none of these (message in French).
    """
    if text in SCALES:
        return SCALES[text]
    try:
        share = float(text.replace(",", "."))
    except ValueError:
        share = 0.0
    if not 0 < share <= 10:
        names = ", ".join(SCALES)
        raise ValueError(f"échelle « {text} » inconnue : indiquez {names} ou un nombre de 0 à 10")
    return fraction(share)
