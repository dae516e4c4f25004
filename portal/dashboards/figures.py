"""A figure: what a chart shows, computed; all that is drawn or written comes from its rows."""

from dataclasses import dataclass, field
from enum import StrEnum

from portal.dashboards.declarations import Chart, Dashboard, Measure
from portal.dashboards.selection import Selection

# Above, the share that is not broken down is in the title; above, no ranking is made.
TOLD_IN_TITLE, NO_RANKING = 0.2, 0.5
# Codes that are no value of a dimension.
OTHERS, REMAINDER = "AUTRES", "NON_VENTILE"
# Below, an evolution in percent means nothing.
_SMALLEST_BASE = 30


class Status(StrEnum):
    """What a value is worth: published as ``diffusion``."""

    EXACT = "publie"
    MINIMUM = "minimum"
    PARTIAL = "partiel"
    SECRET = "secret"  # noqa: S105 (statistical secrecy)
    UNTOLD = "non ventilé"
    ABSENT = "sans objet"


@dataclass(frozen=True)
class Row:
    """A value of a chart. ``share``: of the whole, from 0 to 1; ``edition``: as published.

    ``previous``: of the year before; ``reference``, ``reference_share``: of what it is compared
    with; ``unit``: where rows have units of their own.
    """

    code: str
    label: str
    value: float | int | None
    status: Status = Status.EXACT
    share: float | None = None
    edition: str = ""
    previous: float | int | None = None
    reference: float | int | None = None
    reference_share: float | None = None
    unit: str = ""

    @property
    def is_value(self) -> bool:
        """Tell whether it is a value of the dimension, not what remains."""
        return self.code not in (OTHERS, REMAINDER)

    @property
    def provisional(self) -> bool:
        """Tell whether the value may still change."""
        return self.edition == "provisoire"

    @property
    def evolution(self) -> float | None:
        """Evolution since the year before, where it means something."""
        if self.value is None or self.status is not Status.EXACT:
            return None
        if self.previous is None or self.previous < _SMALLEST_BASE:
            return None
        return float(self.value) / float(self.previous) - 1


@dataclass(frozen=True)
class Break:
    """Something that changed the rules: ``period`` is a month, ``source`` the text that says it."""

    period: str
    label: str
    source: str


@dataclass(frozen=True)
class Figure:
    """What a chart shows.

    ``source``, ``version``: the dataset that answered; ``table``: which of its totals; ``grain``:
    of a chart of time; ``where``: the filters in words; ``ignored``: those without effect;
    ``total``: of the whole; ``undetailed``: share of it that no row tells; ``count``: how many
    values there are; ``reference``: what it is compared with; ``queries``: SQL on the file.
    """

    dashboard: Dashboard
    chart: Chart
    measure: Measure
    selection: Selection
    rows: tuple[Row, ...]
    source: str
    version: str
    table: str = ""
    year: int | None = None
    grain: str = ""
    where: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    total: float | int | None = None
    undetailed: float | None = None
    count: int = 0
    provisional: bool = False
    reference: str = ""
    breaks: tuple[Break, ...] = ()
    queries: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def ranked(self) -> bool:
        """Tell whether its values may be ranked."""
        return (self.undetailed or 0) <= NO_RANKING

    @property
    def secrets(self) -> int:
        """How many values are secret."""
        return sum(row.status is Status.SECRET for row in self.rows)

    @property
    def highest(self) -> Row | None:
        """The row of the highest value."""
        told = [row for row in self.rows if row.value is not None and row.is_value]
        return max(told, key=lambda row: row.value or 0, default=None)
