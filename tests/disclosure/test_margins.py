"""What several tables of totals tell together is a table: otherwise nobody would judge it."""

from itertools import permutations

import pytest

from orchestration.datasets import Dataset
from orchestration.totals_tables import GRAINS, NAMED_IN_PART, TotalsTable
from tests.factories.small_datasets import PURCHASES, USERS

Margin = tuple[str, frozenset[str]]


def margin(grain: str, dimensions: set[str]) -> Margin:
    """Return a table's period and what it is broken down by; a name says whether it is told."""
    said = {part for part, whole in NAMED_IN_PART.items() if whole in dimensions}
    return grain, frozenset(dimensions - said)


def common(first: TotalsTable, second: TotalsTable) -> Margin:
    """Return what both add up to."""
    wide = [
        set(table.dimensions)
        | {part for part, whole in NAMED_IN_PART.items() if whole in table.dimensions}
        for table in (first, second)
    ]
    grain = max(first.grain, second.grain, key=GRAINS.index)
    return margin(grain, wide[0] & wide[1])


def told_by_rows(table: TotalsTable, level: int, dataset: Dataset) -> Margin:
    """Return what rows of a level keep of a table."""
    gone = {column for step in dataset.plan[: level - 1] for column in step}
    kept = {name for name in table.dimensions if dataset.drawn.get(name, name) not in gone}
    return margin(table.grain, kept)


@pytest.mark.parametrize("name", [PURCHASES, USERS])
def test_every_shared_margin_is_a_table(datasets: dict[str, Dataset], name: str) -> None:
    dataset = datasets[name]
    declared = {margin(table.grain, set(table.dimensions)) for table in dataset.tables}
    shared = {common(*pair) for pair in permutations(dataset.tables, 2)}
    levels = {
        told_by_rows(table, level, dataset)
        for table in dataset.tables
        for level in range(table.level + 1, len(dataset.plan) + 2)
    }
    assert len(shared | levels) > 10
    assert (shared | levels) - declared == set()
