"""The tables of exact totals that ``vars.totaux`` declares: by period, and what each adds up to."""

from collections.abc import Mapping
from typing import Any, NamedTuple

# Periods of totals, each within the next ones.
GRAINS = ("mois", "trimestre", "annee")
# Columns of totals whose small values are together, and the published column that says the others.
NAMED_IN_PART = {"certification_suivie": "code_certification"}


class TotalsTable(NamedTuple):
    """A table of exact totals: its ``grain`` (``mois``, ``trimestre``, ``annee``), its
    ``dimensions`` with those that they imply, and the last ``level`` of diffusion whose rows keep
    them all.

    ``tells_financers``: it says who finances, once a year is definitive. ``waits``: it tells only
    periods that are definitive as a whole.
    """

    nom: str
    grain: str
    dimensions: tuple[str, ...]
    level: int
    tells_financers: bool

    @property
    def waits(self) -> bool:
        """True when rows tell its dimensions in the definitive edition only."""
        return self.level == 1

    @property
    def columns(self) -> tuple[str, ...]:
        """Its dimensions, as a published file calls them."""
        return tuple(NAMED_IN_PART.get(column, column) for column in self.dimensions)

    @property
    def names_in_part(self) -> bool:
        """True when it has a dimension whose small values are told together."""
        return self.columns != self.dimensions

    def divides(self, other: "TotalsTable") -> bool:
        """Say whether cells of this table add up to cells of ``other``: those that it names."""
        return GRAINS.index(self.grain) <= GRAINS.index(other.grain) and set(other.columns) <= set(
            self.columns
        )

    def between(self, total: "TotalsTable", parts: "TotalsTable") -> bool:
        """Say whether whatever ``total`` and ``parts`` have in common follows from this table."""
        follows = self.divides(total) and parts.divides(self) and self not in (total, parts)
        # One that names all values says nothing of those that are together.
        named = set(self.columns) & set(NAMED_IN_PART.values())
        return follows and (self.names_in_part or not (parts.names_in_part and named))


def tables_of(
    declared: Mapping[str, list[str]], diffusion: Mapping[str, Any]
) -> tuple[TotalsTable, ...]:
    """Return the tables that a dataset declares; ``diffusion``: its block of the ``vars``."""
    return tuple(
        TotalsTable(
            name,
            period.split("_", maxsplit=1)[0],
            dimensions := tuple(
                dict.fromkeys(
                    told
                    for column in columns
                    for told in (column, *diffusion["implique"].get(column, ()))
                )
            ),
            _level(dimensions, diffusion),
            period.startswith("annee")
            and len(columns) <= 1
            and not {"code_certification", *NAMED_IN_PART}.intersection(columns),
        )
        for name, (period, *columns) in declared.items()
    )


def _level(dimensions: tuple[str, ...], diffusion: Mapping[str, Any]) -> int:
    """Last level of diffusion that gives up none of ``dimensions``."""
    drawn = {diffusion["tirees"].get(column, column) for column in dimensions}
    for level, columns in enumerate(diffusion["plan"], start=1):
        if drawn & set(columns):
            return level
    return len(diffusion["plan"]) + 1
