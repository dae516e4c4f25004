"""What a version can tell: its tables of totals, its periods, the values to filter by.

Versions never change: all of it is asked once for each, and kept.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.datasets import ALL_TOGETHER, GROUPED
from portal.api.ask import ask
from portal.context import AppContext
from portal.dashboards.declarations import Dashboard, Dimension
from portal.dashboards.statements import Statement
from portal.engine.engine import Table
from portal.mirror import bring
from portal.packages.dataset import Dataset

_MAX_KEPT = 64
# The edition of rows of another publisher; the code of what they do not tell.
PRODUCER, UNKNOWN = "producteur", "NR"


@dataclass(frozen=True)
class TotalsTable:
    """A table of exact totals: its grain, the dimensions that it tells, how many rows it has.

    ``grouped``: those of which it puts some values together.
    """

    name: str
    grain: str
    dimensions: frozenset[str]
    rows: int
    grouped: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """What the sources of a dashboard can tell.

    ``last``: the last period of the finest grain; ``years``: those told, the oldest first;
    ``settled``: those that are definitive. ``values``: by dimension, texts by code, in their order.
    ``grains``: those that every row of the detail tells; ``grouped``: some rows of it stand for
    several values; ``by_others``: they are those of another publisher, who may mask figures;
    ``measures``: those that some row tells; ``payers``: whether one tells who pays.
    """

    tables: tuple[TotalsTable, ...]
    last: str
    years: tuple[int, ...]
    settled: frozenset[int]
    values: Mapping[str, Mapping[str | None, str]]
    grains: tuple[str, ...] = ()
    grouped: bool = False
    by_others: bool = False
    measures: frozenset[str] = frozenset()
    payers: bool = False

    def tells(self, dimension: str) -> bool:
        """Tell whether some row has a value of a dimension."""
        return any(code not in (None, UNKNOWN) for code in self.values[dimension])

    @property
    def last_whole_year(self) -> int | None:
        """The last year of which every period is told."""
        if not self.years:
            return None
        whole = self.last.endswith(("-12", "-T4"))
        return next(
            (year for year in reversed(self.years) if whole or not self.last.startswith(str(year))),
            self.years[-1],
        )


class Reader:
    """Asks the versions that a page shows; ``served`` are leased while it does.

    Charts of a page ask the same at the same time, such as the whole that they are shares of: once.
    """

    def __init__(self, shared: AppContext, client: str, served: Mapping[str, Dataset]) -> None:
        self._shared = shared
        self._client = client
        self.served = served
        self._asked: dict[tuple[str, Statement], asyncio.Task[Table]] = {}

    async def rows(self, name: str, statement: Statement) -> Sequence[tuple[object, ...]]:
        """Return the rows of a statement asked of a dataset. Raises ``ApiError``."""
        key = (name, statement)
        if key not in self._asked:
            query = statement.asked(self.served[name].base)
            self._asked[key] = asyncio.create_task(ask(self._shared, self._client, query))
        return (await self._asked[key]).lignes

    def versions(self, name: str) -> Sequence[str]:
        """Return the versions of a dataset that are kept, the newest first."""
        return self._shared.catalog.versions(name)

    async def kept_file(self, name: str, version: str) -> Path:
        """Return the Parquet file of a past version, once it is there. Raises ``ApiError``."""
        await bring(self._shared.settings, name, version)
        return self.file(name, version)

    def file(self, name: str, version: str) -> Path:
        """Return the Parquet file of a version of a dataset."""
        return self._shared.settings.publications / name / version / f"{name}.parquet"

    def has(self, name: str, column: str) -> bool:
        """Tell whether a dataset has a column, in the version that is shown."""
        return column in self.served[name].by_name


class FactsKeeper:
    """Keeps the facts of the versions shown last."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], Facts] = {}

    async def read(self, reader: Reader, dashboard: Dashboard) -> Facts:
        """Return what the sources of a dashboard can tell."""
        versions = [f"{name}@{reader.served[name].version}" for name in dashboard.sources]
        key = (dashboard.name, *versions)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        facts = await _read(reader, dashboard)
        while len(self._kept) >= _MAX_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = facts
        return facts


async def _read(reader: Reader, dashboard: Dashboard) -> Facts:
    tables = await _tables(reader, dashboard) if dashboard.totals else ()
    detail = await read_detail(reader, dashboard)
    periods = (
        await _periods(reader, dashboard, detail.grains[0])
        if dashboard.periods
        else ("", (), frozenset[int]())
    )
    values = {
        dimension.name: await _values(reader, dashboard, dimension, tables)
        for dimension in dashboard.dimensions.values()
    }
    return replace(detail, tables=tables, last=periods[0], years=periods[1], settled=periods[2],
                   values=values)  # fmt: skip


