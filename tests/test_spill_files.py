"""What does not fit in memory: a folder for each connection, closed to others, and nothing left."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import settings, warehouse

# Some 80 MB to sort within 50: until it is told to go on, it holds its spill files.
_SPILLING = """
import sys
from orchestration import warehouse
with warehouse.connect() as connection:
    connection.execute("set threads = 1")
    rows = connection.execute(
        "select hash(i) as h, repeat('x', 60) as x from range(2000000) as t(i) order by h")
    rows.fetchone()
    print("spilt", flush=True)
    sys.stdin.readline()
    print(len(rows.fetchall()))
"""


def _spilling() -> "subprocess.Popen[str]":
    environment = {**os.environ, "CPF_DATA": str(settings.data()), "CPF_MEMORY": "60MB"}
    process = subprocess.Popen(
        [sys.executable, "-c", _SPILLING],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "spilt"
    return process


def _spilt() -> list[Path]:
    return [path for path in settings.temporary().rglob("*") if path.is_file()]


@pytest.mark.usefixtures("data_folder")
def test_a_run_that_was_killed_while_it_spilt_stops_no_other() -> None:
    process = _spilling()
    process.kill()
    process.communicate()
    assert _spilt()
    with warehouse.connect() as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert not _spilt()


@pytest.mark.usefixtures("data_folder")
def test_two_that_spill_at_once_have_a_folder_each() -> None:
    first, second = _spilling(), _spilling()
    assert len({path.parent for path in _spilt()}) == 2
    for process in (first, second):
        told, _ = process.communicate("\n")
        assert told.split()[-1] == "1999999"
    assert not _spilt()
