"""Leaks planted on purpose in a sound publication: the audit must catch every one.

Belongs here: leaks that one version shows by itself. Does not: those of two versions
(``leaks_between_versions``) nor finding them (``auditor``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tests.disclosure.auditor.edits import (
    distinct_persons,
    parent,
    small_cells,
    union,
    with_cells,
    with_facts,
    without_block,
)
from tests.disclosure.auditor.published import (
    DOSSIERS,
    EXTREME,
    MEAN,
    PERSONS,
    SHARE,
    CellSet,
    Figure,
    Rules,
    Version,
)


@dataclass(frozen=True)
class Mutation:
    """A publication that leaks, how, and the version before it when the leak needs both."""

    kind: str
    version: Version
    previous: Version | None = None


Plant = Callable[[Version, Rules], Iterator[Version]]


def mutations(version: Version, rules: Rules, amount: str) -> Iterator[Mutation]:
    """Plant each kind of leak everywhere in ``version`` where it applies.

    ``montant``: an amount that the facts have, for means and extremes.
    """
    kinds: dict[str, Plant] = {
        "une_feuille_d_un_bloc": _leaf,
        "voisine_absorbee_publiee": _absorbed_neighbour,
        "parent_moins_une_feuille": _parent_minus_leaf,
        "moyenne_d_un_statut_cache": _small_cell(amount, MEAN),
        "moyenne_de_tous_les_autres": _complement(amount, MEAN),
        "prix_extreme_d_un_petit_groupe": _small_cell(amount, EXTREME),
        "part_et_son_denominateur": _small_cell(DOSSIERS, SHARE),
        "financeur_de_trop_peu_de_contributeurs": _few_contributors,
        "financeur_par_difference": _contributors_by_difference,
        "montant_domine": _dominated,
        "dossiers_au_lieu_de_personnes": _dossiers_for_persons,
        "bloc_d_une_cellule": _single_cell_block,
        "intervalle_etroit": _narrow_interval,
    }
    for kind, plant in kinds.items():
        for leaking in plant(version, rules):
            yield Mutation(kind, leaking)


def _leaf(version: Version, rules: Rules) -> Iterator[Version]:
    for _, cell in small_cells(version, rules):
        yield with_cells(version, cell)


def _absorbed_neighbour(version: Version, rules: Rules) -> Iterator[Version]:
    """Publish a neighbour that a block had to absorb: the block shrinks by it."""
    for block, cells in version.blocks.items():
        small = tuple(cell for cell in cells if len(distinct_persons(version, cell)) < rules.k)
        absorbed = [cell for cell in cells if cell not in small]
        if not absorbed:
            continue
        without = without_block(version, block)
        for measure in (PERSONS, DOSSIERS):
            without = with_cells(without, union(tuple(absorbed)), measure)
        figure = Figure(block, PERSONS, union(small), 0)
        yield replace(
            without, figures=(*without.figures, figure), blocks={**without.blocks, block: small}
        )


def _parent_minus_leaf(version: Version, rules: Rules) -> Iterator[Version]:
    for _, cell in small_cells(version, rules):
        yield with_cells(version, parent(version, cell) - cell)


def _small_cell(measure: str, nature: str) -> Plant:
    """Publish another figure of a small cell."""

    def plant(version: Version, rules: Rules) -> Iterator[Version]:
        for _, cell in small_cells(version, rules):
            yield with_cells(version, cell, measure, nature)

    return plant


def _complement(measure: str, nature: str) -> Plant:
    """Publish a figure of a group, and of the group without a small cell."""

    def plant(version: Version, rules: Rules) -> Iterator[Version]:
        for _, cell in small_cells(version, rules):
            whole = parent(version, cell)
            yield with_cells(
                with_cells(version, whole, measure, nature), whole - cell, measure, nature
            )

    return plant


def _add_financeur(version: Version, cells: CellSet, amounts: list[float]) -> Version:
    """Add a financer who paid ``amounts`` to the first persons of ``cells``, and publish it."""
    chosen = distinct_persons(version, cells).iloc[: len(amounts)].tolist()
    paid = version.facts["titulaire"].map(dict(zip(chosen, amounts, strict=True))).fillna(0.0)
    inside = version.facts["cellule"].isin(list(cells))
    facts = version.facts.assign(montant_plante=np.where(inside, paid, 0.0))
    return with_cells(replace(version, facts=facts), cells, "montant_plante")


def _published_groups(version: Version) -> list[CellSet]:
    """Return every published group, once."""
    return list(dict.fromkeys(figure.cells for figure in version.figures))


def _few_contributors(version: Version, rules: Rules) -> Iterator[Version]:
    for rank, cells in enumerate(_published_groups(version)):
        yield _add_financeur(version, cells, [100.0] * (1 + rank % (rules.k - 1)))


def _contributors_by_difference(version: Version, rules: Rules) -> Iterator[Version]:
    """Publish an amount for two groups that differ by fewer than k of its contributors."""
    for _, cell in small_cells(version, rules):
        whole = parent(version, cell)
        facts = version.facts.assign(montant_plante=100.0)
        financed = with_cells(replace(version, facts=facts), whole, "montant_plante")
        yield with_cells(financed, whole - cell, "montant_plante")


def _dominated(version: Version, rules: Rules) -> Iterator[Version]:
    for cells in _published_groups(version):
        others = len(distinct_persons(version, cells)) - 1
        yield _add_financeur(version, cells, [others * 10.0, *[1.0] * others])


def _dossiers_for_persons(version: Version, rules: Rules) -> Iterator[Version]:
    """Let the persons of a small cell have k dossiers together, and publish it for that."""
    for _, cell in small_cells(version, rules):
        inside = version.facts[version.facts["cellule"].isin(list(cell))]
        more = pd.concat([inside] * rules.k).assign(
            dossier=[f"planté {rank}" for rank in range(rules.k * len(inside))]
        )
        facts = pd.concat([version.facts, more], ignore_index=True)
        yield with_cells(replace(version, facts=facts), cell)


def _single_cell_block(version: Version, rules: Rules) -> Iterator[Version]:
    for block, cell in small_cells(version, rules):
        without = without_block(version, block)
        figure = Figure(block, PERSONS, cell, 0)
        yield replace(
            without, figures=(*without.figures, figure), blocks={**without.blocks, block: (cell,)}
        )


def _narrow_interval(version: Version, rules: Rules) -> Iterator[Version]:
    """Fill all cells of a block to k − 1 persons: who knows the rule knows them all."""
    for block, cells in version.blocks.items():
        counts = [len(distinct_persons(version, cell)) for cell in cells]
        if max(counts) >= rules.k:
            continue
        new = [
            {"titulaire": f"planté {block} {place} {rank}", "cellule": min(cell)}
            for place, (cell, count) in enumerate(zip(cells, counts, strict=True))
            for rank in range(rules.k - 1 - count)
        ]
        facts = with_facts(version, pd.DataFrame(new, columns=["titulaire", "cellule"]))
        yield replace(version, facts=facts)
