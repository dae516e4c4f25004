"""The audit of a publication: which of its figures, alone or together, tell too much?

Belongs here: the rules on persons, contributors, dominance, intervals and versions. Does not: what
sums imply (``groupes``) nor the intervals themselves (``attaque``).
"""

import numpy as np
import pandas as pd

from orchestration.secret.groupes import Groupes, impliques, par_personne
from orchestration.secret.lignes import EXTREME, Fuite, Ligne, Regles, Version
from orchestration.secret.regle_connue import intervalles_etroits

EFFECTIF = "effectif"
CONTRIBUTEURS = "contributeurs"
DOMINANCE = "dominance"
VALEUR_EXTREME = "extreme"
INTERVALLE = "intervalle"
REVISION = "revision"
RECOUPEMENT = "recoupement_de_versions"


def auditer(
    version: Version, regles: Regles, precedente: Version | None = None
) -> tuple[Fuite, ...]:
    """Return every leak of ``version``, and of its comparison with the one published before.

    Figures that are all carried forward were judged when they were new, on the facts of then.
    """
    found = _sommes(version.lignes, version.faits, regles)
    found |= _extremes(version, regles)
    found |= {Fuite(INTERVALLE, rows) for rows in intervalles_etroits(version, regles)}
    if precedente is None:
        return tuple(sorted(found))
    alone = found | _sommes(precedente.lignes, precedente.faits, regles)
    fresh = _nouvelles(version, precedente)
    found = {leak for leak in found if not fresh.isdisjoint(leak.lignes)}
    found |= _recoupements(version, precedente, regles, alone)
    found |= _revisions(version, precedente, regles)
    return tuple(sorted(found))


def _nouvelles(version: Version, precedente: Version) -> set[str]:
    """Return the ids with a figure that the version before did not give."""
    return {line.id for line in set(version.lignes) - set(precedente.lignes)}


def _sommes(lignes: tuple[Ligne, ...], faits: pd.DataFrame, regles: Regles) -> set[Fuite]:
    """Judge, measure by measure, every group whose sum is published or follows."""
    found: set[Fuite] = set()
    position = _positions(lignes)
    for mesure in sorted({line.mesure for line in lignes}):
        lines = [line for line in lignes if line.mesure == mesure and line.nature != EXTREME]
        groups = impliques(lines, position)
        amount = mesure if mesure in faits.columns else None
        found |= _effectifs(groups, faits, position, regles)
        if amount is not None:
            found |= _montants(groups, faits, position, regles, amount)
    return found


def _effectifs(
    groups: Groupes, faits: pd.DataFrame, position: dict[str, int], regles: Regles
) -> set[Fuite]:
    persons = np.diff((groups.membres @ par_personne(faits, position, None)).indptr)
    few = np.flatnonzero((persons > 0) & (persons < regles.k))
    return {Fuite(EFFECTIF, groups.sources[rank]) for rank in few}


def _montants(
    groups: Groupes, faits: pd.DataFrame, position: dict[str, int], regles: Regles, montant: str
) -> set[Fuite]:
    """An amount tells of its contributors: k at least, and none that is nearly all of it."""
    shares = (groups.membres @ par_personne(faits, position, montant)).tocsr()
    shares.data = np.abs(shares.data)
    shares.eliminate_zeros()
    contributors = np.diff(shares.indptr)
    few = (contributors > 0) & (contributors < regles.k)
    largest = shares.max(axis=1).toarray().ravel()
    total = np.asarray(shares.sum(axis=1)).ravel()
    dominated = (contributors > 0) & (largest >= regles.dominance * total)
    return {Fuite(CONTRIBUTEURS, groups.sources[rank]) for rank in np.flatnonzero(few)} | {
        Fuite(DOMINANCE, groups.sources[rank]) for rank in np.flatnonzero(dominated)
    }


def _extremes(version: Version, regles: Regles) -> set[Fuite]:
    found = set()
    for line in (line for line in version.lignes if line.nature == EXTREME):
        inside = version.faits["cellule"].isin(list(line.cellules))
        if 0 < version.faits.loc[inside, "titulaire"].nunique() < regles.k:
            found.add(Fuite(VALEUR_EXTREME, (line.id,)))
    return found


def _recoupements(
    version: Version, precedente: Version, regles: Regles, seules: set[Fuite]
) -> set[Fuite]:
    """Judge both versions' sums as if nothing had been revised since: nearly nothing has.

    Blocks are frozen: a line that cuts one of the version before tells of its small cells.
    """
    both = {(line.id, line.mesure, line.cellules): line for line in precedente.lignes}
    both |= {(line.id, line.mesure, line.cellules): line for line in version.lignes}
    together = _sommes(tuple(both.values()), version.faits, regles) - seules
    cut = {
        (block, line.id)
        for block, parts in precedente.blocs.items()
        for line in version.lignes
        if line.cellules & frozenset().union(*parts) not in {frozenset(), frozenset().union(*parts)}
    }
    return {Fuite(RECOUPEMENT, lines) for lines in {leak.lignes for leak in together} | cut}


def _revisions(version: Version, precedente: Version, regles: Regles) -> set[Fuite]:
    """Judge what came and what went behind every figure that changed: nobody, or k persons.

    A figure carried forward says nothing new, but the changes of others may imply those behind it.
    """
    before = {(line.id, line.mesure, line.cellules): line.valeur for line in precedente.lignes}
    changed = tuple(
        line
        for line in version.lignes
        if before.get((line.id, line.mesure, line.cellules), line.valeur) != line.valeur
    )
    found: set[Fuite] = set()
    position = _positions(changed)
    for mesure in sorted({line.mesure for line in changed}):
        groups = impliques([line for line in changed if line.mesure == mesure], position)
        kept = ["dossier", "cellule", *([mesure] if mesure in version.faits.columns else [])]
        for first, second in [(version, precedente), (precedente, version)]:
            moved = _absents(first.faits, second.faits, kept)
            found |= _effectifs(groups, moved, position, regles)
    return {Fuite(REVISION, leak.lignes) for leak in found}


def _absents(first: pd.DataFrame, second: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the facts of ``first`` that are not in ``second``, as far as ``columns`` tell."""
    known = pd.MultiIndex.from_frame(second[columns])
    return first[~pd.MultiIndex.from_frame(first[columns]).isin(known)]


def _positions(lignes: tuple[Ligne, ...]) -> dict[str, int]:
    cells = sorted({cell for line in lignes for cell in line.cellules})
    return {cell: rank for rank, cell in enumerate(cells)}
