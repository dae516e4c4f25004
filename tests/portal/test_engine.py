"""The engine of the portal: limits, fairness, cancellation, with queries that really last."""

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from portal.engine.engine import Engine, Lane, Sql, Table
from portal.engine.slots import Limits, Slots
from portal.engine.stream import read_batches
from portal.errors import ApiError
from portal.settings import Settings, read_settings

HEAVY = Sql("select sum(a.range * b.range) from range(100000) a, range(1000000) b")
LIGHT = Sql("select ? + 1 as n", (1,))

EngineFactory = Callable[..., Engine]


@pytest.fixture
def make_engine(tmp_path: Path) -> Iterator[EngineFactory]:
    engines: list[Engine] = []

    def make(**changes: Any) -> Engine:
        base = Settings(tmp_path / "p", tmp_path / "s", tmp_path / "i", tmp_path / "t")
        engines.append(Engine(dataclasses.replace(base, memoire="300MB", **changes)))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


async def _code(answer: Awaitable[Table]) -> str:
    try:
        await answer
    except ApiError as error:
        return f"{error.status} {error.code}{'' if 'Retry-After' in error.headers else ' !'}"
    return "200"


def test_a_query_returns_its_columns_and_rows(make_engine: EngineFactory) -> None:
    assert asyncio.run(make_engine().read(LIGHT)) == Table(("n",), [(2,)])


def test_a_query_that_takes_too_long_is_stopped(make_engine: EngineFactory) -> None:
    engine = make_engine(limite_rapide=0.6, limite_lente=0.3)

    async def scenario() -> None:
        for lane, least in ((Lane.QUICK, 0.6), (Lane.SLOW, 0.3)):
            start = time.perf_counter()
            assert await _code(engine.read(HEAVY, lane=lane)) == "503 QueryTimeout"
            assert least <= time.perf_counter() - start < least + 1
        await asyncio.sleep(0.3)
        assert engine.slow_slots.free == engine.settings.lentes

    asyncio.run(scenario())


def test_a_client_that_leaves_frees_its_slot(make_engine: EngineFactory) -> None:
    engine = make_engine()

    async def scenario() -> None:
        tasks = [asyncio.create_task(engine.read(HEAVY)) for _ in range(6)]
        await asyncio.sleep(1)
        assert engine.slow_slots.free == 0
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.5)
        slots = (engine.slow_slots, engine.new_slots, engine.known_slots)
        assert [slot.free for slot in slots] == [slot.limits.count for slot in slots]
        assert not any(slot.waiting for slot in slots)

    asyncio.run(scenario())


@pytest.mark.slow
@pytest.mark.parametrize("text", ["select ? + 1 as n", "select ? + {} as n"])
def test_a_hundred_heavy_queries_do_not_starve_light_ones(
    make_engine: EngineFactory, text: str
) -> None:
    """All from one address, all heavy texts new to the engine; light ones known, then new too."""
    engine = make_engine(limite_rapide=1.5, patience=4.0)

    async def light() -> list[float]:
        durations = []
        for number in range(40):
            start = time.perf_counter()
            assert (await engine.read(Sql(text.format(number), (number,)))).lignes
            durations.append(time.perf_counter() - start)
            await asyncio.sleep(0.05)
        return durations

    async def scenario() -> tuple[list[float], list[str]]:
        await engine.read(LIGHT)
        heavy = [Sql(f"{HEAVY.text} where a.range > {number}") for number in range(100)]
        tasks = [asyncio.create_task(_code(engine.read(item))) for item in heavy]
        await asyncio.sleep(0)
        return await light(), await asyncio.gather(*tasks)

    durations, codes = asyncio.run(scenario())
    assert max(durations) < 1
    assert set(codes) <= {"503 QueryTimeout", "503 ServiceUnavailable", "429 TooManyRequests"}
    assert codes.count("503 QueryTimeout") < 50  # the others were refused before they ran


