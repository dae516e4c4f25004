"""A picture of one day over time: the same measure in the last version kept of each month.

The version that is shown is asked as for any chart; the past ones, which have no image, in their
Parquet files: one at a time, and remembered, for versions never change.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.sql import literal
from orchestration.store.versions import parse_version
from portal.dashboards.breaks import breaks
from portal.dashboards.compute import Question, Source, expression, figure_of, with_filters
from portal.dashboards.figures import Figure, Row, Status
from portal.dashboards.french import format_period
from portal.dashboards.row_making import row_of
from portal.dashboards.statements import Conditions, Statement

# Months that are shown at most, and answers that are remembered.
_MONTHS, _MAX_KEPT = 36, 4096
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "400MB",
    "threads": "1",
    "autoinstall_known_extensions": "false",
}

_kept: OrderedDict[tuple[Path, Statement], object] = OrderedDict()
_turn = asyncio.Semaphore(1)


async def compute_versions(question: Question) -> Figure:
    """Compute one row per month of which a version is kept."""
    name = question.dashboard.detail
    source = with_filters(question, Source(name, Conditions()), None)
    statement = Statement(
        f"select {expression(question, source, question.measure)} from {{fichier}}"
        f"{source.conditions.where()}",
        source.conditions.parameters,
    )
    shown = question.reader.served[name].version
    rows: list[Row] = []
    queries = []
    for version in monthly(question.reader.versions(name), shown):
        if version == shown:
            ((value,),) = await question.reader.rows(name, statement)
        else:
            value = await _read(await question.reader.kept_file(name, version), statement)
        month = version[:7].replace(".", "-")
        row = row_of(month, format_period(month), value, 0, 1, provisional=False, dated=False)
        rows.append(row)
        address = question.addresses[name].replace(f"/{shown}/", f"/{version}/")
        queries.append(statement.published(address))
    filled = _with_gaps(rows)
    by_month = {row.code: row.value for row in filled}
    compared = tuple(
        replace(row, previous=by_month.get(f"{int(row.code[:4]) - 1}{row.code[4:]}"))
        for row in filled
    )
    return figure_of(
        question,
        source,
        compared,
        grain="mois",
        count=len(rows),
        queries=tuple(reversed(queries)),
        breaks=breaks(question.dashboard.name),
        notes=("Dernière version conservée de chaque mois ; les mois sans version sont vides.",),
    )


def monthly(versions: Sequence[str], shown: str) -> list[str]:
    """Return the last version of each month, the oldest first, none after the one that is shown."""
    last = parse_version(shown)
    by_month: dict[str, str] = {}
    for version in versions:  # the newest first
        parsed = parse_version(version)
        if parsed is not None and last is not None and parsed <= last:
            by_month.setdefault(version[:7], version)
    return sorted(by_month.values())[-_MONTHS:]


def _with_gaps(rows: Sequence[Row]) -> list[Row]:
    """Every month from the first one to the last one: those without version tell nothing."""
    told = {row.code: row for row in rows}
    if not told:
        return []
    months, (year, month) = [], map(int, min(told).split("-"))
    while (code := f"{year}-{month:02}") <= max(told):
        months.append(code)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004
    return [told.get(code, Row(code, format_period(code), None, Status.ABSENT)) for code in months]


async def _read(file: Path, statement: Statement) -> object:
    key = (file, statement)
    if key not in _kept:
        async with _turn:
            value = await asyncio.to_thread(_ask, file, statement)
        _kept[key] = value
        while len(_kept) > _MAX_KEPT:
            _kept.popitem(last=False)
    return _kept[key]


def _ask(file: Path, statement: Statement) -> object:
    with duckdb.connect(config=_CONFIG) as connection:
        text = statement.text.replace("{fichier}", f"read_parquet({literal(file)})")
        row = connection.execute(text, statement.parameters).fetchone()
    return row[0] if row else None
