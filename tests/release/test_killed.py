"""Publications killed for real (SIGKILL) at random moments: the old one or the new one is left."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.candidates.candidate import prepare
from orchestration.datasets import Dataset
from orchestration.release.publish import clean
from orchestration.store.verify import verify_publications
from orchestration.store.versions import DRAFT_PREFIX, parse_version, read_pointer, versions
from tests.factories import reports, small_datasets, small_state
from tests.factories.small_datasets import OFFER

pytestmark = pytest.mark.slow

KILLS = 12


def test_killed_at_random_moments(state: Path, datasets: dict[str, Dataset]) -> None:
    dataset, folder = datasets[OFFER], settings.publications(OFFER)
    small_state.build_mart(dataset, small_datasets.lignes(OFFER))
    reports.report(dataset, prepare(dataset))
    draw = random.Random(20260315)  # noqa: S311 (moments, not secrets)
    unfinished, longest = 0, 0.4
    for number in range(KILLS):
        _publish_then_kill(draw.uniform(0.02, longest))
        verified = verify_publications(settings.publications(), OFFER)
        assert all(verification.ok for verification in verified), (number, verified)
        unfinished += bool(clean(OFFER))
        pointer = read_pointer(folder)
        last = versions(folder)[-1:]
        assert last == ([parse_version(pointer.version)] if pointer else [])
        assert not list(folder.glob(f"{DRAFT_PREFIX}*"))
        # A busy machine publishes more slowly: later kills wait until one has ended.
        longest *= 1 if pointer else 1.5
    names = [version.number for version in versions(folder)]
    assert names, "no publication ever ended: the test would prove nothing"
    assert unfinished > 0, "no kill fell inside a publication: the test would prove nothing"
    assert names == list(range(1, len(names) + 1))


def _publish_then_kill(seconds: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.factories.endless_publisher"],
        cwd=settings.PROJECT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    process.wait()
    process.stdout.close()
