"""How each shape of chart is computed: key figures, time, bars and maps, who pays."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from orchestration.datasets import GROUPED
from portal.dashboards.breaks import breaks
from portal.dashboards.compute import (
    Question,
    Source,
    complete,
    expression,
    figure_of,
    find_source,
    marks,
    row_of,
    whole,
    with_filters,
)
from portal.dashboards.declarations import Chart
from portal.dashboards.figures import REMAINDER, Figure, Row, Status
from portal.dashboards.french import format_period
from portal.dashboards.kept_versions import compute_versions
from portal.dashboards.selection import NONE, bad_request
from portal.dashboards.statements import Statement

_PERIOD = re.compile(r"\d{4}(-(T[1-4]|0[1-9]|1[0-2]))?", re.ASCII)
# Values of a dimension that a reader chooses.
_MOST = 5000
_PARTS = {"mois": 12, "trimestre": 4}


async def compute(question: Question) -> Figure:
    """Compute a chart, beside what it is compared with if that is asked."""
    figure = await _SHAPES[question.chart.shape](question)
    compared = question.selection.compare
    if not compared or question.chart.shape == "carte":
        return figure
    other = replace(question, selection=question.selection.compared(question.dashboard))
    if other.filters == question.filters:
        return figure
    reference = await _SHAPES[question.chart.shape](replace(other, chart=_whole(other)))
    return _beside(figure, reference, _place(question, other))


def _whole(question: Question) -> Chart:
    """The same chart with all of its bars, so that each has its reference."""
    return replace(question.chart, limit=0)


def _place(question: Question, other: Question) -> str:
    places = [item for item in question.dashboard.dimensions.values() if item.place]
    for item in places:
        code = other.selection.filters.get(item.name)
        if code is not None:
            return question.facts.values[item.name].get(code, code)
    return "France"


def _beside(figure: Figure, reference: Figure, name: str) -> Figure:
    told = {row.code: row for row in reference.rows}
    rows = tuple(
        replace(row, reference=other.value, reference_share=other.share)
        if (other := told.get(row.code)) and row.code != REMAINDER
        else row
        for row in figure.rows
    )
    return replace(figure, rows=rows, reference=name, queries=(*figure.queries, *reference.queries))


async def _key_figures(question: Question) -> Figure:
    """One row per measure, with the year before."""
    year = question.year
    source = find_source(question, set(question.filters), question.year_grains)
    measures = [question.dashboard.measures[name] for name in question.chart.measures]
    told = ", ".join(
        f"{expression(question, source, measure)} as {measure.name}" for measure in measures
    )
    rows: list[Row] = []
    queries = []
    previous: dict[str, float | int | None] = {}
    years: list[int | None] = [None] if year is None else [year - 1, year]
    for each in years:
        kept = with_filters(question, source, each)
        statement = Statement(
            f"select {told}, {marks(question, source)} from {{fichier}}{kept.conditions.where()}",
            kept.conditions.parameters,
        )
        ((*values, secrets, count, provisional),) = await question.reader.rows(
            source.dataset, statement
        )
        queries = [statement.published(question.addresses[source.dataset])]
        previous = {row.code: row.value for row in rows}
        rows = [
            replace(
                row_of(
                    measure.name,
                    measure.label,
                    value,
                    int(str(secrets)),
                    int(str(count)),
                    provisional=bool(provisional),
                    dated=year is not None,
                ),
                unit=measure.unit,
                previous=previous.get(measure.name),
            )
            for measure, value in zip(measures, values, strict=True)
        ]
    notes = () if source.exact or not question.dashboard.totals else (_FLOOR,)
    shown = tuple(row for row in rows if row.status is not Status.ABSENT)
    return figure_of(
        question, source, shown, year=year, queries=tuple(queries), notes=notes,
        provisional=any(row.provisional for row in shown), count=len(shown),
    )  # fmt: skip


_FLOOR = (
    "Aucun total publié ne croise ces filtres : les nombres sont des minimums, lus dans le détail, "
    "dont une partie est regroupée."
)


async def _time(question: Question) -> Figure:
    """One row per period, at the finest grain that totals tell for these filters."""
    periods = question.dashboard.periods
    source = find_source(question, set(question.filters), tuple(periods))
    kept = with_filters(question, source, None)
    column = "periode" if source.exact else periods[source.grain]
    statement = Statement(
        f"select {column} as periode, {expression(question, source, question.measure)} as valeur, "
        f"{marks(question, source)} from {{fichier}}{kept.conditions.where()} "
        "group by 1 order by 1",
        kept.conditions.parameters,
    )
    told = {
        str(period): row_of(
            str(period), format_period(str(period)), value, int(str(secrets)), int(str(count)),
            provisional=bool(provisional), dated=True,
        )
        for period, value, secrets, count, provisional in await question.reader.rows(
            source.dataset, statement
        )
    }  # fmt: skip
    all_periods = _all_periods(question, source.grain)
    nothing = 0 if question.measure.adds_up else None
    absent = Status.EXACT if question.measure.adds_up else Status.ABSENT
    rows = [
        told.get(period, Row(period, format_period(period), nothing, absent, edition="definitive"))
        for period in all_periods
    ]
    notes = [] if source.exact else [_FLOOR]
    part = _PARTS.get(source.grain, 1)
    rows = [
        replace(row, previous=rows[rank - part].value) if rank >= part else row
        for rank, row in enumerate(rows)
    ]
    if source.grain != next(iter(periods)) and source.exact:
        notes.append("Ces filtres ne sont croisés avec le temps qu'à cette maille.")
    return figure_of(
        question, source, tuple(rows), grain=source.grain, notes=tuple(notes), count=len(rows),
        queries=(statement.published(question.addresses[source.dataset]),),
        provisional=any(row.provisional for row in rows),
        breaks=breaks(question.dashboard.name),
    )  # fmt: skip


def _all_periods(question: Question, grain: str) -> list[str]:
    """Every period from the first year to the last one told: one without rows has no dossier."""
    facts = question.facts
    if not facts.years:
        return []
    years = range(facts.years[0], facts.years[-1] + 1)
    if grain == "annee":
        return [str(year) for year in years]
    sign, width = ("T", 1) if grain == "trimestre" else ("", 2)
    listed = [
        f"{year}-{sign}{part:0{width}}" for year in years for part in range(1, _PARTS[grain] + 1)
    ]
    return [period for period in listed if period <= _at_grain(facts.last, grain)]


def _at_grain(period: str, grain: str) -> str:
    year, _, part = period.partition("-")
    if grain == "trimestre" and not part.startswith("T"):
        return f"{year}-T{(int(part) + 2) // 3}"
    return period


async def _by_dimension(question: Question) -> Figure:
    """One row per value of a dimension, the greatest first unless they have an order."""
    dimension = question.dimension
    assert dimension is not None  # noqa: S101 (declarations are checked)
    year = question.year
    needed = {dimension.name, *question.filters}
    source = find_source(question, needed, question.year_grains)
    kept = with_filters(question, source, year)
    first = question.dashboard.measures[question.chart.measures[0]]
    statement = Statement(
        f"select {dimension.code} as code, "
        f"{expression(question, source, question.measure)} as valeur, "
        f"{marks(question, source)} from {{fichier}}{kept.conditions.where()} "
        f"group by 1 order by {expression(question, source, first)} desc nulls last, 1"
        + (f" limit {_MOST + 1}" if question.dashboard.built else ""),
        kept.conditions.parameters,
    )
    values = question.facts.values[dimension.name]
    read = await question.reader.rows(source.dataset, statement)
    if question.dashboard.built and len(read) > _MOST:
        raise bad_request(f"Cette colonne a plus de {_MOST} valeurs : aucun dessin ne les montre.")
    rows = [
        row_of(
            None if code is None else str(code),
            dimension.empty if code is None else values.get(str(code), str(code)),
            value, int(str(secrets)), int(str(count)),
            provisional=bool(provisional), dated=year is not None,
        )
        for code, value, secrets, count, provisional in read
        if code != GROUPED
    ]  # fmt: skip
    if question.chart.shape == "periode":
        rows = _periods(rows)
    if dimension.order:
        rows = _in_order(rows, list(dimension.order))
    total, total_query = await whole(question, year)
    shown, undetailed = complete(question, rows, total)
    return figure_of(
        question, source, shown, year=year, total=total, undetailed=undetailed, count=len(rows),
        provisional=any(row.provisional for row in rows) or _is_provisional(question, year),
        queries=(statement.published(question.addresses[source.dataset]), total_query),
        notes=_notes(question, source),
    )  # fmt: skip


def _periods(rows: Sequence[Row]) -> list[Row]:
    """Rows in the order of time. Raises ``ApiError`` (400) when they are no periods."""
    if any(not _PERIOD.fullmatch(row.code) for row in rows if row.code != NONE):
        raise bad_request("Cette colonne ne dit pas des périodes (2025, 2025-T1 ou 2025-01).")
    told = [replace(row, label=format_period(row.code)) for row in rows if row.code != NONE]
    return sorted(told, key=lambda row: row.code)


def _is_provisional(question: Question, year: int | None) -> bool:
    return year is not None and year in question.facts.years and year not in question.facts.settled


def _in_order(rows: Sequence[Row], order: Sequence[str]) -> list[Row]:
    ranks = {code: rank for rank, code in enumerate(order)}
    return sorted(rows, key=lambda row: ranks.get(row.code, len(ranks)))


def _notes(question: Question, source: Source) -> tuple[str, ...]:
    if source.exact or not question.dashboard.grouped:
        return ()
    return ("Aucun total publié ne croise ces filtres : le détail ne donne que des minimums.",)


async def _who_pays(question: Question) -> Figure:
    """One row per payer: the totals if they tell amounts by payer, else the detail."""
    year = question.year
    payers = question.dashboard.payers
    source = find_source(question, set(question.filters), question.year_grains)
    if not all(question.reader.has(source.dataset, column) for column in payers):
        source = Source(question.dashboard.detail, source.conditions.__class__())
    kept = with_filters(question, source, year)
    sums = ", ".join(f"round(sum({column}), 2) as {column}" for column in payers)
    statement = Statement(
        f"select {sums}, {marks(question, source)} from {{fichier}}{kept.conditions.where()}",
        kept.conditions.parameters,
    )
    ((*amounts, secrets, count, provisional),) = await question.reader.rows(
        source.dataset, statement
    )
    rows = [
        row_of(
            column, payers[column], amount, *_payer_marks(amount, secrets, count),
            provisional=bool(provisional), dated=True,
        )
        for column, amount in zip(payers, amounts, strict=True)
    ]  # fmt: skip
    rows.sort(key=lambda row: -(row.value or 0))
    total, total_query = await whole(question, year)
    shown, undetailed = complete(question, rows, total)
    return figure_of(
        question, source, shown, year=year, total=total, undetailed=undetailed, count=len(rows),
        provisional=bool(provisional) or _is_provisional(question, year),
        queries=(statement.published(question.addresses[source.dataset]), total_query),
        notes=() if source.exact else (_PAYERS,),
    )  # fmt: skip


def _payer_marks(amount: object, secrets: object, count: object) -> tuple[int, int]:
    """How many rows are secret, of how many: a payer whom no row tells is."""
    return (1, 1) if amount is None else (int(str(secrets)), int(str(count)))


_PAYERS = "Lu dans le détail, qui ne dit qui paie que pour une partie : ce sont des minimums."
_SHAPES: dict[str, Callable[[Question], Awaitable[Figure]]] = {
    "chiffres": _key_figures,
    "temps": _time,
    "barres": _by_dimension,
    "carte": _by_dimension,
    "periode": _by_dimension,
    "financeurs": _who_pays,
    "versions": compute_versions,
}
