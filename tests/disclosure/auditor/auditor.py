"""The audit of a publication: which of its figures, alone or together, tell too much?

Belongs here: the rules on persons, contributors, dominance, intervals and versions. Does not: what
sums imply (``groupes``) nor the intervals themselves (``audit``).
"""

import numpy as np
import pandas as pd

from tests.disclosure.auditor.implied_groups import CellGroups, by_person, implied_groups
from tests.disclosure.auditor.known_rule import narrow_intervals
from tests.disclosure.auditor.published import EXTREME, Figure, Leak, Rules, Version

THRESHOLD_RULE = "effectif"
CONTRIBUTORS = "contributeurs"
DOMINANCE = "dominance"
EXTREME_VALUE = "extreme"
INTERVAL = "intervalle"
REVISION = "revision"
CROSS_VERSION = "recoupement_de_versions"


def audit_version(
    version: Version, rules: Rules, previous: Version | None = None
) -> tuple[Leak, ...]:
    """Return every leak of ``version``, and of its comparison with the one published before.

    Figures that are all carried forward were judged when they were new, on the facts of then.
    """
    found = _sums(version.figures, version.facts, rules)
    found |= _extremes(version, rules)
    found |= {Leak(INTERVAL, rows) for rows in narrow_intervals(version, rules)}
    if previous is None:
        return tuple(sorted(found))
    alone = found | _sums(previous.figures, previous.facts, rules)
    fresh = _new_ids(version, previous)
    found = {leak for leak in found if not fresh.isdisjoint(leak.figures)}
    found |= _cross_version(version, previous, rules, alone)
    found |= _revisions(version, previous, rules)
    return tuple(sorted(found))


def _new_ids(version: Version, previous: Version) -> set[str]:
    """Return the ids with a figure that the version before did not give."""
    return {figure.id for figure in set(version.figures) - set(previous.figures)}


def _sums(figures: tuple[Figure, ...], facts: pd.DataFrame, rules: Rules) -> set[Leak]:
    """Judge, measure by measure, every group whose sum is published or follows."""
    found: set[Leak] = set()
    position = _positions(figures)
    for measure in sorted({figure.measure for figure in figures}):
        subset = [
            figure for figure in figures if figure.measure == measure and figure.nature != EXTREME
        ]
        groups = implied_groups(subset, position)
        amount = measure if measure in facts.columns else None
        found |= _counts(groups, facts, position, rules)
        if amount is not None:
            found |= _check_amounts(groups, facts, position, rules, amount)
    return found


def _counts(
    groups: CellGroups, facts: pd.DataFrame, position: dict[str, int], rules: Rules
) -> set[Leak]:
    persons = np.diff((groups.members @ by_person(facts, position, None)).indptr)
    few = np.flatnonzero((persons > 0) & (persons < rules.k))
    return {Leak(THRESHOLD_RULE, groups.sources[rank]) for rank in few}


def _check_amounts(
    groups: CellGroups, facts: pd.DataFrame, position: dict[str, int], rules: Rules, amount: str
) -> set[Leak]:
    """An amount tells of its contributors: k at least, and none that is nearly all of it."""
    shares = (groups.members @ by_person(facts, position, amount)).tocsr()
    shares.data = np.abs(shares.data)
    shares.eliminate_zeros()
    contributors = np.diff(shares.indptr)
    few = (contributors > 0) & (contributors < rules.k)
    largest = shares.max(axis=1).toarray().ravel()
    total = np.asarray(shares.sum(axis=1)).ravel()
    dominated = (contributors > 0) & (largest >= rules.dominance * total)
    return {Leak(CONTRIBUTORS, groups.sources[rank]) for rank in np.flatnonzero(few)} | {
        Leak(DOMINANCE, groups.sources[rank]) for rank in np.flatnonzero(dominated)
    }


def _extremes(version: Version, rules: Rules) -> set[Leak]:
    found = set()
    for figure in (figure for figure in version.figures if figure.nature == EXTREME):
        inside = version.facts["cellule"].isin(list(figure.cells))
        if 0 < version.facts.loc[inside, "titulaire"].nunique() < rules.k:
            found.add(Leak(EXTREME_VALUE, (figure.id,)))
    return found


def _cross_version(
    version: Version, previous: Version, rules: Rules, already_found: set[Leak]
) -> set[Leak]:
    """Judge both versions' sums as if nothing had been revised since: nearly nothing has.

    Blocks are frozen: a line that cuts one of the version before tells of its small cells.
    """
    both = {(figure.id, figure.measure, figure.cells): figure for figure in previous.figures}
    both |= {(figure.id, figure.measure, figure.cells): figure for figure in version.figures}
    together = _sums(tuple(both.values()), version.facts, rules) - already_found
    cut = {
        (block, figure.id)
        for block, parts in previous.blocks.items()
        for figure in version.figures
        if figure.cells & frozenset().union(*parts) not in {frozenset(), frozenset().union(*parts)}
    }
    return {Leak(CROSS_VERSION, subset) for subset in {leak.figures for leak in together} | cut}


def _revisions(version: Version, previous: Version, rules: Rules) -> set[Leak]:
    """Judge what came and what went behind every figure that changed: nobody, or k persons.

    A figure carried forward says nothing new, but the changes of others may imply those behind it.
    """
    before = {
        (figure.id, figure.measure, figure.cells): figure.value for figure in previous.figures
    }
    changed = tuple(
        figure
        for figure in version.figures
        if before.get((figure.id, figure.measure, figure.cells), figure.value) != figure.value
    )
    found: set[Leak] = set()
    position = _positions(changed)
    for measure in sorted({figure.measure for figure in changed}):
        groups = implied_groups(
            [figure for figure in changed if figure.measure == measure], position
        )
        kept = ["dossier", "cellule", *([measure] if measure in version.facts.columns else [])]
        for first, second in [(version, previous), (previous, version)]:
            moved = _missing_facts(first.facts, second.facts, kept)
            found |= _counts(groups, moved, position, rules)
    return {Leak(REVISION, leak.figures) for leak in found}


def _missing_facts(first: pd.DataFrame, second: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the facts of ``first`` that are not in ``second``, as far as ``columns`` tell."""
    known = pd.MultiIndex.from_frame(second[columns])
    return first[~pd.MultiIndex.from_frame(first[columns]).isin(known)]


def _positions(figures: tuple[Figure, ...]) -> dict[str, int]:
    cells = sorted({cell for figure in figures for cell in figure.cells})
    return {cell: rank for rank, cell in enumerate(cells)}
