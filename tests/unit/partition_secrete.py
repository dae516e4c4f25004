"""A small population, and the tree with blocks that publishes it without a leak."""

import itertools
import math

import numpy as np
import pandas as pd

from orchestration.secret.lignes import DOSSIERS, PERSONNES, Cellules, Ligne, Regles, Version

MONTANT = "montant_opco"
REGLES = Regles(k=11)
DIMENSIONS = (3, 3, 2, 5)


def population(seed: int) -> pd.DataFrame:
    """Dossiers of persons: few or many by cell; one person in twenty has two."""
    rng = np.random.default_rng(seed)
    cells = ["-".join(map(str, path)) for path in itertools.product(*map(range, DIMENSIONS))]
    sizes = np.exp(rng.normal(2.6, 1.2, len(cells))).astype(int)
    names = np.repeat(cells, sizes)
    persons = np.arange(len(names))
    again = rng.choice(persons, len(persons) // 20, replace=False)
    facts = pd.DataFrame(
        {
            "titulaire": [f"t{rank}" for rank in (*persons, *again)],
            "cellule": np.concatenate([names, rng.choice(cells, len(again))]),
        }
    )
    paid = rng.random(len(facts)) < 0.7
    facts[MONTANT] = np.where(paid, rng.integers(10_000, 200_000, len(facts)) / 100, 0)
    facts["dossier"] = [f"d{rank}" for rank in range(len(facts))]
    return facts


def publier(faits: pd.DataFrame, regles: Regles = REGLES) -> Version:
    """Publish dossiers and persons down the tree, and an amount by région."""
    persons = faits.groupby("cellule")["titulaire"].agg(frozenset).to_dict()
    tree = _Arbre(persons, regles)
    tree.descendre("france", frozenset(persons), 0)
    lines = [
        Ligne(name, mesure, cells, _valeur(faits, cells, mesure))
        for name, cells in tree.groupes.items()
        for mesure in (PERSONNES, DOSSIERS)
    ]
    regions = {cell.split("-")[0] for cell in persons}
    for region in sorted(regions):
        cells = frozenset(cell for cell in persons if cell.split("-")[0] == region)
        lines.append(Ligne(f"région {region}", MONTANT, cells, _valeur(faits, cells, MONTANT)))
    return Version(tuple(lines), faits, tree.blocs)


class _Arbre:
    """Groups published so far by name, and the cells of each block."""

    def __init__(self, persons: dict[str, frozenset[str]], regles: Regles) -> None:
        self.persons, self.regles = persons, regles
        self.groupes: dict[str, Cellules] = {}
        self.blocs: dict[str, tuple[Cellules, ...]] = {}

    def descendre(self, name: str, cells: Cellules, depth: int) -> None:
        self.groupes[name] = cells
        if depth == len(DIMENSIONS):
            return
        parts: dict[str, set[str]] = {}
        for cell in cells:
            parts.setdefault("-".join(cell.split("-")[: depth + 1]), set()).add(cell)
        children = {child: frozenset(parts[child]) for child in sorted(parts)}
        block = [child for child, part in children.items() if self._nombre(part) < self.regles.k]
        large = sorted(set(children) - set(block), key=lambda child: self._nombre(children[child]))
        while block and not self._sain([children[child] for child in block]):
            if not large:
                return
            block.append(large.pop(0))
        if not large:
            return
        if block:
            hidden = tuple(children[child] for child in block)
            self.groupes[f"{name} bloc"] = frozenset().union(*hidden)
            self.blocs[f"{name} bloc"] = hidden
        for child in large:
            self.descendre(child, children[child], depth + 1)

    def _nombre(self, cells: Cellules) -> int:
        return len(frozenset().union(*(self.persons[cell] for cell in cells)))

    def _sain(self, cells: list[Cellules]) -> bool:
        """Enough persons, two cells, and room for each under what the rule tells of the others."""
        total, k = self._nombre(frozenset().union(*cells)), self.regles.k
        tops = [k - 1 if self._nombre(cell) < k else math.inf for cell in cells]
        widths = [
            min(top, total) - max(0, total - (sum(tops[:rank]) + sum(tops[rank + 1 :])))
            for rank, top in enumerate(tops)
        ]
        return total >= k and len(cells) > 1 and min(widths) >= self.regles.largeur


def _valeur(faits: pd.DataFrame, cells: Cellules, mesure: str) -> float:
    inside = faits[faits["cellule"].isin(list(cells))]
    if mesure == PERSONNES:
        return float(inside["titulaire"].nunique())
    return float(len(inside)) if mesure == DOSSIERS else float(inside[mesure].sum())
