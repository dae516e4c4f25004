"""What an attacker learns who knows the rules: the interval left to each small hidden cell.

In closed form, on the tree of each row: its cells, then the groups that each level of the plan
could not publish.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from orchestration.disclosure.gate.findings import Evidence
from orchestration.disclosure.gate.outcomes import Widths

# A cell that was held back for its status, or that protects others, has no bound of its own.
UNBOUNDED = 10**9
IntArray = npt.NDArray[np.int64]


@dataclass
class _Level:
    """Groups of one level: their persons, what is known of each, and which group holds it above."""

    person_counts: IntArray
    lower: IntArray
    upper: IntArray
    parent: IntArray


def measure(evidence: Evidence, seuil: int, min_width: int) -> Widths:
    """Bound every hidden unit: its row is known, and that its groups were too small to be rows.

    Twice: any of them may be empty, with ``min_width`` asked; or the attacker, who knows those that
    are not, adds up their row only, and hesitates between three values at least for each (but in
    the rows that give up everything).
    """
    empty = _measure(evidence, seuil, min(min_width, seuil - 1), 0)
    known = _measure(evidence, seuil, min(2, seuil - 2), 1)
    return replace(empty, etroites=empty.etroites + known.etroites)


def _measure(evidence: Evidence, seuil: int, min_width: int, least: int) -> Widths:
    last = len(evidence.names["gardees"]) + 1 - least
    trees = evidence.columns("arbres", avant=last)
    if not len(trees["num_ligne"]):
        return Widths(0, None, 0)
    chain = [trees[name] for name in trees if name.startswith("groupe_") and not least]
    overlapping = [_overlapping_groups(evidence, rank) for rank in range(len(chain))]
    rows = evidence.columns("lignes_des_arbres", avant=last)
    persons, files = (rows[name].astype(np.int64) for name in ("nb_titulaires", "nb_dossiers"))
    levels = _build_levels(
        trees["personnes"].astype(np.int64),
        [*chain, trees["num_ligne"]],
        [*overlapping, (rows["num_ligne"], persons)],
        seuil,
        least,
    )
    # What is published of a row: a person of two cells makes their sum larger than the persons, and
    # it is at most the dossiers.
    levels[-1].lower, levels[-1].upper = persons, files
    return _judge(levels, seuil, min_width)


def _overlapping_groups(evidence: Evidence, rank: int) -> tuple[npt.NDArray[np.generic], IntArray]:
    """Return the groups of which some person is in two cells, and how many persons they have."""
    groups = evidence.columns("personnes_de_plusieurs_cellules", niveau=rank)
    return groups["groupe"], groups["personnes"].astype(np.int64)


def _build_levels(
    person_counts: IntArray,
    chain: list[npt.NDArray[np.generic]],
    counts_by_column: list[tuple[npt.NDArray[np.generic], IntArray]],
    seuil: int,
    least: int,
) -> list[_Level]:
    """Go up from the cells to the rows. ``chain`` names the group of each cell at each level."""
    small = person_counts < seuil
    low, high = np.where(small, least, seuil), np.where(small, seuil - 1, UNBOUNDED)
    levels = [_Level(person_counts, low, high, np.arange(0))]
    first = np.arange(len(person_counts))
    for names, (groups, counts) in zip(chain, counts_by_column, strict=True):
        kept, places, parent = np.unique(names[first], return_index=True, return_inverse=True)
        below, first = levels[-1], first[places]
        below.parent = parent.astype(np.int64)
        count = len(kept)
        persons = _totals(below.parent, below.person_counts, count)
        order = np.argsort(groups)
        place = np.searchsorted(groups, kept, sorter=order).clip(max=max(len(groups) - 1, 0))
        if len(groups):
            known = groups[order[place]] == kept
            persons[known] = counts[order[place]][known]
        # A larger group was held back for its width.
        ceiling = np.where(persons < seuil, seuil - 1, UNBOUNDED)
        high = np.minimum(ceiling, _totals(below.parent, below.upper, count))
        levels.append(
            _Level(persons, _totals(below.parent, below.lower, count), high, np.arange(count))
        )
    return levels


def _judge(levels: list[_Level], seuil: int, min_width: int) -> Widths:
    """Go down from the rows, that are published, to the cells."""
    widths = list(_propagate_down(levels, seuil))
    all_widths = np.concatenate(widths)
    return Widths(
        petites=len(widths[-1]),
        minimum=int(all_widths.min()) if len(all_widths) else None,
        etroites=int((all_widths < min_width).sum()),
    )


def _propagate_down(levels: list[_Level], seuil: int) -> Iterator[IntArray]:
    """Tighten each group by the one that holds it, as on any tree: lo = B − the others' upper
    bounds, hi = B − the others' lower bounds. Yield the widths left to the small ones.

    A person of two groups counts in both: a bound that this contradicts stops at the truth.
    """
    for above, level in zip(levels[:0:-1], levels[-2::-1], strict=True):
        count, parent = len(above.lower), level.parent
        others_high = _totals(parent, level.upper, count)[parent] - level.upper
        others_low = _totals(parent, level.lower, count)[parent] - level.lower
        low = np.maximum(level.lower, above.lower[parent] - others_high)
        high = np.minimum(level.upper, above.upper[parent] - others_low)
        level.lower, level.upper = (
            np.minimum(low, level.person_counts),
            np.maximum(high, level.person_counts),
        )
        yield (level.upper - level.lower)[level.person_counts < seuil]


def _totals(parent: IntArray, values: IntArray, count: int) -> IntArray:
    return np.bincount(parent, values, minlength=count).astype(np.int64)