def test_clients_take_turns() -> None:
    async def scenario() -> list[str]:
        slots = Slots("essai", Limits(1, 10, 10, 5))
        await slots.acquire("a")
        order: list[str] = []

        async def wait(client: str) -> None:
            await slots.acquire(client)
            order.append(client)
            slots.release()

        tasks = [asyncio.create_task(wait(client)) for client in ("a", "a", "a", "b")]
        await asyncio.sleep(0)
        slots.release()
        await asyncio.gather(*tasks)
        assert slots.free == 1
        return order

    assert asyncio.run(scenario()) == ["a", "b", "a", "a"]


def test_a_client_that_waits_too_long_is_refused() -> None:
    async def scenario() -> None:
        slots = Slots("essai", Limits(1, 1, 1, 0.05))
        await slots.acquire("a")
        with pytest.raises(ApiError) as late:
            await slots.acquire("a")
        assert late.value.status == 503
        waiting = asyncio.create_task(slots.acquire("a"))
        await asyncio.sleep(0)
        with pytest.raises(ApiError) as refusal:
            await slots.acquire("b")
        assert refusal.value.status == 429
        slots.release()
        await waiting
        assert slots.free == 0

    asyncio.run(scenario())


def test_lack_of_memory_is_told(make_engine: EngineFactory) -> None:
    engine = make_engine()
    greedy = Sql("select length(string_agg(repeat('x', 1000))) from range(2000000)")
    assert asyncio.run(_code(engine.read(greedy))) == "503 QueryMemory"


def test_a_stream_returns_everything_in_order(make_engine: EngineFactory) -> None:
    engine = make_engine()

    async def scenario() -> list[int]:
        values: list[int] = []
        async for batch in read_batches(engine, Sql("select range as n from range(?)", (100_000,))):
            values += batch.column(0).to_pylist()
        await asyncio.sleep(0.1)
        assert engine.slow_slots.free == engine.settings.lentes
        return values

    assert asyncio.run(scenario()) == list(range(100_000))


def test_a_stream_that_nobody_reads_gives_up_its_slot(make_engine: EngineFactory) -> None:
    engine = make_engine(lentes=1)

    async def scenario() -> None:
        stream = read_batches(engine, Sql("select range from range(100000000)"))
        await anext(stream)
        assert engine.slow_slots.free == 0
        await asyncio.sleep(1.2)
        assert engine.slow_slots.free == 1
        await anext(stream)
        assert engine.slow_slots.free == 0
        await stream.aclose()
        await asyncio.sleep(0.2)
        assert engine.slow_slots.free == 1

    asyncio.run(scenario())


def test_a_stream_abandoned_while_computing_is_stopped(make_engine: EngineFactory) -> None:
    engine = make_engine()

    async def scenario() -> None:
        async def read() -> None:
            async for _ in read_batches(engine, HEAVY):
                pass

        task = asyncio.create_task(read())
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0.4)
        assert engine.slow_slots.free == engine.settings.lentes

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "text",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/proc/self/environ')",
        "attach '/tmp/autre.duckdb'",
        "install httpfs",
        "load httpfs",
        "set threads = 4",
        "select * from read_parquet('https://example.org/a.parquet')",
    ],
)
def test_the_database_is_locked(make_engine: EngineFactory, text: str) -> None:
    with pytest.raises(duckdb.Error):
        asyncio.run(make_engine().read(Sql(text)))


def test_images_can_be_attached_after_the_lock(make_engine: EngineFactory, tmp_path: Path) -> None:
    engine = make_engine()
    image = engine.images_folder / "a.duckdb"
    with duckdb.connect(str(image)) as connection:
        connection.execute("create table t as select 7 as n")
    engine.connection.execute(f"attach '{image}' as a (read_only)")
    assert asyncio.run(engine.read(Sql("select n from a.t"))).lignes == [(7,)]


def test_an_unreadable_setting_is_told() -> None:
    assert read_settings(environ={"CPF_PORTAIL_FILS": "3"}).fils == 3
    with pytest.raises(ValueError, match="CPF_PORTAIL_QUOTA"):
        read_settings(environ={"CPF_PORTAIL_QUOTA": "beaucoup"})
