"""Dagster's event store during a run: quick, whole, and as it was for whoever comes after."""

import sqlite3
from contextlib import closing
from pathlib import Path

import dagster as dg
from sqlalchemy import create_engine

from orchestration import settings
from orchestration.progress import instance, quick_event_store


@dg.asset
def anything() -> int:
    """Some asset."""
    return 1


def test_the_event_store_is_held_open_and_loses_nothing(data_folder: Path) -> None:
    home = settings.dagster_home()
    with quick_event_store(), instance() as dagster:
        result = dg.materialize([anything], instance=dagster, raise_on_error=True)
        logs = {path.name for path in home.rglob("*.db-wal")}
        assert f"{result.run_id}.db-wal" in logs, "Dagster closed its last connection"
        # Another process (the UI) reads the same meanwhile.
        [store] = home.rglob(f"{result.run_id}.db")
        with closing(sqlite3.connect(store)) as reader:
            seen = reader.execute("select count(*) from event_logs").fetchone()[0]
        engine = create_engine(f"sqlite:///{store}")
        with engine.connect() as connection:
            assert connection.exec_driver_sql("pragma synchronous").scalar() == 1  # NORMAL
        engine.dispose()
    assert not list(home.rglob("*.db-wal"))
    with instance() as dagster:
        records = dagster.all_logs(result.run_id)
        assert len(records) == seen > 5
        assert dagster.get_latest_materialization_event(dg.AssetKey("anything"))
    with create_engine("sqlite://").connect() as connection:
        assert connection.exec_driver_sql("pragma synchronous").scalar() == 2  # FULL, its own
