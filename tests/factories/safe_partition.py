"""A small population, and the tree with blocks that publishes it without a leak."""

import itertools
import math

import numpy as np
import pandas as pd

from tests.disclosure.auditor.published import DOSSIERS, PERSONS, CellSet, Figure, Rules, Version

AMOUNT = "montant_opco"
RULES = Rules(k=11)
DIMENSIONS = (3, 3, 2, 5)


def population(seed: int) -> pd.DataFrame:
    """Dossiers of persons: few or many by cell; one person in twenty has two."""
    rng = np.random.default_rng(seed)
    cells = ["-".join(map(str, path)) for path in itertools.product(*map(range, DIMENSIONS))]
    sizes = np.exp(rng.normal(2.6, 1.2, len(cells))).astype(int)
    names = np.repeat(cells, sizes)
    persons = np.arange(len(names))
    repeated = rng.choice(persons, len(persons) // 20, replace=False)
    facts = pd.DataFrame(
        {
            "titulaire": [f"t{rank}" for rank in (*persons, *repeated)],
            "cellule": np.concatenate([names, rng.choice(cells, len(repeated))]),
        }
    )
    paid = rng.random(len(facts)) < 0.7
    facts[AMOUNT] = np.where(paid, rng.integers(10_000, 200_000, len(facts)) / 100, 0)
    facts["dossier"] = [f"d{rank}" for rank in range(len(facts))]
    return facts


def publish(facts: pd.DataFrame, rules: Rules = RULES) -> Version:
    """Publish dossiers and persons down the tree, and an amount by région."""
    persons = facts.groupby("cellule")["titulaire"].agg(frozenset).to_dict()
    tree = _Tree(persons, rules)
    tree.descend("france", frozenset(persons), 0)
    lines = [
        Figure(name, measure, cells, _value(facts, cells, measure))
        for name, cells in tree.groups.items()
        for measure in (PERSONS, DOSSIERS)
    ]
    regions = {cell.split("-")[0] for cell in persons}
    for region in sorted(regions):
        cells = frozenset(cell for cell in persons if cell.split("-")[0] == region)
        lines.append(Figure(f"région {region}", AMOUNT, cells, _value(facts, cells, AMOUNT)))
    return Version(tuple(lines), facts, tree.blocks)


class _Tree:
    """Groups published so far by name, and the cells of each block."""

    def __init__(self, persons: dict[str, frozenset[str]], rules: Rules) -> None:
        self.persons, self.rules = persons, rules
        self.groups: dict[str, CellSet] = {}
        self.blocks: dict[str, tuple[CellSet, ...]] = {}

    def descend(self, name: str, cells: CellSet, depth: int) -> None:
        self.groups[name] = cells
        if depth == len(DIMENSIONS):
            return
        parts: dict[str, set[str]] = {}
        for cell in cells:
            parts.setdefault("-".join(cell.split("-")[: depth + 1]), set()).add(cell)
        children = {child: frozenset(parts[child]) for child in sorted(parts)}
        block = [
            child for child, part in children.items() if self._count_persons(part) < self.rules.k
        ]
        large = sorted(
            set(children) - set(block), key=lambda child: self._count_persons(children[child])
        )
        while block and not self._is_sound([children[child] for child in block]):
            if not large:
                return
            block.append(large.pop(0))
        if not large:
            return
        if block:
            hidden = tuple(children[child] for child in block)
            self.groups[f"{name} bloc"] = frozenset().union(*hidden)
            self.blocks[f"{name} bloc"] = hidden
        for child in large:
            self.descend(child, children[child], depth + 1)

    def _count_persons(self, cells: CellSet) -> int:
        return len(frozenset().union(*(self.persons[cell] for cell in cells)))

    def _is_sound(self, cells: list[CellSet]) -> bool:
        """Enough persons, two cells, and room for each under what the rule tells of the others."""
        total, k = self._count_persons(frozenset().union(*cells)), self.rules.k
        tops = [k - 1 if self._count_persons(cell) < k else math.inf for cell in cells]
        widths = [
            min(top, total) - max(0, total - (sum(tops[:rank]) + sum(tops[rank + 1 :])))
            for rank, top in enumerate(tops)
        ]
        return total >= k and len(cells) > 1 and min(widths) >= self.rules.min_width


def _value(facts: pd.DataFrame, cells: CellSet, measure: str) -> float:
    inside = facts[facts["cellule"].isin(list(cells))]
    if measure == PERSONS:
        return float(inside["titulaire"].nunique())
    return float(len(inside)) if measure == DOSSIERS else float(inside[measure].sum())
