"""Versions compared: what the difference of two published figures says, and of how many persons.

For each pair of versions, for each row and for each union of rows that keep the same dimensions
(every set of dimensions, every value), the published difference is held beside the true one. It
leaks when both are the same, not zero, and few persons make it: those whose own part changed. Of
the kind ``all`` (see ``changes``), the union's figure must be right in both versions too.

A union is counted once, whatever the sets of dimensions that give it.
"""

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from tests.attack.changes import COUNTS, Changes, Flags, Real, Whole, changes, prepare
from tests.attack.finding import Finding
from tests.attack.published import Version, present
from tests.attack.tables import AMOUNTS, DOMINANCE
from tests.attack.world import World


def attack_versions(world: World) -> list[Finding]:
    """Compare every pair of versions of each table."""
    counts = Finding("1b", "Écarts de versions : effectifs, durées")
    amounts = Finding("3", "Écarts de versions : montants")
    for history in world.histories.values():
        for version in history:
            prepare(world, version)
        for old, new in combinations(history, 2):
            kept = present(world.connection, old) & present(world.connection, new)
            label = f"{old.table.label} {old.label} → {new.label}"
            # A row is the union of the rows that have all its values, REGROUPE included.
            unions = [("key",), *old.table.subsets(kept)]
            for kind in _kinds(world, old, new):
                verdicts = _compare(changes(world, old, new, kind), unions, old.table.threshold)
                for finding, measures in ((counts, COUNTS), (amounts, AMOUNTS)):
                    _tell(finding, verdicts, measures, label)
    return [counts, amounts]


def _kinds(world: World, *versions: Version) -> list[str]:
    empty = (f"select count_if(nb_dossiers = 0) from {v.rows_table}" for v in versions)
    return ["told", "all"] if any(world.count(query)[0] for query in empty) else ["told"]


@dataclass
class _Verdict:
    """Of one measure, the unions (by number) that show a true change, leak it, of one person."""

    shown: set[int] = field(default_factory=set)
    leaks: set[int] = field(default_factory=set)
    alone: set[int] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)


def _tell(
    finding: Finding, verdicts: dict[str, _Verdict], measures: tuple[str, ...], label: str
) -> None:
    of_these = [verdicts[name] for name in measures if name in verdicts]
    shown, leaks, alone = (
        set().union(*(getattr(verdict, what) for verdict in of_these))
        for what in ("shown", "leaks", "alone")
    )
    examples = [f"{label} : {each}" for verdict in of_these for each in verdict.examples]
    finding.add(len(shown), len(leaks), len(alone), part=label, examples=examples)
    for name in measures:
        if name in verdicts:
            finding.tell(f"{label.split(maxsplit=1)[0]} {name}", len(verdicts[name].leaks))


def _compare(found: Changes, unions: list[tuple[str, ...]], k: int) -> dict[str, _Verdict]:
    """Judge every union of ``unions`` that no other one is."""
    verdicts = {name: _Verdict() for name in found.published}
    if not len(found.row_of):
        return verdicts
    marks = np.random.default_rng(0).integers(1, 2**62, len(found.codes), dtype=np.int64)
    seen: set[int] = set()
    for names in unions:
        columns = [found.names.index(name) for name in names]
        rows = np.flatnonzero(found.kept[:, columns].all(axis=1)) if columns else None
        group_of = _group(found.codes, columns, rows)
        count = group_of.max(initial=-1) + 1
        if not count:
            continue
        # A union is known by the sum of the marks of its rows.
        sums = np.zeros(count, dtype=np.int64)
        told = group_of >= 0
        np.add.at(sums, group_of[told], marks[told])
        fresh = np.array([mark not in seen for mark in sums.tolist()])
        seen.update(sums.tolist())
        if fresh.any():
            _judge(found, group_of, fresh, sums, k, verdicts, names)
    return verdicts


def _group(codes: Whole, columns: list[int], rows: Whole | None) -> Whole:
    """Number of the union of each row, −1 for a row that is in none."""
    if rows is None:
        return np.zeros(len(codes), dtype=np.int64)
    group_of = np.full(len(codes), -1, dtype=np.int64)
    combined = np.zeros(len(rows), dtype=np.int64)
    for column in columns:
        values = codes[rows, column]
        both = combined * (values.max(initial=0) + 1) + values
        combined = np.unique(both, return_inverse=True)[1]
    group_of[rows] = combined
    return group_of


def _judge(
    found: Changes, group_of: Whole, fresh: Flags, marks: Whole, k: int,
    verdicts: dict[str, _Verdict], names: tuple[str, ...],
) -> None:  # fmt: skip
    count = len(fresh)
    rows = np.flatnonzero(group_of >= 0)
    inside = np.flatnonzero(group_of[found.row_of] >= 0)
    if not len(inside):
        return
    pairs = group_of[found.row_of[inside]] * (found.person_of.max() + 1) + found.person_of[inside]
    people, person_at = np.unique(pairs, return_inverse=True)
    group_at = people // (found.person_of.max() + 1)
    starts = np.flatnonzero(np.r_[True, group_at[1:] != group_at[:-1]])

    def total(figures: Real) -> Real:
        return np.bincount(group_of[rows], figures[rows], count)

    def by_person(figures: Real) -> Real:
        return np.bincount(person_at, figures[inside], len(people))

    for name, verdict in verdicts.items():
        published = total(found.published[name])
        shown = fresh & (published != 0) & (published == total(found.true[name]))
        if name in found.missing:
            shown &= total(found.missing[name]) == 0
        if not shown.any():
            continue
        parts = by_person(found.parts[name])
        moved = parts != 0
        if name == "hours":  # a mean moves too with how many dossiers have some
            moved |= by_person(found.parts["with_hours"]) != 0
        makers = np.bincount(group_at, moved, count)
        few = (makers > 0) & (makers < k)
        if name in AMOUNTS:
            most = np.zeros(count)
            most[group_at[starts]] = np.maximum.reduceat(np.abs(parts), starts)
            total_moved = np.bincount(group_at, np.abs(parts), count)
            few |= (makers > 0) & (most * 100 >= DOMINANCE * total_moved)
        verdict.shown.update(marks[shown].tolist())
        verdict.leaks.update(marks[shown & few].tolist())
        for group in np.flatnonzero(shown & few)[: max(0, 3 - len(verdict.examples))]:
            row = np.flatnonzero(group_of == group)[0]
            union = ", ".join(f"{each}={found.values[each].iloc[row]}" for each in names)
            verdict.examples.append(f"{name} {published[group]:+.0f}, {makers[group]} : {union}")
        verdict.alone.update(marks[shown & few & (makers == 1)].tolist())
