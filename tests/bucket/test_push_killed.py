"""Pushes killed for real (SIGKILL) at any moment: the bucket has the old current version or the new
one, whole, and the next push finishes the work."""

import random
import subprocess
import time
from pathlib import Path

import obstore
import pytest

from orchestration import settings
from orchestration.bucket.pull import pull_versions
from orchestration.bucket.push import push_versions
from orchestration.store.versions import Version, parse_version
from tests.factories.s3_relay import relay
from tests.factories.s3_server import Server
from tests.factories.small_buckets import (
    CPF,
    DATASET,
    address,
    fichiers,
    objects,
    octets,
    publish_bytes,
    say_nothing,
)

pytestmark = pytest.mark.xdist_group("s3")
KILLS = 8
SLOWNESS = 0.03


def test_killed_at_any_moment(
    s3: Server, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(20260315)  # noqa: S311 (moments, not secrets)
    kept, partial = 0, 0
    with relay(s3.url, delay=SLOWNESS) as slow:
        before = _publish(1)
        monkeypatch.setenv("AWS_ENDPOINT_URL", slow)
        whole = _push_then_kill(address(prefix), None)
        for number in range(2, KILLS + 2):
            version = _publish(number)
            monkeypatch.setenv("AWS_ENDPOINT_URL", slow)
            # One kill in each eighth of a push, the last one about its pointer.
            _push_then_kill(address(prefix), whole * 0.95 * (number - 2 + draw.random()) / KILLS)
            monkeypatch.setenv("AWS_ENDPOINT_URL", s3.url)
            now = _current(prefix, tmp_path / str(number))
            assert now in {before, version}
            kept += now == before
            sent = obstore.list(s3.store(), f"{prefix}/{DATASET}/{version}/").collect()
            partial += 0 < len(sent) < len(fichiers(settings.publications(DATASET) / str(version)))
            push_versions(address(prefix), notify=say_nothing)
            before = version
            assert _current(prefix, tmp_path / str(number)) == version
    # Else the test would prove nothing; the usual figures are 5 and 5.
    assert kept > 1, "hardly a kill fell before a pointer"
    assert partial > 1, "hardly a kill fell inside a version"
    assert objects(s3.store(), prefix) == fichiers(settings.publications())


def test_two_pushes_at_once_both_succeed(s3: Server, prefix: str) -> None:
    for number in range(1, 4):
        _publish(number)
    both = [
        subprocess.Popen([CPF, "push", address(prefix)], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    errors = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    assert objects(s3.store(), prefix) == fichiers(settings.publications())


def _publish(number: int) -> Version:
    contents = {f"{name}.csv": octets(number, 1000) for name in "abcdef"}
    # More than a piece: it goes in two parts.
    path = publish_bytes(DATASET, number, {**contents, "gros.parquet": octets(number, 8_500_000)})
    version = parse_version(path.name)
    assert version
    return version


def _push_then_kill(destination: str, seconds: float | None) -> float:
    """Kill so long after the first object leaves; return how long the pointer took to come."""
    process = subprocess.Popen(
        [CPF, "push", destination], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    assert "dépôt de" in process.stderr.readline()
    start = time.monotonic()
    if seconds is None:
        assert "version courante" in process.stderr.readline()
    else:
        time.sleep(seconds)
    elapsed = time.monotonic() - start
    process.kill()
    process.communicate()
    return elapsed


def _current(prefix: str, folder: Path) -> Version:
    """What a reader finds at this moment: all that the pointer names, verified."""
    [received] = pull_versions(address(prefix), folder, toutes=False, notify=say_nothing)
    expected = fichiers(settings.publications(DATASET) / received.version)
    assert fichiers(folder / DATASET / received.version) == expected
    version = parse_version(received.version)
    assert version
    return version
