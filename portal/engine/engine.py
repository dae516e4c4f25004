"""The one DuckDB instance of the process: statements within limits of time, in a fair order.

A query starts in a quick slot. One that lasts leaves it: it goes on in a slow slot if one is free,
else it is stopped and waits for one, in turn with the other clients. A statement known as heavy
waits there from the start, and one known as cheap never waits behind one that nobody knows.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet

import duckdb

from orchestration.sql import literal
from portal import metrics
from portal.engine import instance
from portal.engine.execution import Execution, Slot, query_timeout
from portal.engine.slots import Limits, QueryCosts, Slots
from portal.settings import Settings, read_settings

_R = TypeVar("_R")
_RETRY_DELAY = 0.02
_QUICK_MAX_WAITING = 400  # more than that, at 10 ms each, would wait for seconds


class Lane(Enum):
    """How a query is expected to weigh; one that lasts leaves the quick lane by itself."""

    QUICK = "rapide"
    SLOW = "lente"


@dataclass(frozen=True)
class Sql:
    """A statement and its positional parameters (``?``)."""

    text: str
    parameters: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows of an answer, with the names of their columns."""

    columns: tuple[str, ...]
    lignes: list[tuple[Any, ...]]


class Engine:
    """Runs statements, each on its own cursor, outside of the event loop."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings = settings or read_settings()
        self.connection = self._open(places=False)
        # Opened with the first image that has places; the bases that are attached there.
        self._places: duckdb.DuckDBPyConnection | None = None
        self._bases_of_places: frozenset[str] = frozenset()
        self._images: dict[str, Path] = {}
        quick = Limits(
            settings.rapides, _QUICK_MAX_WAITING, _QUICK_MAX_WAITING, settings.limite_rapide
        )
        self.known_slots = Slots("connues", quick)
        self.new_slots = Slots("nouvelles", replace(quick, newest_first=True))
        self.slow_slots = Slots(
            "lentes",
            Limits(
                settings.lentes,
                settings.attente_lente,
                settings.attente_par_client,
                settings.patience,
            ),
        )
        self._costs = QueryCosts(settings.tranche)
        self.export_slots = Slots("exports", Limits(settings.exports, 0, 0, settings.patience))
        self._live: WeakSet[Execution[Any]] = WeakSet()
        self._stops: set[asyncio.Task[None]] = set()
        self._executor = ThreadPoolExecutor(
            2 * settings.rapides + settings.lentes + settings.exports, "moteur"
        )

    def _open(self, *, places: bool) -> duckdb.DuckDBPyConnection:
        chosen = self.settings
        return instance.open_database(
            (chosen.images,), chosen.temporaire, chosen.memoire, chosen.fils, places=places
        )

    def attach(self, path: Path, base: str, *, places: bool) -> None:
        """Attach an image as ``base`` (quoted), where its fields can be asked."""
        if places:
            self._places = self._places or self._open(places=True)
            self._bases_of_places |= {base}
        with self.cursor(base) as cursor:
            cursor.execute(f"attach {literal(str(path))} as {base} (read_only)")
        self._images[base] = path

    def image(self, base: str) -> Path | None:
        """Return the file attached as ``base`` (quoted)."""
        return self._images.get(base)

    def detach(self, base: str) -> None:
        """Detach an image."""
        with self.cursor(base) as cursor:
            cursor.execute(f"detach {base}")
        self._bases_of_places -= {base}
        self._images.pop(base, None)

    def cursor(self, text: str) -> duckdb.DuckDBPyConnection:
        """Return a new cursor where a statement can run: there its image is attached.

        A statement names one image, by a hash; values of clients are parameters, never its text.
        """
        if self._places is not None and any(base in text for base in self._bases_of_places):
            return self._places.cursor()
        return self.connection.cursor()

    @property
    def images_folder(self) -> Path:
        """The folder whose files can be attached."""
        return self.settings.images

    @property
    def busy(self) -> bool:
        """Tell whether a statement runs."""
        slots = (self.known_slots, self.new_slots, self.slow_slots)
        return any(each.free < each.limits.count for each in slots)

    def close(self) -> None:
        """Stop everything; nothing can be asked any more."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        while running := [execution for execution in self._live if execution.running]:
            for execution in running:
                execution.interrupt()
            time.sleep(_RETRY_DELAY)
        self.connection.close()
        if self._places is not None:
            self._places.close()

    async def read(self, query: Sql, *, client: str = "", lane: Lane = Lane.QUICK) -> Table:
        """Return the rows of a statement. Raises ``ApiError`` (429, 503) and ``duckdb.Error``."""
        if lane is Lane.QUICK:
            table = await self._try_quick(query, client)
            if table is not None:
                return table
            limit = self.settings.limite_rapide
        else:
            limit = self.settings.limite_lente
        await self.slow_slots.acquire(client)
        return await self._wait_result(self._start_query(query, self.slow_slots), query, limit)

    def submit(
        self, cursor: duckdb.DuckDBPyConnection, work: Callable[[], _R], slot: Slot
    ) -> Execution[_R]:
        """Run something in a thread."""
        execution = Execution(cursor, work, self._executor, slot)
        self._live.add(execution)
        return execution

    def stop_in_background(self, execution: Execution[Any]) -> "asyncio.Task[None]":
        """Stop an execution that nobody waits for any more."""
        task = asyncio.get_running_loop().create_task(execution.stop())
        self._stops.add(task)
        task.add_done_callback(self._stops.discard)
        return task

    async def _try_quick(self, query: Sql, client: str) -> Table | None:
        """Try in a quick slot; None when the query must wait for a slow one."""
        text = query.text
        if self._costs.heavy(text):
            return None
        known = self._costs.is_known(text)
        slots = self.known_slots if known else self.new_slots
        await slots.acquire(client)
        if self._costs.heavy(text):  # learnt while it waited
            slots.release()
            return None
        execution = self._start_query(query, slots)
        try:
            # A statement known as cheap is given time: what slows it is likely the others.
            if await execution.finished(self.settings.tranche * (4 if known else 1)):
                return self._conclude(execution, query)
            self._costs.record_cost(text, execution.duration)
            if not self.slow_slots.try_acquire():
                metrics.OVERRUNS.labels("remise en file").inc()
                await execution.stop()
                return None
            execution.move(self.slow_slots)
        except asyncio.CancelledError:
            self.stop_in_background(execution)
            raise
        metrics.OVERRUNS.labels("voie lente").inc()
        return await self._wait_result(execution, query, self.settings.limite_rapide)

    def _start_query(self, query: Sql, slot: Slots) -> Execution[Table]:
        cursor = self.cursor(query.text)

        def work() -> Table:
            with cursor:
                cursor.execute(query.text, query.parameters)
                names = tuple(column[0] for column in cursor.description or ())
                return Table(names, cursor.fetchall())

        return self.submit(cursor, work, slot)

    async def _wait_result(self, execution: Execution[Table], query: Sql, limit: float) -> Table:
        try:
            if await execution.finished(limit - execution.duration):
                return self._conclude(execution, query)
        except asyncio.CancelledError:
            self.stop_in_background(execution)
            raise
        self._costs.record_cost(query.text, execution.duration)
        metrics.OVERRUNS.labels("arret").inc()
        self.stop_in_background(execution)
        raise query_timeout(limit)

    def _conclude(self, execution: Execution[Table], query: Sql) -> Table:
        self._costs.record_cost(query.text, execution.duration)
        return execution.result()
