"""Leaks that only two successive versions show, planted on purpose.

Belongs here: revised figures of too few persons, blocks drawn anew. Does not: leaks of one version
(``leaks``).
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from tests.disclosure.auditor.edits import parent, small_cells, union, with_facts
from tests.disclosure.auditor.leaks import Mutation
from tests.disclosure.auditor.published import PERSONS, CellSet, Figure, Rules, Version

REVISED_SHARE = 0.01


def version_mutations(
    version: Version, rules: Rules, rng: np.random.Generator
) -> Iterator[Mutation]:
    """Plant, after ``version``, each kind of leaking next version wherever it applies."""
    for leaking in _redrawn_blocks(version, rules, rng):
        yield Mutation("blocs_redessines_apres_revision", leaking, version)
    for leaking in _deltas(version, rules):
        yield Mutation("revision_de_trop_peu_de_personnes", leaking, version)
    for leaking in _deltas_by_difference(version, rules):
        yield Mutation("revision_par_difference", leaking, version)


def revise(facts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Drop 1 % of the dossiers: abandoned since."""
    return facts[rng.random(len(facts)) >= REVISED_SHARE].reset_index(drop=True)


def _redrawn_blocks(version: Version, rules: Rules, rng: np.random.Generator) -> Iterator[Version]:
    """Exchange, in a block, a small cell for a neighbour published until then."""
    for block, cell in small_cells(version, rules):
        hidden = union(version.blocks[block])
        neighbours = [
            figure.cells
            for figure in version.figures
            if figure.measure == PERSONS and not figure.cells & hidden
        ]
        if not neighbours:
            continue
        other = min(neighbours, key=lambda cells: (len(cells), min(cells)))
        figures = tuple(figure for figure in version.figures if figure.cells not in {hidden, other})
        drawn = (*(part for part in version.blocks[block] if part != cell), other)
        new = Figure(block, PERSONS, union(drawn), 0)
        yield replace(
            version,
            figures=(*figures, new),
            blocks={**version.blocks, block: drawn},
            facts=revise(version.facts, rng),
        )


def _deltas(version: Version, rules: Rules) -> Iterator[Version]:
    """Publish again every figure above a group that 1 to k − 1 persons joined or left."""
    groups = dict.fromkeys(figure.cells for figure in version.figures)
    for rank, cells in enumerate(groups):
        count = 1 + rank % (rules.k - 1)
        if rank % 2:
            yield _republish(version, _arrivals(version, cells, count), cells)
        else:
            inside = version.facts["cellule"].isin(list(cells))
            removed_ids = version.facts.loc[inside, "titulaire"].drop_duplicates().iloc[:count]
            left = ~(inside & version.facts["titulaire"].isin(removed_ids))
            yield _republish(version, version.facts[left], cells)


def _deltas_by_difference(version: Version, rules: Rules) -> Iterator[Version]:
    """Revise a group and one of its parts, and carry forward a block that k − 1 persons joined."""
    for cells in version.blocks.values():
        block = union(cells)
        whole = parent(version, block)
        part = next(
            (figure.cells for figure in version.figures if figure.cells <= whole - block), None
        )
        if part is None:
            continue
        joined = replace(version, facts=_arrivals(version, block, rules.k - 1))
        yield _republish(version, _arrivals(joined, part, rules.k), part)


def _arrivals(version: Version, cells: CellSet, count: int) -> pd.DataFrame:
    start = len(version.facts)
    names = [f"arrivée {start + rank}" for rank in range(count)]
    return with_facts(version, pd.DataFrame({"titulaire": names, "cellule": min(cells)}))


def _republish(version: Version, facts: pd.DataFrame, cells: CellSet) -> Version:
    """Publish other values for ``cells`` and all that holds them."""
    figures = tuple(
        replace(figure, value=figure.value + 1) if cells <= figure.cells else figure
        for figure in version.figures
    )
    return replace(version, figures=figures, facts=facts)
