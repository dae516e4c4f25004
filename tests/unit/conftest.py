"""Fixtures of the tests of the gate and of the publication."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.jeux import Jeu, lire_jeux
from tests.unit import petit_etat


@pytest.fixture(scope="session")
def jeux() -> dict[str, Jeu]:
    """Every declared dataset, by name."""
    return lire_jeux()


@pytest.fixture
def etat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own state folder, in which every source has landed."""
    monkeypatch.setenv("CPF_DATA", str(tmp_path / "data"))
    petit_etat.atterrir_tout()
    return tmp_path / "data"


@pytest.fixture(scope="module")
def etat_partage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A state folder shared by the tests of a module, in which every source has landed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CPF_DATA", str(tmp_path_factory.mktemp("etat") / "data"))
        petit_etat.atterrir_tout()
        yield
