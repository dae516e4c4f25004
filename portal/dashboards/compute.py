"""From a declared chart and what is asked to a figure: which table answers, and with what SQL."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestration.datasets import GROUPED
from portal.dashboards.declarations import Chart, Dashboard, Dimension, Measure
from portal.dashboards.facts import PRODUCER, Facts, Reader, TotalsTable
from portal.dashboards.figures import Figure, Row, Status
from portal.dashboards.row_making import number_of, worth_of
from portal.dashboards.selection import Selection, applies, code_of
from portal.dashboards.statements import Conditions, Statement

MASKED = "Le producteur a masqué des chiffres : les sommes qui en manquent sont des minimums."
LAST_PERIOD = "Données ouvertes du producteur : la dernière période peut être incomplète."
FLOOR = (
    "Aucun total publié ne croise ces filtres : les nombres sont des minimums, lus dans le détail, "
    "dont une partie est regroupée."
)


@dataclass(frozen=True)
class Question:
    """A chart that is asked: of which measure, filters and year.

    ``addresses`` gives the published file of each dataset; ``grains``: those of a chart of time, if
    they are not all.
    """

    dashboard: Dashboard
    chart: Chart
    selection: Selection
    facts: Facts
    reader: Reader
    addresses: Mapping[str, str]
    grains: tuple[str, ...] = ()

    @property
    def measure(self) -> Measure:
        """The measure that is shown."""
        asked = self.selection.measure
        name = asked if asked in self.chart.measures else self.chart.measures[0]
        return self.dashboard.measures[name]

    @property
    def dimension(self) -> Dimension | None:
        """What the chart breaks down by, if it is one of the dimensions."""
        return self.dashboard.dimensions.get(self.chart.dimension)

    @property
    def filters(self) -> dict[str, str]:
        """The filters that act on this chart."""
        return {
            name: code
            for name, code in self.selection.filters.items()
            if applies(self.dimension, name, self.dashboard.dimensions)
        }

    @property
    def year(self) -> int | None:
        """The year that is shown; none in a chart of time or a picture of one day."""
        if not self.dashboard.periods or self.chart.shape == "temps":
            return None
        if self.selection.year is not None:
            return self.selection.year
        dimensions = self.dashboard.dimensions
        waits = self.chart.settled or any(
            dimensions[name].settled for name in (*self.filters, self.chart.dimension) if name
        )
        last = self.facts.last_whole_year
        settled = [year for year in self.facts.settled if last is None or year <= last]
        return max(settled) if waits and settled else last

    @property
    def year_grains(self) -> tuple[str, ...]:
        """Grains of what may answer for a year: the year first, else what is within it."""
        return tuple(reversed(list(self.dashboard.periods)))


@dataclass(frozen=True)
class Source:
    """Rows that answer: those of a table of totals, or of the detail (``table`` empty).

    ``grouped``: the dimensions of which the table puts some values together.
    """

    dataset: str
    conditions: Conditions
    table: str = ""
    grain: str = "annee"
    grouped: frozenset[str] = frozenset()

    @property
    def exact(self) -> bool:
        """Tell whether they are totals."""
        return bool(self.table)


async def answering(
    question: Question, dimensions: set[str], grains: Sequence[str], year: int | None
) -> Source:
    """Find what tells these dimensions for these filters: totals, else the detail.

    ``grains`` come in the order in which they are wanted. A table that has grouped the value that
    is asked with others tells nothing of it: the next one is looked at.
    """
    dashboard = question.dashboard
    for table in _candidates(question, dimensions, grains):
        conditions = Conditions().equal("tableau", table.name)
        source = Source(dashboard.totals, conditions, table.name, table.grain, table.grouped)
        if not table.grouped & set(question.filters):
            return source
        exact, possible = await _matching(question, source, year)
        if exact or not possible:
            return source
    told = [grain for grain in grains if grain in question.facts.grains]
    return Source(dashboard.detail, Conditions(), "", next(iter(told or grains), ""))


def _candidates(
    question: Question, dimensions: set[str], grains: Sequence[str]
) -> list[TotalsTable]:
    """Tables that tell these dimensions: first those that tell nothing more, then the smallest.

    What is told beyond must be added up, and a secret makes a sum a minimum.
    """
    declared = question.dashboard.dimensions
    implied = {name for told in dimensions for name in declared[told].implies} | dimensions
    fitting = [
        table
        for table in question.facts.tables
        if table.grain in grains and dimensions <= table.dimensions
    ]
    return sorted(
        fitting,
        key=lambda table: (
            not table.dimensions <= implied,
            grains.index(table.grain),
            table.rows,
        ),
    )


async def _matching(question: Question, source: Source, year: int | None) -> tuple[int, int]:
    """Count the rows that the filters keep, and those that they may keep."""
    exact = with_filters(question, source, year).conditions
    possible = compatible(question, source.conditions, year)
    statement = Statement(
        f"select count(*) filter (where {' and '.join(exact.texts)}), count(*) "
        f"from {{fichier}}{possible.where()}",
        (*exact.parameters, *possible.parameters),
    )
    ((kept, candidates),) = await question.reader.rows(source.dataset, statement)
    return int(str(kept)), int(str(candidates))


def with_filters(question: Question, source: Source, year: int | None) -> Source:
    """Keep the rows of the filters and of the year."""
    conditions = source.conditions
    for name, text in question.filters.items():
        dimension = question.dashboard.dimensions[name]
        conditions = conditions.equal(dimension.code, code_of(text))
    if year is not None:
        conditions = conditions.equal(question.dashboard.periods["annee"], year)
    return replace(source, conditions=conditions)


def marks(question: Question, source: Source) -> str:
    """Return the SQL of what a group of rows is worth: how many are secret, of how many."""
    secret = secrets(source, question.measure)
    provisional = "bool_or(edition = 'provisoire')" if question.dashboard.periods else "false"
    return f"{secret} as secrets, count(*) as lignes, {provisional} as provisoire"


def secrets(source: Source, measure: Measure) -> str:
    """Return the SQL of how many rows hide a measure."""
    hidden = "diffusion = 'secret'" if source.exact else measure.masked
    return f"count(*) filter ({hidden})" if hidden else "0"


def expression(question: Question, source: Source, measure: Measure) -> str:
    """Return the SQL of a measure; what only totals can tell is nothing in the detail.

    What has no place is nothing of a place.
    """
    dimensions = question.dashboard.dimensions
    empty = measure.placeless and any(dimensions[name].place for name in question.filters)
    told = not empty and (source.exact or not measure.totals_only)
    return measure.expression if told else "cast(null as double)"


async def whole(question: Question, year: int | None) -> tuple[float | int | None, str]:
    """Return the measure of all that the filters keep, and its query; nothing if it is a minimum.

    Exact from totals. Where rows are grouped (the detail, a provisional period), they may belong to
    it: the most that it can be.
    """
    source = await answering(question, set(question.filters), question.year_grains, year)
    measure = expression(question, source, question.measure)
    conditions = compatible(question, source.conditions, year)
    if source.exact and source.grouped & set(question.filters):
        # Where totals tell a value apart, what is grouped is the others.
        told = with_filters(question, source, year).conditions
        conditions = conditions.unless_told("periode", told)
    source = replace(source, conditions=conditions)
    statement = Statement(
        f"select {measure} as valeur, {marks(question, source)} from {{fichier}}"
        f"{source.conditions.where()}",
        source.conditions.parameters,
    )
    ((value, hidden, *_),) = await question.reader.rows(source.dataset, statement)
    query = statement.published(question.addresses[source.dataset])
    # Of our own detail, the amounts that are not told are part of what is not broken down.
    unknown = hidden and (source.exact or question.facts.by_others)
    return (None if unknown else number_of(value)), query


def compatible(question: Question, conditions: Conditions, year: int | None) -> Conditions:
    """Rows that the filters keep, or may keep: what is grouped tells nothing."""
    for name, text in question.filters.items():
        code = question.dashboard.dimensions[name].code
        told = code_of(text)
        grouped = (told, GROUPED) if question.facts.grouped else (told,)
        conditions = conditions.one_of(code, grouped)
    if year is not None:
        conditions = conditions.equal(question.dashboard.periods["annee"], year)
    return conditions


def figure_of(question: Question, source: Source, rows: tuple[Row, ...], **told: Any) -> Figure:
    """Make the figure, with what all of them tell."""
    dashboard = question.dashboard
    dimensions, filters = dashboard.dimensions, question.filters
    where = tuple(
        question.facts.values[name].get(code_of(text), text) for name, text in filters.items()
    )
    ignored = tuple(
        dimensions[name].label
        for name in question.selection.filters
        if name not in filters and name != question.chart.dimension
    )
    rows = tuple(
        worth_of(
            row,
            dashboard.measures.get(row.code, question.measure),
            grouped=in_part(question, source),
        )
        for row in rows
    )
    if question.facts.by_others:
        rows = tuple(replace(row, edition=row.edition and PRODUCER) for row in rows)
        told["notes"] = (*told.get("notes", ()), *_by_others(question, rows))
    return Figure(
        dashboard=dashboard,
        chart=question.chart,
        measure=question.measure,
        selection=question.selection,
        rows=rows,
        source=source.dataset,
        version=question.reader.served[source.dataset].version,
        table=source.table,
        where=where,
        ignored=ignored,
        **told,
    )


def in_part(question: Question, source: Source) -> bool:
    """Tell whether rows that are grouped may hold part of what is told apart."""
    apart = question.filters or question.dimension or question.chart.shape == "financeurs"
    return question.facts.grouped and not source.exact and bool(apart)


def _by_others(question: Question, rows: Sequence[Row]) -> Iterator[str]:
    """What must be known of rows that another publisher has told, and masked."""
    if question.chart.shape == "temps":
        yield LAST_PERIOD
    if any(row.status in (Status.SECRET, Status.MINIMUM, Status.PARTIAL) for row in rows):
        yield MASKED


def is_provisional(question: Question, year: int | None) -> bool:
    """Tell whether a year may still change."""
    return year is not None and year in question.facts.years and year not in question.facts.settled
