"""What the control found, as numbers: reports hold these, and reading one computes nothing.

Whoever shows a report need not import what attacked (scipy: half a second).
"""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class Finding:
    """One rule: how many things were ``examines`` and how many break it. Never which person."""

    regle: str
    libelle: str
    examines: int
    anomalies: int

    @property
    def success(self) -> bool:
        """True when nothing breaks the rule."""
        return not self.anomalies

    def rounded(self, seuil: int) -> Self:
        """Return it as a report may say it: the difference of two exact counts would be a few."""
        return replace(self, examines=round_down(self.examines, seuil))


@dataclass(frozen=True)
class Attack:
    """What was attacked, and what it gave: every ``fuites`` must be nobody's.

    ``chiffres``: rows that hide units; ``inconnues``: these; ``determinees``: those that follow
    exactly, of too few persons or not.
    """

    chiffres: int
    inconnues: int
    determinees: int
    fuites: int

    def rounded(self, seuil: int) -> Self:
        """Return it as a report may say it."""
        return replace(
            self,
            inconnues=round_down(self.inconnues, seuil),
            determinees=round_down(self.determinees, seuil),
        )


@dataclass(frozen=True)
class Proof:
    """Cells that a plain threshold would blank, and those that its margins would give back."""

    masquees: int
    retrouvees: int

    def rounded(self, seuil: int) -> Self:
        """Return it as a report may say it."""
        return replace(
            self,
            masquees=round_down(self.masquees, seuil),
            retrouvees=round_down(self.retrouvees, seuil),
        )


@dataclass(frozen=True)
class Widths:
    """Of all small hidden cells and groups: how many, the narrowest, how many are too narrow."""

    petites: int
    minimum: int | None
    etroites: int

    def rounded(self, seuil: int) -> Self:
        """Return it as a report may say it."""
        return replace(self, petites=round_down(self.petites, seuil))


@dataclass(frozen=True)
class TableShare:
    """A table of totals: its cells, and of them the ``secretes``, which hold these shares of its
    dossiers and euros; the share of its cells that say an older value.
    """

    tableau: str
    cellules: int
    secretes: int
    part_dossiers: float
    part_euros: float
    part_anciens: float


def round_down(count: int, seuil: int) -> int:
    """Return the multiple of ``seuil`` below a count that the vault alone knows."""
    return count - count % seuil if seuil else count
