"""Asking ahead what readers will ask: of a version before it is shown, then one filter at a time.

The engine's answers are kept (``engine.cache``), not pages, which bear the address that is called:
a page whose answers are known takes 15 ms. Nobody waits for what is asked here: one statement at a
time, and none while readers ask.
"""

import asyncio
import gc
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import structlog

from portal import metrics
from portal.context import AppContext
from portal.dashboards.declarations import Dashboard
from portal.dashboards.facts import Reader
from portal.dashboards.figures import Figure
from portal.dashboards.forms import forms, told_by
from portal.dashboards.selection import Selection
from portal.dashboards.shown import Shown, read_facts
from portal.errors import ApiError
from portal.packages.dataset import Dataset

_CLIENT = "avance"
_PERIOD, _PAUSE = 0.5, 0.005
# Filters of a dashboard that are asked ahead, at most: those that its first view leads to.
_MOST = 200


class Warmer:
    """Asks ahead, for one process of the server."""

    def __init__(self, shared: AppContext) -> None:
        self._shared = shared
        self._done: set[tuple[str, ...]] = set()

    async def before(self, dataset: Dataset) -> None:
        """Ask the first views of a version that is about to be served."""
        served = {item.id: item for item in self._shared.catalog.datasets()} | {dataset.id: dataset}
        for dashboard in forms(served.values(), self._shared.settings.publications):
            if dataset.id in dashboard.sources:
                await self._figures(await self._shown(dashboard, served, Selection()))

    async def run(self) -> None:
        """Ask the filters of what is served, as it changes."""
        while not self._shared.catalog.ready:
            await asyncio.sleep(_PERIOD)
        # What is there for good is looked through no more: a full round took 0.2 s of a request.
        gc.collect()
        gc.freeze()
        while True:
            served = list(self._shared.catalog.datasets())
            for dashboard in forms(served, self._shared.settings.publications):
                try:
                    await self._filters(dashboard)
                except Exception as error:  # whatever it is, readers are answered
                    structlog.get_logger().warning("avance", erreur=type(error).__name__)
            await asyncio.sleep(_PERIOD)

    async def _filters(self, dashboard: Dashboard) -> None:
        served = {item.id: item for item in self._shared.catalog.datasets()}
        versions = (dashboard.name, *(served[name].base for name in dashboard.sources))
        if versions in self._done:
            return
        self._done = {done for done in self._done if done[0] != dashboard.name} | {versions}
        with ExitStack() as leases:
            for name in dashboard.sources:
                served[name] = leases.enter_context(self._shared.catalog.lease(name))
            shown = await self._shown(dashboard, served, Selection())
            figures = await self._figures(shown)
            for rank, selection in enumerate(_selections(shown, figures)):
                if rank == _MOST:
                    break
                await self._figures(await self._shown(dashboard, served, selection))

    async def _shown(
        self, dashboard: Dashboard, served: Mapping[str, Dataset], selection: Selection
    ) -> Shown:
        reader = Reader(self._shared, _CLIENT, {name: served[name] for name in dashboard.sources})
        facts = await read_facts(reader, dashboard)
        told = told_by(dashboard, facts)
        return Shown(told, selection, facts, reader, latest=True, site="")

    async def _figures(self, shown: Shown) -> list[Figure]:
        figures = []
        for chart in shown.dashboard.charts.values():
            while self._shared.engine.busy:
                await asyncio.sleep(_PAUSE)
            try:
                figures.append(await shown.figure(chart))
            except ApiError:  # what is refused now is told to who asks
                continue
        metrics.AHEAD.inc()
        return figures


def _selections(shown: Shown, figures: list[Figure]) -> Iterator[Selection]:
    """What the first view leads to: the other years, and the values of its charts."""
    start = shown.selection
    for year in reversed(shown.facts.years):
        yield start.with_year(year)
    dimensions = shown.dashboard.dimensions
    for figure in figures:
        if figure.chart.dimension in dimensions:
            for row in figure.rows:
                if row.is_value:
                    yield start.toggled(figure.chart.dimension, row.code)