async def read_detail(reader: Reader, dashboard: Dashboard) -> Facts:
    """Return what the detail tells, its values apart; of measures, what totals tell with it."""
    name, periods = dashboard.detail, dashboard.periods
    marks = {
        "niveau_diffusion": "bool_or(niveau_diffusion > 0)",
        "edition": f"bool_or(edition = '{PRODUCER}')",
    }
    grouped, by_others = (
        text if reader.has(name, column) else "bool_or(false)" for column, text in marks.items()
    )
    told = [f"bool_and(cast({column} as varchar) <> '{GROUPED}')" for column in periods.values()]
    told += [
        "false" if item.totals_only else f"{item.expression} is not null"
        for item in dashboard.measures.values()
        if not dashboard.built
    ]
    payers = " or ".join(f"count({column}) > 0" for column in dashboard.payers) or "false"
    told = [grouped, by_others, payers, *told]
    ((is_grouped, is_public, told_payers, *flags),) = await reader.rows(
        name, Statement(f"select {', '.join(told)} from {{fichier}}")
    )
    return Facts(
        (), "", (), frozenset(), {},
        grains=tuple(grain for grain, flag in zip(periods, flags, strict=False) if flag),
        grouped=bool(is_grouped),
        by_others=bool(is_public),
        measures=frozenset(
            measure
            for measure, flag in zip(dashboard.measures, flags[len(periods) :], strict=False)
            if flag or dashboard.totals
        ),
        payers=bool(told_payers) or bool(dashboard.totals),
    )  # fmt: skip


async def _tables(reader: Reader, dashboard: Dashboard) -> tuple[TotalsTable, ...]:
    """Read in the rows themselves which tables there are: a past version had its own."""
    finer = list(dashboard.periods.values())[:-1]
    codes = [item.code for item in dashboard.dimensions.values()]
    told = [f"bool_or({code} is distinct from '{ALL_TOGETHER}')" for code in (*finer, *codes)]
    told += [f"coalesce(bool_or({code} = '{GROUPED}'), false)" for code in codes]
    rows = await reader.rows(
        dashboard.totals,
        Statement(
            f"select tableau, count(*), {', '.join(told)} from {{fichier}} group by 1 order by 2, 1"
        ),
    )
    *finer_grains, coarsest = dashboard.periods
    return tuple(
        TotalsTable(
            name=str(name),
            grain=next(
                (grain for grain, is_told in zip(finer_grains, flags, strict=False) if is_told),
                coarsest,
            ),
            dimensions=_flagged(dashboard, flags[len(finer) : len(finer) + len(codes)]),
            rows=int(str(count)),
            grouped=_flagged(dashboard, flags[len(finer) + len(codes) :]),
        )
        for name, count, *flags in rows
    )


def _flagged(dashboard: Dashboard, flags: Sequence[object]) -> frozenset[str]:
    return frozenset(name for name, flag in zip(dashboard.dimensions, flags, strict=True) if flag)


async def _periods(
    reader: Reader, dashboard: Dashboard, finest_told: str
) -> tuple[str, tuple[int, ...], frozenset[int]]:
    *_, year = dashboard.periods.values()
    finest = dashboard.periods[next(iter(dashboard.periods)) if dashboard.totals else finest_told]
    name = dashboard.sources[0]
    # In a table of a coarser grain, the finer period is "all together".
    last = f"max({finest}) filter ({finest} <> '{ALL_TOGETHER}')"
    rows = await reader.rows(
        name,
        Statement(
            f"select {year}, {last}, bool_and(edition <> 'provisoire') from {{fichier}} "
            "group by 1 order by 1"
        ),
    )
    years = tuple(int(str(row[0])) for row in rows)
    return (
        max((str(row[1]) for row in rows if row[1] is not None), default=""),
        years,
        frozenset(int(str(row[0])) for row in rows if row[2]),
    )


async def _values(
    reader: Reader, dashboard: Dashboard, dimension: Dimension, tables: Sequence[TotalsTable]
) -> Mapping[str | None, str]:
    """Return the values of a dimension that can be filtered by."""
    told = any(dimension.name in table.dimensions for table in tables)
    source = dashboard.totals if told else dashboard.detail
    rows = await reader.rows(
        source,
        Statement(
            f"select {dimension.code} as code, any_value({dimension.text}) from {{fichier}} "
            f"where {dimension.code} is distinct from '{ALL_TOGETHER}' "
            f"and {dimension.code} is distinct from '{GROUPED}' group by 1 order by 2, 1"
        ),
    )
    read = {
        None if code is None else str(code): dimension.empty if code is None else str(text or code)
        for code, text in rows
    }
    if not dimension.order:
        return read
    ranks = {code: rank for rank, code in enumerate(dimension.order)}
    in_order = sorted(read, key=lambda code: ranks.get(str(code), len(ranks)))
    return {code: dimension.order.get(str(code), read[code]) for code in in_order}
