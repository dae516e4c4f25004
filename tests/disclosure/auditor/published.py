"""What a dataset publishes about persons, and what must stay secret behind it.

Belongs here: the words of the audit (a published figure, a version, the rules, a leak). Does not:
finding leaks (``auditor``), planting them (``leaks``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

SUM = "somme"
# As telling as a sum: times the number of dossiers, or times the denominator, it is one.
MEAN = "moyenne"
SHARE = "part"
# The value of one dossier: no sum, whatever the size of the group.
EXTREME = "extreme"

PERSONS = "nb_titulaires"
DOSSIERS = "nb_dossiers"

CellSet = frozenset[str]


@dataclass(frozen=True)
class Figure:
    """One published figure: ``mesure`` over the finest ``cellules`` that it covers."""

    id: str
    measure: str
    cells: CellSet
    value: float
    nature: str = SUM


@dataclass(frozen=True)
class Version:
    """All figures published at one date, over all tables, and the facts that they come from.

    ``microdata``: one row per dossier, with ``folder``, ``titulaire``, ``cellule`` and one column per
    amount that is published (a measure that is no such column counts persons or dossiers).
    ``blocks``: by the id of its line of persons, the cells that a published block groups. An
    attacker who knows the rule knows that they are small.
    """

    figures: tuple[Figure, ...]
    facts: pd.DataFrame
    blocks: Mapping[str, tuple[CellSet, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """``k`` distinct persons; no contributor with ``dominance`` of an amount; ``largeur`` left."""

    k: int
    dominance: float = 0.85
    min_width: float = 4


@dataclass(frozen=True, order=True)
class Leak:
    """A kind of leak, and the published lines that leak together. Never a value nor a person."""

    kind: str
    figures: tuple[str, ...]
