"""The warehouse after a kill: what was written is found again, by the next run and by a reader."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration import settings, warehouse
from orchestration.query import query_warehouse

# Killed with a comment in the log, on a table whose CHECK computes: what dbt does for each mart.
KILLED = """
import duckdb, os, signal, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("create table jeu (nb_titulaires bigint, check (nb_titulaires + 0 >= 5))")
connection.execute("insert into jeu values (7)")
connection.execute("comment on column jeu.nb_titulaires is 'personnes'")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed(data_folder: Path) -> Path:
    path = settings.warehouse_path()
    completed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert completed.returncode == -signal.SIGKILL
    assert Path(f"{path}.wal").stat().st_size > 0
    return path


def test_the_next_run_finds_what_was_written(killed: Path) -> None:
    warehouse.finish_killed_writes()
    with duckdb.connect(killed) as connection:
        assert connection.execute("from jeu").fetchall() == [(7,)]


def test_a_reader_finds_it_before_any_run(killed: Path) -> None:
    assert query_warehouse("select nb_titulaires from jeu").rows == [(7,)]


def test_a_log_that_cannot_be_read_is_dropped(killed: Path) -> None:
    log = Path(f"{killed}.wal")
    warehouse.finish_killed_writes()
    log.write_bytes(os.urandom(5_000))
    warehouse.finish_killed_writes()
    with duckdb.connect(killed) as connection:
        assert connection.execute("from jeu").fetchall() == [(7,)]
