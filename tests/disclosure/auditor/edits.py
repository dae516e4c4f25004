"""Changes to a publication: a figure more, a block less, facts more.

Belongs here: what planting a leak needs. Does not: which leaks (``leaks``).
"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from tests.disclosure.auditor.published import DOSSIERS, SUM, CellSet, Figure, Rules, Version

PLANTED_ID = "ligne plantée"


def distinct_persons(version: Version, cells: CellSet) -> pd.Series:
    """Return the distinct persons of ``cells``."""
    inside = version.facts["cellule"].isin(list(cells))
    return version.facts.loc[inside, "titulaire"].drop_duplicates()


def small_cells(version: Version, rules: Rules) -> Iterator[tuple[str, CellSet]]:
    """Return each hidden cell of fewer than k persons, with its block."""
    for block, cells in version.blocks.items():
        for cell in cells:
            if len(distinct_persons(version, cell)) < rules.k:
                yield block, cell


def with_cells(
    version: Version, cells: CellSet, measure: str = DOSSIERS, nature: str = SUM
) -> Version:
    """Publish one figure more. What it says does not matter to the audit: it reads the facts."""
    figure = Figure(f"{PLANTED_ID} {len(version.figures)}", measure, cells, 0, nature)
    return replace(version, figures=(*version.figures, figure))


def with_facts(version: Version, added: pd.DataFrame) -> pd.DataFrame:
    """Return the facts and ``nouveaux``: dossiers of their own, which nobody financed."""
    more = added.assign(dossier=added["titulaire"])
    together = pd.concat([version.facts, more], ignore_index=True)
    amounts = [name for name in together if name not in {"dossier", "titulaire", "cellule"}]
    return together.fillna(dict.fromkeys(amounts, 0.0))


def parent(version: Version, cells: CellSet) -> CellSet:
    """Return the smallest published group that holds more than ``cells``."""
    return min((figure.cells for figure in version.figures if cells < figure.cells), key=len)


def union(cells: tuple[CellSet, ...]) -> CellSet:
    return frozenset().union(*cells)


def without_block(version: Version, block: str) -> Version:
    """Return ``version`` without a block's lines."""
    hidden = union(version.blocks[block])
    return replace(
        version,
        figures=tuple(figure for figure in version.figures if figure.cells != hidden),
        blocks={name: cells for name, cells in version.blocks.items() if name != block},
    )
