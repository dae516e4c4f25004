"""Leaks that only two successive versions show, planted on purpose.

Belongs here: revised figures of too few persons, blocks drawn anew. Does not: leaks of one version
(``mutations``).
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from orchestration.secret.lignes import PERSONNES, Cellules, Ligne, Regles, Version
from orchestration.secret.mutations import Mutation
from orchestration.secret.retouches import avec_faits, parent, petites, union

REVISEES = 0.01


def mutations_de_versions(
    version: Version, regles: Regles, rng: np.random.Generator
) -> Iterator[Mutation]:
    """Plant, after ``version``, each kind of leaking next version wherever it applies."""
    for leaking in _blocs_redessines(version, regles, rng):
        yield Mutation("blocs_redessines_apres_revision", leaking, version)
    for leaking in _deltas(version, regles):
        yield Mutation("revision_de_trop_peu_de_personnes", leaking, version)
    for leaking in _deltas_par_difference(version, regles):
        yield Mutation("revision_par_difference", leaking, version)


def reviser(faits: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Drop 1 % of the dossiers: abandoned since."""
    return faits[rng.random(len(faits)) >= REVISEES].reset_index(drop=True)


def _blocs_redessines(
    version: Version, regles: Regles, rng: np.random.Generator
) -> Iterator[Version]:
    """Exchange, in a block, a small cell for a neighbour published until then."""
    for block, cell in petites(version, regles):
        hidden = union(version.blocs[block])
        neighbours = [
            line.cellules
            for line in version.lignes
            if line.mesure == PERSONNES and not line.cellules & hidden
        ]
        if not neighbours:
            continue
        other = min(neighbours, key=lambda cells: (len(cells), min(cells)))
        lines = tuple(line for line in version.lignes if line.cellules not in {hidden, other})
        drawn = (*(part for part in version.blocs[block] if part != cell), other)
        new = Ligne(block, PERSONNES, union(drawn), 0)
        yield replace(
            version,
            lignes=(*lines, new),
            blocs={**version.blocs, block: drawn},
            faits=reviser(version.faits, rng),
        )


def _deltas(version: Version, regles: Regles) -> Iterator[Version]:
    """Publish again every figure above a group that 1 to k − 1 persons joined or left."""
    groups = dict.fromkeys(line.cellules for line in version.lignes)
    for rank, cells in enumerate(groups):
        count = 1 + rank % (regles.k - 1)
        if rank % 2:
            yield _republier(version, _arrivees(version, cells, count), cells)
        else:
            inside = version.faits["cellule"].isin(list(cells))
            gone = version.faits.loc[inside, "titulaire"].drop_duplicates().iloc[:count]
            left = ~(inside & version.faits["titulaire"].isin(gone))
            yield _republier(version, version.faits[left], cells)


def _deltas_par_difference(version: Version, regles: Regles) -> Iterator[Version]:
    """Revise a group and one of its parts, and carry forward a block that k − 1 persons joined."""
    for cells in version.blocs.values():
        block = union(cells)
        whole = parent(version, block)
        part = next(
            (line.cellules for line in version.lignes if line.cellules <= whole - block), None
        )
        if part is None:
            continue
        joined = replace(version, faits=_arrivees(version, block, regles.k - 1))
        yield _republier(version, _arrivees(joined, part, regles.k), part)


def _arrivees(version: Version, cells: Cellules, count: int) -> pd.DataFrame:
    start = len(version.faits)
    names = [f"arrivée {start + rank}" for rank in range(count)]
    return avec_faits(version, pd.DataFrame({"titulaire": names, "cellule": min(cells)}))


def _republier(version: Version, faits: pd.DataFrame, cells: Cellules) -> Version:
    """Publish other values for ``cells`` and all that holds them."""
    lines = tuple(
        replace(line, valeur=line.valeur + 1) if cells <= line.cellules else line
        for line in version.lignes
    )
    return replace(version, lignes=lines, faits=faits)
