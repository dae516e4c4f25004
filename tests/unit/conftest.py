"""Fixtures of the tests of the gate and of the publication."""

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from orchestration.jeux import Jeu, lire_jeux
from tests.unit import petit_etat, serveur_s3

_PREFIXES = count()


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


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[serveur_s3.Serveur]:
    """A real S3 server; who uses it is in the group ``s3``, so that one is enough."""
    if sys.platform != "linux":
        pytest.skip("the S3 server of the tests is installed on Linux only")
    with serveur_s3.serveur(tmp_path_factory.mktemp("s3")) as found:
        yield found


@pytest.fixture
def prefixe(s3: serveur_s3.Serveur, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty prefix of the server that the environment names, and an own state folder."""
    for name, value in s3.environnement().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CPF_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("CPF_OBJETS", raising=False)
    return f"portail/{next(_PREFIXES)}"
