"""What is asked ahead: the first reader of a version, and of a filter, waits for no statement."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.datasets import Dataset as Declared
from portal.context import AppContext
from portal.dashboards.declarations import read_dashboards
from portal.dashboards.facts import Reader
from portal.dashboards.selection import Selection
from portal.dashboards.shown import Shown, read_facts
from portal.dashboards.warming import Warmer
from portal.engine.cache import AnswerCache
from portal.engine.engine import Engine, Sql, Table
from portal.images.watch import WatchedCatalog
from portal.packages.dataset import Dataset
from portal.settings import read_settings
from tests.factories import small_dashboards
from tests.factories.small_datasets import USERS

pytestmark = pytest.mark.xdist_group("tableaux")

_NEXT = "2026.12.1"
_WANTED = (Selection(), Selection({"genre": "Femme"}), Selection(year=2023))


class CountingEngine(Engine):
    """Remembers the statements that it runs."""

    asked = 0

    async def read(self, query: Sql, **told: object) -> Table:
        self.asked += 1
        return await super().read(query, **told)  # type: ignore[arg-type]


@asynccontextmanager
async def served(folder: Path, hear: Callable[[Dataset], None]) -> AsyncIterator[AppContext]:
    """The publications of a folder, of which a ``Warmer`` hears before they are served."""
    base = folder.parent
    chosen = replace(read_settings(), images=base / "images", temporaire=base / "tmp")
    engine = CountingEngine(chosen)
    catalog = WatchedCatalog(folder, engine)
    shared = AppContext(engine, catalog, chosen, AnswerCache())
    warmer, loop = Warmer(shared), asyncio.get_running_loop()

    def before(dataset: Dataset) -> None:
        hear(dataset)
        asyncio.run_coroutine_threadsafe(warmer.before(dataset), loop).result(30)

    await catalog.start(before)
    running = asyncio.create_task(warmer.run())
    try:
        yield shared
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await catalog.stop()
        engine.close()


async def statements(shared: AppContext, selection: Selection) -> int:
    """Draw the dashboard of users as a reader does; return how many statements were run."""
    engine = shared.engine
    assert isinstance(engine, CountingEngine)
    before, dashboard = engine.asked, read_dashboards()["usagers"]
    current = {dataset.id: dataset for dataset in shared.catalog.datasets()}
    reader = Reader(shared, "lecteur", {name: current[name] for name in dashboard.sources})
    facts = await read_facts(reader, dashboard)
    shown = Shown(dashboard, selection, facts, reader, latest=True, site="")
    for chart in dashboard.charts.values():
        assert (await shown.figure(chart)).rows
    return engine.asked - before


def publish(folder: Path, datasets: dict[str, Declared], version: str, count: int) -> None:
    """Publish the users and their totals."""
    for name in (USERS, f"{USERS}_totaux"):
        rows = small_dashboards.rows_of(datasets, datasets[name], count)
        small_dashboards.write(folder, datasets[name], version, rows)


def test_the_first_reader_of_a_version_waits_for_no_statement(
    tmp_path: Path, datasets: dict[str, Declared]
) -> None:
    folder = tmp_path / "publications"
    publish(folder, datasets, small_dashboards.CURRENT, 2000)
    heard: list[str] = []

    async def scenario() -> None:
        async with served(folder, lambda dataset: heard.append(dataset.version)) as shared:
            assert heard == [small_dashboards.CURRENT] * 2
            assert await statements(shared, Selection()) == 0
            publish(folder, datasets, _NEXT, 3000)
            while {dataset.version for dataset in shared.catalog.datasets()} != {_NEXT}:
                await asyncio.sleep(0.01)
            assert await statements(shared, Selection()) == 0

    asyncio.run(scenario())
    assert heard == [small_dashboards.CURRENT] * 2 + [_NEXT] * 2


def test_filters_are_asked_ahead_without_any_reader(
    tmp_path: Path, datasets: dict[str, Declared]
) -> None:
    folder = tmp_path / "publications"
    publish(folder, datasets, small_dashboards.CURRENT, 2000)

    async def scenario() -> None:
        async with served(folder, lambda _: None) as shared:
            engine = shared.engine
            assert isinstance(engine, CountingEngine)
            seen = -1
            while engine.asked != seen:  # until nothing is asked any more
                seen = engine.asked
                await asyncio.sleep(1.5)
            assert [await statements(shared, wanted) for wanted in _WANTED] == [0, 0, 0]
            # What is not asked ahead is: the count would see it.
            two = Selection({"genre": "Femme", "region": "53"})
            assert await statements(shared, two) > 0

    asyncio.run(scenario())


def test_what_fails_ahead_keeps_nothing_from_being_served(
    tmp_path: Path, datasets: dict[str, Declared]
) -> None:
    folder = tmp_path / "publications"
    publish(folder, datasets, small_dashboards.CURRENT, 2000)

    def fail(_: Dataset) -> None:
        raise RuntimeError("refused")

    async def scenario() -> None:
        async with served(folder, fail) as shared:
            assert len(list(shared.catalog.datasets())) == 2
            assert await statements(shared, Selection()) > 0

    asyncio.run(scenario())
