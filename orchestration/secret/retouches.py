"""Changes to a publication: a figure more, a block less, facts more.

Belongs here: what planting a leak needs. Does not: which leaks (``mutations``).
"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from orchestration.secret.lignes import (
    DOSSIERS,
    SOMME,
    Cellules,
    Ligne,
    Regles,
    Version,
)

PLANTEE = "ligne plantée"


def personnes(version: Version, cells: Cellules) -> pd.Series:
    """Return the distinct persons of ``cells``."""
    inside = version.faits["cellule"].isin(list(cells))
    return version.faits.loc[inside, "titulaire"].drop_duplicates()


def petites(version: Version, regles: Regles) -> Iterator[tuple[str, Cellules]]:
    """Return each hidden cell of fewer than k persons, with its block."""
    for block, cells in version.blocs.items():
        for cell in cells:
            if len(personnes(version, cell)) < regles.k:
                yield block, cell


def avec(version: Version, cells: Cellules, mesure: str = DOSSIERS, nature: str = SOMME) -> Version:
    """Publish one figure more. What it says does not matter to the audit: it reads the facts."""
    line = Ligne(f"{PLANTEE} {len(version.lignes)}", mesure, cells, 0, nature)
    return replace(version, lignes=(*version.lignes, line))


def avec_faits(version: Version, nouveaux: pd.DataFrame) -> pd.DataFrame:
    """Return the facts and ``nouveaux``: dossiers of their own, which nobody financed."""
    more = nouveaux.assign(dossier=nouveaux["titulaire"])
    together = pd.concat([version.faits, more], ignore_index=True)
    amounts = [name for name in together if name not in {"dossier", "titulaire", "cellule"}]
    return together.fillna(dict.fromkeys(amounts, 0.0))


def parent(version: Version, cells: Cellules) -> Cellules:
    """Return the smallest published group that holds more than ``cells``."""
    return min((line.cellules for line in version.lignes if cells < line.cellules), key=len)


def union(cells: tuple[Cellules, ...]) -> Cellules:
    return frozenset().union(*cells)


def sans_bloc(version: Version, block: str) -> Version:
    """Return ``version`` without a block's lines."""
    hidden = union(version.blocs[block])
    return replace(
        version,
        lignes=tuple(line for line in version.lignes if line.cellules != hidden),
        blocs={name: cells for name, cells in version.blocs.items() if name != block},
    )
