"""Each test lands in a state of its own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_state(data_folder: Path) -> Path:
    """An own, empty state folder, asked for or not."""
    return data_folder
