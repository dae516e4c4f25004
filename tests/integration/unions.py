"""An attack on two editions of the same cohorts, from the dossiers that rows tell and nothing else.

Whoever has both editions subtracts any sum of rows: all those that keep the same columns, for each
choice of columns, of one cohort or of all. What is left is that of the persons who change.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import combinations

import pandas as pd

COARSE = "REGROUPE"
# Of a dossier: itself, its euros, its hours, and that it says them.
MEASURES = ["dossiers", "cents", "tenths", "timed"]


@dataclass(frozen=True)
class Recovered:
    """How many sums changed between the two, of how many that were subtracted.

    ``small``: sums that 1 to k - 1 persons change; ``dominated``: those that one does for the most.
    """

    sums: int = 0
    changing: int = 0
    small: int = 0
    dominated: int = 0

    def __add__(self, other: "Recovered") -> "Recovered":
        """Return both together."""
        return Recovered(*map(sum, zip(astuple(self), astuple(other), strict=True)))


def changes(before: pd.DataFrame, after: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return what changes in what each row (``keys``) tells of each person, by measure."""
    names = [*keys, "titulaire"]
    both = pd.concat([-_told(before, names), _told(after, names)]).groupby(level=names).sum()
    return both[both.ne(0).any(axis=1)].reset_index()


def _told(dossiers: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    measured = dossiers.assign(
        dossiers=1, tenths=dossiers["tenths"].fillna(0), timed=dossiers["tenths"].notna()
    )
    return measured.astype({"timed": int}).groupby(names)[MEASURES].sum()


def unions(rows: pd.DataFrame, columns: Sequence[str]) -> Iterator[pd.Series]:
    """Yield the name of the sum that each row is in, by row, for each choice of ``columns``.

    ``rows``: one line a row of the provisional edition, with its cohort.
    """
    for size in range(len(columns) + 1):
        for kept in combinations(columns, size):
            keeping = rows[(rows[list(kept)] != COARSE).all(axis=1)]
            for names in (["cohorte", *kept], list(kept)):
                named = keeping[names].astype(str).agg("|".join, axis=1) if names else ""
                yield pd.Series(named, index=keeping.index, dtype=object)


def attack(moved: pd.DataFrame, sums: Iterable[pd.Series], key: str, threshold: int) -> Recovered:
    """Subtract each sum of rows. ``moved``: from :func:`changes`, with ``key``, the row."""
    total = changing = small = dominated = 0
    for names in sums:
        total += names.nunique()
        parts = moved.assign(union=moved[key].map(names)).dropna(subset=["union"])
        by_person = parts.groupby(["union", "titulaire"])[MEASURES].sum().abs()
        by_union = by_person.groupby(level="union")
        persons = by_union.agg(lambda values: int((values > 0).sum()))
        largest, whole = by_union.max(), by_union.sum()
        changing += int((persons > 0).any(axis=1).sum())
        small += int(persons.isin(range(1, threshold)).any(axis=1).sum())
        dominated += int(((largest > 0) & (largest >= 0.85 * whole)).any(axis=1).sum())
    return Recovered(total, changing, small, dominated)
