"""A statement read as Arrow batches, as fast as its reader goes and no faster."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import pyarrow as pa

from portal.engine.engine import Engine, Sql
from portal.engine.execution import Execution, out_of_memory, query_timeout

_R = TypeVar("_R")
# A reader that is so late leaves the slow slot; DuckDB computes nothing in the meantime.
_PAUSE = 1.0


async def read_batches(
    engine: Engine, query: Sql, *, client: str = "", rows: int = 20_000
) -> AsyncIterator[pa.RecordBatch]:
    """Read a statement in batches of so many rows, in the slow lane.

    A client that takes nothing leaves its slow slot to others until it goes on. Raises ``ApiError``
    (429, 503) and ``duckdb.Error``.
    """
    await engine.export_slots.acquire(client)
    try:
        async for batch in _BatchStream(engine, query, client, rows).batches():
            yield batch
    finally:
        engine.export_slots.release()


class _BatchStream:
    """One stream; ``batches`` is read once."""

    def __init__(self, engine: Engine, query: Sql, client: str, rows: int) -> None:
        self._engine = engine
        self._query = query
        self._client = client
        self._rows = rows
        self._cursor = engine.cursor(query.text)
        self._holds_slot = False
        self._current: Execution[Any] | None = None

    async def batches(self) -> AsyncIterator[pa.RecordBatch]:
        try:
            reader = await self._step(self._open)
            while True:
                batch = await self._step(lambda: next(reader, None))
                if batch is None:
                    return
                pause = asyncio.get_running_loop().call_later(_PAUSE, self._release_slot)
                try:
                    yield batch
                finally:
                    pause.cancel()
        finally:
            self._cleanup()

    def _open(self) -> pa.RecordBatchReader:
        cursor = self._cursor.execute(self._query.text, self._query.parameters)
        return cursor.to_arrow_reader(self._rows)

    async def _step(self, work: Callable[[], _R]) -> _R:
        if not self._holds_slot:
            await self._engine.slow_slots.acquire(self._client)
            self._holds_slot = True
        step = self._engine.submit(self._cursor, work, _NO_SLOT)
        self._current = step
        limit = self._engine.settings.limite_lente
        if not await step.finished(limit):
            raise query_timeout(limit)
        try:
            return step.result()
        except OSError as error:  # Arrow's name for what DuckDB raises between two batches
            if "Out of Memory" in str(error):
                raise out_of_memory() from None
            raise

    def _release_slot(self) -> None:
        if self._holds_slot:
            self._holds_slot = False
            self._engine.slow_slots.release()

    def _cleanup(self) -> None:
        """Stop what still runs; the slot is held until it has ended."""
        if self._current is None:
            self._cursor.close()
            return
        self._engine.stop_in_background(self._current).add_done_callback(self._close)

    def _close(self, _: "asyncio.Task[None]") -> None:
        self._release_slot()
        self._cursor.close()


class _NoSlot:
    """The stream holds its slot by itself: between two batches, it is not given back."""

    def release(self) -> None:
        """Give nothing back."""


_NO_SLOT = _NoSlot()
