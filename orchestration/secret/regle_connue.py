"""What an attacker learns who knows the rule: a cell of a block has at most k − 1 persons.

Belongs here: the case that such an attacker solves. Does not: solving it (``attaque``).
"""

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from orchestration.secret.attaque import attaquer
from orchestration.secret.cas import Cas
from orchestration.secret.lignes import PERSONNES, SOMME, Cellules, Regles, Version


@dataclass
class _Systeme:
    """Named cells and equations, growing."""

    bornes: dict[str, tuple[float, float]] = field(default_factory=dict)
    valeurs: dict[str, float] = field(default_factory=dict)
    equations: list[tuple[str, list[str]]] = field(default_factory=list)

    def cas(self) -> Cas:
        names = tuple(self.bornes)
        rank = {name: place for place, name in enumerate(names)}
        terms = [
            (line, rank[name], 1.0 if name == total else -1.0)
            for line, (total, parts) in enumerate(self.equations)
            for name in (total, *parts)
        ]
        rows, columns, signs = (list(item) for item in zip(*terms, strict=True))
        values = np.array([self.valeurs.get(name, math.nan) for name in names])
        return Cas(
            ids=names,
            valeurs=values,
            publiees=~np.isnan(values),
            bas=np.array([self.bornes[name][0] for name in names]),
            haut=np.array([self.bornes[name][1] for name in names]),
            equations=sparse.csr_matrix(
                (signs, (rows, columns)), shape=(len(self.equations), len(names))
            ),
            poids=np.ones(len(names)),
            primaires=np.zeros(len(names), dtype=bool),
        )


def intervalles_etroits(version: Version, regles: Regles) -> list[tuple[str, ...]]:
    """Return the lines of each block that leaves one of its cells an interval too narrow.

    Figures of persons only: the rule bounds no dossiers and no euros. They are counted again from
    the facts: figures carried forward from an older version would contradict the newer ones.
    """
    lines = [line for line in version.lignes if line.mesure == PERSONNES and line.nature == SOMME]
    if not lines or not version.blocs:
        return []
    persons = version.faits.groupby("cellule")["titulaire"].agg(frozenset)
    system = _Systeme()
    for place, line in enumerate(lines):
        _ligne(system, f"ligne {place}", line.cellules, persons)
    for name, cells in version.blocs.items():
        for place, cell in enumerate(cells):
            _cellule(system, _nom(name, place), cell, persons, regles)
    intervals = attaquer(system.cas()).intervalles
    narrow = set()
    for name, cells in version.blocs.items():
        ends = [intervals[_nom(name, place)] for place in range(len(cells))]
        if any(high - low < regles.largeur for low, high in ends):
            narrow.add(name)
    return [(name,) for name in sorted(narrow)]


def _ligne(system: _Systeme, name: str, cells: Cellules, persons: pd.Series) -> None:
    """Add a published figure. Persons of several cells make it less than the sum of these."""
    atoms = [_atome(system, cell) for cell in sorted(cells)]
    inside = [persons[cell] for cell in cells if cell in persons]
    count = len(frozenset().union(*inside))
    system.bornes[name], system.valeurs[name] = (0, math.inf), count
    if count == sum(map(len, inside)):
        system.equations.append((name, atoms))
        return
    for extra in (f"somme {name}", f"doublons {name}"):
        system.bornes[extra] = (0, math.inf)
    system.equations.append((f"somme {name}", atoms))
    system.equations.append((f"somme {name}", [name, f"doublons {name}"]))


def _cellule(
    system: _Systeme, name: str, cells: Cellules, persons: pd.Series, regles: Regles
) -> None:
    """Add a cell of a block: small, unless it was absorbed to protect the small ones."""
    inside = [persons[cell] for cell in cells if cell in persons]
    small = len(frozenset().union(*inside)) < regles.k
    system.bornes[name] = (0, regles.k - 1 if small else math.inf)
    system.equations.append((name, [_atome(system, cell) for cell in sorted(cells)]))


def _atome(system: _Systeme, cell: str) -> str:
    system.bornes.setdefault(f"cellule {cell}", (0, math.inf))
    return f"cellule {cell}"


def _nom(block: str, place: int) -> str:
    return f"bloc {block} {place}"
