"""Where the answer of a recipe and the truth differ, cell by cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Truth:
    """How a recipe is counted again.

    ``sql`` gives, by ``key``, the same columns as the recipe. A figure of ``at_least`` is a
    minimum: the truth is at most what the column that it names says is missing above it (None: no
    bound). One of ``unless`` is exact in the rows whose column is 0, a minimum in the others. All
    the others are exact; one of ``when`` is compared only in the rows whose column is true.
    ``told``: the least share of figures that are not empty. ``partial``: the recipe shows some rows
    of the truth only: the first ones by ``ranked_by``, if this is given.
    """

    sql: str
    key: tuple[str, ...]
    at_least: Mapping[str, str | None] = field(default_factory=dict)
    unless: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, str] = field(default_factory=dict)
    told: float = 0.9
    partial: bool = False
    ranked_by: str | None = None


@dataclass(frozen=True)
class Compared:
    """How many cells were compared, how many the recipe leaves empty, and which differ."""

    cells: int
    empty: int
    differences: tuple[str, ...]

    @property
    def told(self) -> float:
        """Share of the figures that the recipe tells."""
        return self.cells / max(self.cells + self.empty, 1)


def compare(recipe: Sequence[Row], truth: Sequence[Row], how: Truth) -> Compared:
    """Compare every figure that both have; what only one of them has is a difference."""
    expected = {_key(row, how): row for row in truth}
    assert len(expected) == len(truth), f"{how.key} is no key of the truth"
    differences, cells, empty = [], 0, 0
    for row in recipe:
        true_row = expected.get(_key(row, how))
        if true_row is None:
            differences.append(f"{_key(row, how)}: only in the recipe")
            continue
        for column in _figures(true_row, how):
            if column not in row:
                differences.append(f"{column}: not in the recipe")
            elif column in how.when and not row[how.when[column]]:
                continue
            elif row[column] is None and true_row[column] is not None:
                empty += 1
            else:
                cells += 1
                if not _agrees(row, true_row, column, how):
                    differences.append(
                        f"{_key(row, how)} {column}: {row[column]}, in truth {true_row[column]}"
                    )
    shown = {_key(row, how) for row in recipe}
    if len(shown) != len(recipe):
        differences.append(f"{how.key} is no key of the recipe")
    differences += _missing(recipe, [row for key, row in expected.items() if key not in shown], how)
    return Compared(cells, empty, tuple(differences))


def _key(row: Row, how: Truth) -> tuple[Any, ...]:
    return tuple(row[column] for column in how.key)


def _figures(row: Row, how: Truth) -> list[str]:
    return [column for column in row if column not in how.key]


def _agrees(row: Row, true_row: Row, column: str, how: Truth) -> bool:
    said, true = row[column], true_row[column]
    if column in how.at_least:
        missing = how.at_least[column]
        bound = None if missing is None else row[missing]
        return bool(said <= true and (bound is None or true <= said + bound))
    if column in how.unless and row[how.unless[column]]:
        return bool(said <= true)
    if isinstance(said, float) or isinstance(true, float):
        return said is not None and true is not None and abs(float(said) - float(true)) < 1e-9
    if isinstance(said, Decimal) or isinstance(true, Decimal):
        return said is not None and true is not None and Decimal(said) == Decimal(true)
    return bool(said == true)


def _missing(recipe: Sequence[Row], absent: Sequence[Row], how: Truth) -> list[str]:
    """Rows of the truth that the recipe should show."""
    if not how.partial:
        return [f"{_key(row, how)}: not in the recipe" for row in absent]
    if how.ranked_by is None:
        return []
    column, hidden = how.ranked_by, recipe[0]["non_ventiles"]
    last = min(row[column] for row in recipe)
    return [
        f"{_key(row, how)}: ranks before the last one shown"
        for row in absent
        if row[column] > last and row[column] > hidden
    ]
