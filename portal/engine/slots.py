"""Who may run now: slots, waited for in turn by each client, and what statements cost before."""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass

from portal import metrics
from portal.errors import ApiError

_MAX_KNOWN = 4096


@dataclass(frozen=True)
class Limits:
    """How many slots, how many may wait for one (in all, and by client), and for how long.

    ``newest_first``: of one client, who came last goes first. Under a flood of heavy queries, the
    first come are late anyway; in their order, a cheap one would wait for all (measured: 7 s).
    """

    count: int
    max_waiting: int
    per_client: int
    patience: float
    newest_first: bool = False


class Slots:
    """Slots. Clients are served in turn, so that who asks much delays himself first."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.free = limits.count
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._running = metrics.RUNNING.labels(name)
        self._waiting = metrics.WAITING.labels(name)

    @property
    def waiting(self) -> int:
        """Number of those who wait."""
        return sum(len(line) for line in self._queues.values())

    def try_acquire(self) -> bool:
        """Take a slot if one is free and nobody waits for it."""
        if self.free <= 0 or self._queues:
            return False
        self.free -= 1
        self._running.inc()
        return True

    async def acquire(self, client: str) -> None:
        """Take a slot, waiting for one if needed. Raises ``ApiError`` (429, 503)."""
        if self.try_acquire():
            return
        self._admit(client)
        turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(client, deque()).append(turn)
        self._waiting.inc()
        try:
            async with asyncio.timeout(self.limits.patience):
                await turn
        except BaseException as error:
            self._leave(client, turn)
            if isinstance(error, TimeoutError):
                raise self._refusal(
                    503, "attente", "The server is busy; try again later."
                ) from None
            raise
        finally:
            self._waiting.dec()

    def release(self) -> None:
        """Give a slot back: to the next client in turn, if any waits."""
        self._running.dec()
        self.free += 1
        while self._queues:
            client, line = self._queues.popitem(last=False)
            turn = line.pop() if self.limits.newest_first else line.popleft()
            if line:
                self._queues[client] = line
            if not turn.done():
                self.free -= 1
                self._running.inc()
                turn.set_result(None)
                return

    def _leave(self, client: str, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():  # the slot came at the same moment
            self.release()
            return
        line = self._queues.get(client)
        if line and turn in line:
            line.remove(turn)
            if not line:
                del self._queues[client]

    def _admit(self, client: str) -> None:
        if len(self._queues.get(client, ())) >= self.limits.per_client:
            raise self._refusal(429, "client", "Too many heavy queries at once from this client.")
        if self.waiting >= self.limits.max_waiting:
            raise self._refusal(429, "file", "Too many heavy queries at once on the server.")

    def _refusal(self, status: int, reason: str, message: str) -> ApiError:
        metrics.REFUSALS.labels(self.name, reason).inc()
        code = "TooManyRequests" if status == 429 else "ServiceUnavailable"  # noqa: PLR2004
        return ApiError(status, code, message, {"Retry-After": "5"})


class QueryCosts:
    """What the statements seen last cost, by their text: values are parameters, never in it."""

    def __init__(self, heavy: float) -> None:
        self._heavy_from = heavy
        self._known: OrderedDict[str, float] = OrderedDict()

    def is_known(self, text: str) -> bool:
        """Tell whether the statement was seen."""
        return text in self._known

    def heavy(self, text: str) -> bool:
        """Tell whether the statement is known as heavy."""
        return self._known.get(text, 0.0) >= self._heavy_from

    def record_cost(self, text: str, duration: float) -> None:
        """Remember a duration: half of what is known each time, for one case is not the rule."""
        known = self._known.pop(text, duration)
        self._known[text] = (known + duration) / 2
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)
