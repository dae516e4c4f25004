"""What takes long to make and is only read, or copied: made once for all workers of a session."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.files import locked


def make_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Folder ``name`` of the session, that the first worker to ask for it fills with ``make``.

    The other workers wait for it. What a killed worker left is made again.
    """
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, lock, done = (root / f"{name}{suffix}" for suffix in ("", ".lock", ".done"))
    lock.touch()
    with locked(lock):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
