"""What a dataset publishes about persons, and what must stay secret behind it.

Belongs here: the words of the audit (a published figure, a version, the rules, a leak). Does not:
finding leaks (``audit``), planting them (``mutations``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

SOMME = "somme"
# As telling as a sum: times the number of dossiers, or times the denominator, it is one.
MOYENNE = "moyenne"
PART = "part"
# The value of one dossier: no sum, whatever the size of the group.
EXTREME = "extreme"

PERSONNES = "nb_titulaires"
DOSSIERS = "nb_dossiers"

Cellules = frozenset[str]


@dataclass(frozen=True)
class Ligne:
    """One published figure: ``mesure`` over the finest ``cellules`` that it covers."""

    id: str
    mesure: str
    cellules: Cellules
    valeur: float
    nature: str = SOMME


@dataclass(frozen=True)
class Version:
    """All figures published at one date, over all tables, and the facts that they come from.

    ``faits``: one row per dossier, with ``dossier``, ``titulaire``, ``cellule`` and one column per
    amount that is published (a measure that is no such column counts persons or dossiers).
    ``blocs``: by the id of its line of persons, the cells that a published block groups. An
    attacker who knows the rule knows that they are small.
    """

    lignes: tuple[Ligne, ...]
    faits: pd.DataFrame
    blocs: Mapping[str, tuple[Cellules, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Regles:
    """``k`` distinct persons; no contributor with ``dominance`` of an amount; ``largeur`` left."""

    k: int
    dominance: float = 0.85
    largeur: float = 4


@dataclass(frozen=True, order=True)
class Fuite:
    """A kind of leak, and the published lines that leak together. Never a value nor a person."""

    genre: str
    lignes: tuple[str, ...]
