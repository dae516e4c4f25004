"""One writer at a time in the published folder of a dataset.

Belongs here: holding it. Does not: the lock of the databases (``orchestration.lock``).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def seul(folder: Path) -> Iterator[None]:
    """Hold the folder of a dataset: a second writer waits for its turn."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
