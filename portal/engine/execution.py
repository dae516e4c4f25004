"""One statement that runs in a thread, on its own cursor, and holds a slot until it has ended."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

import duckdb

from portal.errors import ApiError

_R = TypeVar("_R")
_RETRY_DELAY = 0.02


class Slot(Protocol):
    """What an execution holds."""

    def release(self) -> None:
        """Give it back."""


class Execution(Generic[_R]):
    """``work`` runs in a thread of ``executor``; the slot is given back when the thread is free."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        work: Callable[[], _R],
        executor: Executor,
        slot: Slot,
    ) -> None:
        self.cursor = cursor
        self.start = time.perf_counter()
        self._slot = slot
        self._thread_future = executor.submit(work)
        self._future = asyncio.wrap_future(self._thread_future)
        self._future.add_done_callback(self._finish)

    @property
    def duration(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.start

    async def finished(self, timeout: float) -> bool:
        """Wait at most so long; tell whether it has ended."""
        await asyncio.wait((self._future,), timeout=max(timeout, 0))
        return self._future.done()

    @property
    def running(self) -> bool:
        """Tell whether the thread still works, also once the event loop has ended."""
        return not self._thread_future.done()

    def result(self) -> _R:
        """Return what the work gave. Raises what it raised; no memory left is an ``ApiError``."""
        try:
            return self._future.result()
        except (duckdb.OutOfMemoryException, MemoryError):
            raise out_of_memory() from None

    def move(self, slot: Slot) -> None:
        """Go on in another slot, already taken."""
        self._slot.release()
        self._slot = slot

    def interrupt(self) -> None:
        """Stop what runs at this moment, if anything does."""
        with suppress(duckdb.ConnectionException):  # it ended and closed the cursor meanwhile
            self.cursor.interrupt()

    async def stop(self) -> None:
        """Stop it and wait until it has: an interruption before the start has no effect."""
        while not self._future.done():
            self.interrupt()
            await asyncio.wait((self._future,), timeout=_RETRY_DELAY)

    def _finish(self, future: "asyncio.Future[_R]") -> None:
        self._slot.release()
        if not future.cancelled():
            future.exception()  # nobody may be left to look at it


def out_of_memory() -> ApiError:
    """The query needs more memory than there is."""
    return ApiError(
        503,
        "QueryMemory",
        "The query needs more memory than the server gives to one; ask for less at once.",
        {"Retry-After": "10"},
    )


def query_timeout(limit: float) -> ApiError:
    """The query was stopped."""
    return ApiError(
        503,
        "QueryTimeout",
        f"The query took more than {limit:g} s and was stopped; ask for less at once.",
        {"Retry-After": "30"},
    )
