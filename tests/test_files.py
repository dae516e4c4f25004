"""Files written at once or not at all, and the lock of the databases."""

import stat
from pathlib import Path

import pytest

from orchestration import files, settings, warehouse


def _write_then_fail(path: Path) -> None:
    with files.atomic_write(path) as temporary:
        temporary.write_text("moitié")
        raise RuntimeError


def test_a_failed_file_leaves_nothing_and_keeps_the_former_one(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("entier")
    with pytest.raises(RuntimeError):
        _write_then_fail(path)
    assert [(file, file.read_text()) for file in tmp_path.iterdir()] == [(path, "entier")]


def test_a_file_is_born_with_its_mode(tmp_path: Path) -> None:
    files.write(tmp_path / "cle", b"secret", mode=0o600)
    assert (tmp_path / "cle").read_bytes() == b"secret"
    assert stat.S_IMODE((tmp_path / "cle").stat().st_mode) == 0o600


def test_the_databases_have_one_writer_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPF_DATA", str(tmp_path))
    with (
        warehouse.lock(),
        pytest.raises(warehouse.BusyError, match="en cours"),
        warehouse.lock(),
    ):
        pass
    with warehouse.lock():
        assert (settings.data() / ".verrou").exists()
