"""One writer at a time on a state folder.

Belongs here: the lock that ``cpf run`` and ``cpf land`` take. Does not: what they do under it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from orchestration import settings


class BusyError(RuntimeError):
    """Another process holds the databases."""


@contextmanager
def lock() -> Iterator[None]:
    """Hold the databases; the system releases the lock when the process dies, however it dies."""
    settings.data().mkdir(parents=True, exist_ok=True)
    with (settings.data() / ".verrou").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError("Une autre exécution est en cours sur ces données.") from None
        yield
