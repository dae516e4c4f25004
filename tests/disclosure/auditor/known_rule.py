"""What an attacker learns who knows the rule: a cell of a block has at most k − 1 persons.

Belongs here: the case that such an attacker solves. Does not: solving it (``audit``).
"""

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from orchestration.disclosure.tabular.audit import attack_case
from orchestration.disclosure.tabular.table import Case
from tests.disclosure.auditor.published import PERSONS, SUM, CellSet, Rules, Version


@dataclass
class _System:
    """Named cells and equations, growing."""

    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    equations: list[tuple[str, list[str]]] = field(default_factory=list)

    def as_case(self) -> Case:
        names = tuple(self.bounds)
        rank = {name: place for place, name in enumerate(names)}
        terms = [
            (line, rank[name], 1.0 if name == total else -1.0)
            for line, (total, parts) in enumerate(self.equations)
            for name in (total, *parts)
        ]
        rows, columns, signs = (list(term) for term in zip(*terms, strict=True))
        values = np.array([self.values.get(name, math.nan) for name in names])
        return Case(
            ids=names,
            values=values,
            published=~np.isnan(values),
            lower=np.array([self.bounds[name][0] for name in names]),
            upper=np.array([self.bounds[name][1] for name in names]),
            equations=sparse.csr_matrix(
                (signs, (rows, columns)), shape=(len(self.equations), len(names))
            ),
            weights=np.ones(len(names)),
            primary=np.zeros(len(names), dtype=bool),
        )


def narrow_intervals(version: Version, rules: Rules) -> list[tuple[str, ...]]:
    """Return the lines of each block that leaves one of its cells an interval too narrow.

    Figures of persons only: the rule bounds no dossiers and no euros. They are counted again from
    the facts: figures carried forward from an older version would contradict the newer ones.
    """
    lines = [line for line in version.figures if line.measure == PERSONS and line.nature == SUM]
    if not lines or not version.blocks:
        return []
    persons = version.facts.groupby("cellule")["titulaire"].agg(frozenset)
    system = _System()
    for place, line in enumerate(lines):
        _add_figure(system, f"ligne {place}", line.cells, persons)
    for name, cells in version.blocks.items():
        for place, cell in enumerate(cells):
            _add_block_cell(system, _name(name, place), cell, persons, rules)
    intervals = attack_case(system.as_case()).intervals
    narrow = set()
    for name, cells in version.blocks.items():
        ends = [intervals[_name(name, place)] for place in range(len(cells))]
        if any(high - low < rules.min_width for low, high in ends):
            narrow.add(name)
    return [(name,) for name in sorted(narrow)]


def _add_figure(system: _System, name: str, cells: CellSet, persons: pd.Series) -> None:
    """Add a published figure. Persons of several cells make it less than the sum of these."""
    atoms = [_atom(system, cell) for cell in sorted(cells)]
    inside = [persons[cell] for cell in cells if cell in persons]
    count = len(frozenset().union(*inside))
    system.bounds[name], system.values[name] = (0, math.inf), count
    if count == sum(map(len, inside)):
        system.equations.append((name, atoms))
        return
    for extra in (f"somme {name}", f"doublons {name}"):
        system.bounds[extra] = (0, math.inf)
    system.equations.append((f"somme {name}", atoms))
    system.equations.append((f"somme {name}", [name, f"doublons {name}"]))


def _add_block_cell(
    system: _System, name: str, cells: CellSet, persons: pd.Series, rules: Rules
) -> None:
    """Add a cell of a block: small, unless it was absorbed to protect the small ones."""
    inside = [persons[cell] for cell in cells if cell in persons]
    small = len(frozenset().union(*inside)) < rules.k
    system.bounds[name] = (0, rules.k - 1 if small else math.inf)
    system.equations.append((name, [_atom(system, cell) for cell in sorted(cells)]))


def _atom(system: _System, cell: str) -> str:
    system.bounds.setdefault(f"cellule {cell}", (0, math.inf))
    return f"cellule {cell}"


def _name(block: str, place: int) -> str:
    return f"bloc {block} {place}"
