"""DuckDB's extensions load for a user of a service too, who has no home."""

from pathlib import Path

import duckdb
import pytest

from orchestration import settings
from orchestration.sql import load_extension


@pytest.mark.parametrize("home", ["absent", "there"])
def test_an_extension_loads_with_or_without_a_home(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / home))
    if home == "there":
        (tmp_path / home).mkdir()
    settings.temporary().mkdir()
    with duckdb.connect() as connection:
        load_extension(connection, "excel")
        loaded = "select loaded from duckdb_extensions() where extension_name = 'excel'"
        assert connection.execute(loaded).fetchone() == (True,)
    beside = list((settings.temporary() / "extensions").rglob("excel*"))
    assert bool(beside) == (home == "absent")
