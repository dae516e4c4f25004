"""One value per period, at the finest grain that totals tell for what is asked."""

from dataclasses import replace

from portal.dashboards.breaks import breaks
from portal.dashboards.compute import (
    FLOOR,
    Question,
    Source,
    answering,
    compatible,
    expression,
    figure_of,
    in_part,
    marks,
    with_filters,
)
from portal.dashboards.figures import Figure, Row, Status
from portal.dashboards.french import format_period
from portal.dashboards.row_making import known, row_of
from portal.dashboards.statements import Statement

_COARSER = "Ces filtres ne sont croisés avec le temps qu'à cette maille."
_DETAIL_COARSER = "Une partie des lignes ne dit pas de période plus fine que celle-ci."
_PARTS = {"mois": 12, "trimestre": 4}


async def compute_time(question: Question) -> Figure:
    """One row per period, at the finest grain that totals tell for these filters."""
    periods = question.dashboard.periods
    source = await answering(
        question, set(question.filters), question.grains or tuple(periods), None
    )
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
    untold = set(all_periods) if in_part(question, source) else set()
    if source.exact:
        untold = await _untold_periods(question, source)
    rows = [
        told.get(period) or _without_row(question, period, untold=period in untold)
        for period in all_periods
    ]
    notes = [FLOOR] if in_part(question, source) else []
    part = _PARTS.get(source.grain, 1)
    rows = [
        replace(row, previous=known(rows[rank - part])) if rank >= part else row
        for rank, row in enumerate(rows)
    ]
    if source.grain != next(iter(periods)):
        notes.append(_COARSER if source.exact else _DETAIL_COARSER)
    return figure_of(
        question, source, tuple(rows), grain=source.grain, notes=tuple(notes), count=len(rows),
        queries=(statement.published(question.addresses[source.dataset]),),
        provisional=any(row.provisional for row in rows),
        breaks=breaks(question.dashboard.name),
    )  # fmt: skip


def _without_row(question: Question, period: str, *, untold: bool) -> Row:
    """A period without row has no dossier, unless they are grouped with others."""
    label = format_period(period)
    if untold:
        return Row(period, label, None, Status.UNTOLD)
    if not question.measure.adds_up:
        return Row(period, label, None, Status.ABSENT, edition="definitive")
    return Row(period, label, 0, edition="definitive")


async def _untold_periods(question: Question, source: Source) -> set[str]:
    """Periods of which rows that are grouped may be about the values that are asked."""
    if not source.grouped & set(question.filters):
        return set()
    conditions = compatible(question, source.conditions, None)
    statement = Statement(
        f"select distinct periode from {{fichier}}{conditions.where()}", conditions.parameters
    )
    return {str(period) for (period,) in await question.reader.rows(source.dataset, statement)}


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
