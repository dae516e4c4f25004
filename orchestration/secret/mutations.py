"""Leaks planted on purpose in a sound publication: the audit must catch every one.

Belongs here: leaks that one version shows by itself. Does not: those of two versions
(``mutations_de_versions``) nor finding them (``audit``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from orchestration.secret.lignes import (
    DOSSIERS,
    EXTREME,
    MOYENNE,
    PART,
    PERSONNES,
    Cellules,
    Ligne,
    Regles,
    Version,
)
from orchestration.secret.retouches import (
    avec,
    avec_faits,
    parent,
    personnes,
    petites,
    sans_bloc,
    union,
)


@dataclass(frozen=True)
class Mutation:
    """A publication that leaks, how, and the version before it when the leak needs both."""

    genre: str
    version: Version
    precedente: Version | None = None


Plant = Callable[[Version, Regles], Iterator[Version]]


def mutations(version: Version, regles: Regles, montant: str) -> Iterator[Mutation]:
    """Plant each kind of leak everywhere in ``version`` where it applies.

    ``montant``: an amount that the facts have, for means and extremes.
    """
    kinds: dict[str, Plant] = {
        "une_feuille_d_un_bloc": _feuille,
        "voisine_absorbee_publiee": _voisine,
        "parent_moins_une_feuille": _parent_moins_feuille,
        "moyenne_d_un_statut_cache": _singuliere(montant, MOYENNE),
        "moyenne_de_tous_les_autres": _complement(montant, MOYENNE),
        "prix_extreme_d_un_petit_groupe": _singuliere(montant, EXTREME),
        "part_et_son_denominateur": _singuliere(DOSSIERS, PART),
        "financeur_de_trop_peu_de_contributeurs": _peu_de_contributeurs,
        "financeur_par_difference": _contributeurs_par_difference,
        "montant_domine": _domine,
        "dossiers_au_lieu_de_personnes": _dossiers,
        "bloc_d_une_cellule": _bloc_d_une_cellule,
        "intervalle_etroit": _etroit,
    }
    for genre, plant in kinds.items():
        for leaking in plant(version, regles):
            yield Mutation(genre, leaking)


def _feuille(version: Version, regles: Regles) -> Iterator[Version]:
    for _, cell in petites(version, regles):
        yield avec(version, cell)


def _voisine(version: Version, regles: Regles) -> Iterator[Version]:
    """Publish a neighbour that a block had to absorb: the block shrinks by it."""
    for block, cells in version.blocs.items():
        small = tuple(cell for cell in cells if len(personnes(version, cell)) < regles.k)
        absorbed = [cell for cell in cells if cell not in small]
        if not absorbed:
            continue
        without = sans_bloc(version, block)
        for mesure in (PERSONNES, DOSSIERS):
            without = avec(without, union(tuple(absorbed)), mesure)
        line = Ligne(block, PERSONNES, union(small), 0)
        yield replace(
            without, lignes=(*without.lignes, line), blocs={**without.blocs, block: small}
        )


def _parent_moins_feuille(version: Version, regles: Regles) -> Iterator[Version]:
    for _, cell in petites(version, regles):
        yield avec(version, parent(version, cell) - cell)


def _singuliere(mesure: str, nature: str) -> Plant:
    """Publish another figure of a small cell."""

    def plant(version: Version, regles: Regles) -> Iterator[Version]:
        for _, cell in petites(version, regles):
            yield avec(version, cell, mesure, nature)

    return plant


def _complement(mesure: str, nature: str) -> Plant:
    """Publish a figure of a group, and of the group without a small cell."""

    def plant(version: Version, regles: Regles) -> Iterator[Version]:
        for _, cell in petites(version, regles):
            whole = parent(version, cell)
            yield avec(avec(version, whole, mesure, nature), whole - cell, mesure, nature)

    return plant


def _finance(version: Version, cells: Cellules, amounts: list[float]) -> Version:
    """Add a financer who paid ``amounts`` to the first persons of ``cells``, and publish it."""
    chosen = personnes(version, cells).iloc[: len(amounts)].tolist()
    paid = version.faits["titulaire"].map(dict(zip(chosen, amounts, strict=True))).fillna(0.0)
    inside = version.faits["cellule"].isin(list(cells))
    facts = version.faits.assign(montant_plante=np.where(inside, paid, 0.0))
    return avec(replace(version, faits=facts), cells, "montant_plante")


def _groupes(version: Version) -> list[Cellules]:
    """Return every published group, once."""
    return list(dict.fromkeys(line.cellules for line in version.lignes))


def _peu_de_contributeurs(version: Version, regles: Regles) -> Iterator[Version]:
    for rank, cells in enumerate(_groupes(version)):
        yield _finance(version, cells, [100.0] * (1 + rank % (regles.k - 1)))


def _contributeurs_par_difference(version: Version, regles: Regles) -> Iterator[Version]:
    """Publish an amount for two groups that differ by fewer than k of its contributors."""
    for _, cell in petites(version, regles):
        whole = parent(version, cell)
        facts = version.faits.assign(montant_plante=100.0)
        financed = avec(replace(version, faits=facts), whole, "montant_plante")
        yield avec(financed, whole - cell, "montant_plante")


def _domine(version: Version, regles: Regles) -> Iterator[Version]:
    for cells in _groupes(version):
        others = len(personnes(version, cells)) - 1
        yield _finance(version, cells, [others * 10.0, *[1.0] * others])


def _dossiers(version: Version, regles: Regles) -> Iterator[Version]:
    """Let the persons of a small cell have k dossiers together, and publish it for that."""
    for _, cell in petites(version, regles):
        inside = version.faits[version.faits["cellule"].isin(list(cell))]
        more = pd.concat([inside] * regles.k).assign(
            dossier=[f"planté {rank}" for rank in range(regles.k * len(inside))]
        )
        facts = pd.concat([version.faits, more], ignore_index=True)
        yield avec(replace(version, faits=facts), cell)


def _bloc_d_une_cellule(version: Version, regles: Regles) -> Iterator[Version]:
    for block, cell in petites(version, regles):
        without = sans_bloc(version, block)
        line = Ligne(block, PERSONNES, cell, 0)
        yield replace(
            without, lignes=(*without.lignes, line), blocs={**without.blocs, block: (cell,)}
        )


def _etroit(version: Version, regles: Regles) -> Iterator[Version]:
    """Fill all cells of a block to k − 1 persons: who knows the rule knows them all."""
    for block, cells in version.blocs.items():
        counts = [len(personnes(version, cell)) for cell in cells]
        if max(counts) >= regles.k:
            continue
        new = [
            {"titulaire": f"planté {block} {place} {rank}", "cellule": min(cell)}
            for place, (cell, count) in enumerate(zip(cells, counts, strict=True))
            for rank in range(regles.k - 1 - count)
        ]
        facts = avec_faits(version, pd.DataFrame(new, columns=["titulaire", "cellule"]))
        yield replace(version, faits=facts)
