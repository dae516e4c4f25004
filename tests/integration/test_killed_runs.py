"""A run killed at any moment leaves the old or the new publications, and the next one succeeds."""

import itertools
import os
import random
import signal
import subprocess
from collections.abc import Callable

import pytest

from tests.integration.conftest import CPF, DATASETS, SCALE, SEED, UNTIL, World

KILLS = int(os.environ.get("CPF_TEST_KILLS", "1"))


@pytest.mark.xdist_group("killed")
def test_killed_at_random_moments(
    published: World, run_output: str, copy_of: Callable[[World], World]
) -> None:
    """Each round delivers a new month, kills the run somewhere, verifies, then lets one finish."""
    world = copy_of(published)
    before = {dataset: world.version(dataset) for dataset in DATASETS}
    draw = random.Random(20261123)  # noqa: S311 (moments, not secrets)
    for round_number in range(KILLS):
        _deliver(world, month=round_number + 1)
        _kill_after(world, round(draw.uniform(0.05, 0.95) * len(run_output.splitlines())))
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


def _kill_after(world: World, lines: int) -> None:
    """Kill a run that has said so many lines: its own pace, not the machine's, is the clock."""
    process = subprocess.Popen(
        [CPF, "run"],
        env=world.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr
    said = sum(1 for _ in itertools.islice(process.stderr, lines))
    # The whole group: dbt is a child process and must die with its parent here.
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert (said, process.returncode) == (lines, -signal.SIGKILL), "no kill fell inside the run"
