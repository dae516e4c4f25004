"""The master key: made once, for its owner only, and never guessed from what is derived."""

import stat
from pathlib import Path

import pytest

from orchestration import keys, warehouse


@pytest.fixture(autouse=True)
def _no_key(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CPF_KEY", raising=False)


def test_made_at_first_use_for_its_owner_only(data_folder: Path) -> None:
    first = keys.master_key()
    assert stat.S_IMODE((data_folder / "cle").stat().st_mode) == 0o600
    assert keys.master_key() == first
    assert len(first) >= keys.MIN_LENGTH


def test_a_key_that_others_can_read_is_refused(data_folder: Path) -> None:
    keys.master_key()
    (data_folder / "cle").chmod(0o644)
    with pytest.raises(keys.SecretError, match="chmod 600"):
        keys.master_key()


def test_the_environment_wins(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPF_KEY", "k" * 40)
    assert keys.master_key() == b"k" * 40
    assert not (data_folder / "cle").exists()


def test_a_short_key_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPF_KEY", "trop-court")
    with pytest.raises(keys.SecretError) as exc_info:
        keys.master_key()
    assert "trop-court" not in str(exc_info.value)


def test_each_use_has_its_own_key() -> None:
    assert len({keys.derive(use) for use in ("pseudonyme", "coffre", "parquet")}) == 3


def test_the_vault_is_unreadable_as_bytes_and_with_another_key(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phrase = "phrase que personne ne doit lire"
    with warehouse.vault() as connection:
        connection.execute("create table coffre.main.t as select ? as c", [phrase])
    vault = data_folder / "coffre" / "coffre.duckdb"
    assert phrase.encode() not in vault.read_bytes()
    assert stat.S_IMODE(vault.stat().st_mode) == 0o600
    monkeypatch.setenv("CPF_KEY", "x" * 40)
    with pytest.raises(Exception, match=r"(?i)key|decrypt"), warehouse.vault():
        pass
