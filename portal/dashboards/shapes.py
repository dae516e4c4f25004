"""How each shape of chart is computed: key figures, time, bars and maps, who pays."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from orchestration.datasets import GROUPED
from portal.dashboards.compute import (
    FLOOR,
    Question,
    Source,
    answering,
    expression,
    figure_of,
    in_part,
    is_provisional,
    marks,
    secrets,
    whole,
    with_filters,
)
from portal.dashboards.declarations import Chart
from portal.dashboards.figures import REMAINDER, Figure, Row, Status
from portal.dashboards.french import format_period
from portal.dashboards.kept_versions import compute_versions
from portal.dashboards.over_time import compute_time
from portal.dashboards.payers import compute_payers
from portal.dashboards.row_making import complete, known, row_of
from portal.dashboards.selection import NONE, bad_request
from portal.dashboards.statements import Statement

_PERIOD = re.compile(r"\d{4}(-(T[1-4]|0[1-9]|1[0-2]))?", re.ASCII)
# Values of a dimension that a reader chooses.
_MOST = 5000


async def compute(question: Question) -> Figure:
    """Compute a chart, beside what it is compared with if that is asked."""
    figure = await _SHAPES[question.chart.shape](question)
    compared = question.selection.compare
    if not compared or question.chart.shape == "carte":
        return figure
    other = replace(question, selection=question.selection.compared(question.dashboard))
    if other.filters == question.filters:
        return figure
    # What is compared is told for the same periods.
    grains = (figure.grain,) if question.chart.shape == "temps" else ()
    reference = await _SHAPES[question.chart.shape](
        replace(other, chart=_whole(other), grains=grains)
    )
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
    source = await answering(question, set(question.filters), question.year_grains, year)
    measures = [question.dashboard.measures[name] for name in question.chart.measures]
    told = ", ".join(
        f"{expression(question, source, measure)} as {measure.name}" for measure in measures
    )
    hidden = [secrets(source, measure) for measure in measures]
    reasons = list(dict.fromkeys(hidden))
    rows: list[Row] = []
    queries = []
    previous: dict[str, float | int | None] = {}
    years: list[int | None] = [None] if year is None else [year - 1, year]
    for each in years:
        kept = with_filters(question, source, each)
        statement = Statement(
            f"select {told}, {', '.join(reasons)}, {marks(question, source)} from {{fichier}}"
            f"{kept.conditions.where()}",
            kept.conditions.parameters,
        )
        ((*values, _, count, provisional),) = await question.reader.rows(source.dataset, statement)
        queries = [statement.published(question.addresses[source.dataset])]
        masked = dict(zip(reasons, values[len(measures) :], strict=True))
        previous = {row.code: known(row) for row in rows}
        rows = [
            replace(
                row_of(
                    measure.name,
                    measure.label,
                    value,
                    int(str(masked[reason])),
                    int(str(count)),
                    provisional=bool(provisional),
                    dated=year is not None,
                ),
                unit=measure.unit,
                previous=previous.get(measure.name),
            )
            for measure, value, reason in zip(measures, values, hidden, strict=False)
        ]
    notes = (FLOOR,) if in_part(question, source) else ()
    shown = tuple(row for row in rows if row.status is not Status.ABSENT)
    return figure_of(
        question, source, shown, year=year, queries=tuple(queries), notes=notes,
        provisional=any(row.provisional for row in shown), count=len(shown),
    )  # fmt: skip


async def _by_dimension(question: Question) -> Figure:
    """One row per value of a dimension, the greatest first unless they have an order."""
    dimension = question.dimension
    assert dimension is not None  # noqa: S101 (declarations are checked)
    year = question.year
    needed = {dimension.name, *question.filters}
    source = await answering(question, needed, question.year_grains, year)
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
    if source.exact and source.grain != "annee" and len(rows) < len(read):
        # Some periods of the year tell it, others do not.
        rows = [
            replace(row, status=Status.MINIMUM) if row.status is Status.EXACT else row
            for row in rows
        ]
    if question.chart.shape == "periode":
        rows = _periods(rows)
    if dimension.order:
        rows = _in_order(rows, list(dimension.order))
    total, total_query = await whole(question, year)
    shown, undetailed = complete(question.measure, question.chart.limit, rows, total)
    return figure_of(
        question, source, shown, year=year, total=total, undetailed=undetailed, count=len(rows),
        provisional=any(row.provisional for row in rows) or is_provisional(question, year),
        queries=(statement.published(question.addresses[source.dataset]), total_query),
        notes=_notes(question, source),
    )  # fmt: skip


def _periods(rows: Sequence[Row]) -> list[Row]:
    """Rows in the order of time. Raises ``ApiError`` (400) when they are no periods."""
    if any(not _PERIOD.fullmatch(row.code) for row in rows if row.code != NONE):
        raise bad_request("Cette colonne ne dit pas des périodes (2025, 2025-T1 ou 2025-01).")
    told = [replace(row, label=format_period(row.code)) for row in rows if row.code != NONE]
    return sorted(told, key=lambda row: row.code)


def _in_order(rows: Sequence[Row], order: Sequence[str]) -> list[Row]:
    ranks = {code: rank for rank, code in enumerate(order)}
    return sorted(rows, key=lambda row: ranks.get(row.code, len(ranks)))


def _notes(question: Question, source: Source) -> tuple[str, ...]:
    if not in_part(question, source):
        return ()
    return ("Aucun total publié ne croise ces filtres : le détail ne donne que des minimums.",)


_SHAPES: dict[str, Callable[[Question], Awaitable[Figure]]] = {
    "chiffres": _key_figures,
    "temps": compute_time,
    "barres": _by_dimension,
    "carte": _by_dimension,
    "periode": _by_dimension,
    "financeurs": compute_payers,
    "versions": compute_versions,
}
