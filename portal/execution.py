"""One statement that runs in a thread, on its own cursor, and holds a slot until it has ended.

Belongs here: starting, waiting, stopping. Does not: choosing the slot (``moteur``).
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

import duckdb

from portal.erreurs import ApiError

_R = TypeVar("_R")
_INSISTER = 0.02


class Place(Protocol):
    """What an execution holds."""

    def rendre(self) -> None:
        """Give it back."""


class Execution(Generic[_R]):
    """``travail`` runs in a thread of ``fils``; the slot is given back when the thread is free."""

    def __init__(
        self,
        curseur: duckdb.DuckDBPyConnection,
        travail: Callable[[], _R],
        fils: Executor,
        place: Place,
    ) -> None:
        self.curseur = curseur
        self.debut = time.perf_counter()
        self._place = place
        self._fil = fils.submit(travail)
        self._future = asyncio.wrap_future(self._fil)
        self._future.add_done_callback(self._finir)

    @property
    def duree(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.debut

    async def finie(self, delai: float) -> bool:
        """Wait at most so long; tell whether it has ended."""
        await asyncio.wait((self._future,), timeout=max(delai, 0))
        return self._future.done()

    @property
    def en_cours(self) -> bool:
        """Tell whether the thread still works, also once the event loop has ended."""
        return not self._fil.done()

    def resultat(self) -> _R:
        """Return what the work gave. Raises what it raised; no memory left is an ``ApiError``."""
        try:
            return self._future.result()
        except (duckdb.OutOfMemoryException, MemoryError):
            raise memoire() from None

    def deplacer(self, place: Place) -> None:
        """Go on in another slot, already taken."""
        self._place.rendre()
        self._place = place

    def interrompre(self) -> None:
        """Stop what runs at this moment, if anything does."""
        with suppress(duckdb.ConnectionException):  # it ended and closed the cursor meanwhile
            self.curseur.interrupt()

    async def arreter(self) -> None:
        """Stop it and wait until it has: an interruption before the start has no effect."""
        while not self._future.done():
            self.interrompre()
            await asyncio.wait((self._future,), timeout=_INSISTER)

    def _finir(self, future: "asyncio.Future[_R]") -> None:
        self._place.rendre()
        if not future.cancelled():
            future.exception()  # nobody may be left to look at it


def memoire() -> ApiError:
    """The query needs more memory than there is."""
    return ApiError(
        503,
        "QueryMemory",
        "The query needs more memory than the server gives to one; ask for less at once.",
        {"Retry-After": "10"},
    )


def trop_longue(limite: float) -> ApiError:
    """The query was stopped."""
    return ApiError(
        503,
        "QueryTimeout",
        f"The query took more than {limite:g} s and was stopped; ask for less at once.",
        {"Retry-After": "30"},
    )
