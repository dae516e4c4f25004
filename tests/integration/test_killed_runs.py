"""A run killed at any moment leaves the old or the new publications, and the next one succeeds."""

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.integration.conftest import CPF, DATASETS, SCALE, SEED, UNTIL, World

KILLS = int(os.environ.get("CPF_TEST_KILLS", "1"))


@pytest.mark.xdist_group("monde")
def test_killed_at_random_moments(published: World, copy_of: Callable[[World], World]) -> None:
    """Each round delivers a new month, kills the run somewhere, verifies, then lets one finish."""
    world = copy_of(published)
    before = {dataset: world.version(dataset) for dataset in DATASETS}
    longest = _deliver_and_time(world)
    draw = random.Random(20261123)  # noqa: S311 (moments, not secrets)
    for round_number in range(KILLS):
        _deliver(world, month=round_number + 2)
        _kill_after(world, draw.uniform(0.05, 0.95) * longest)
        assert world.cpf("verify").returncode == 0, f"round {round_number}"
        assert all(world.version(dataset) is not None for dataset in DATASETS)
        world.cpf("run")
        assert world.cpf("verify").returncode == 0, f"round {round_number}, next run"
    after = {dataset: world.version(dataset) for dataset in DATASETS}
    assert all(after[dataset] != before[dataset] for dataset in DATASETS[1:])
    leftovers = list(world.data.rglob(".en_cours*"))
    assert leftovers == []


def _deliver(world: World, month: int) -> None:
    """Deliver the months up to the ``month``-th after those of the world."""
    year, number = divmod(int(UNTIL[5:]) - 1 + month, 12)
    until = f"{int(UNTIL[:4]) + year}-{number + 1:02}"
    world.cpf("generate", "--scale", SCALE, "--until", until, "--seed", SEED)


def _deliver_and_time(world: World) -> float:
    _deliver(world, month=1)
    start = time.monotonic()
    world.cpf("run")
    return time.monotonic() - start


def _kill_after(world: World, seconds: float) -> None:
    process = subprocess.Popen(
        [CPF, "run"],
        env=world.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    # The whole group: dbt is a child process and must die with its parent here.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
