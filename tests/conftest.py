"""Fixtures of the tests of the gate and of the publication."""

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from orchestration.datasets import Dataset, read_datasets
from tests.factories import s3_server, small_state

_PREFIXES = count()


@pytest.fixture(scope="session")
def datasets() -> dict[str, Dataset]:
    """Every declared dataset, by name."""
    return read_datasets()


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own state folder, in which every source has landed."""
    monkeypatch.setenv("CPF_DATA", str(tmp_path / "data"))
    small_state.land_all_deliveries()
    return tmp_path / "data"


@pytest.fixture(scope="module")
def shared_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A state folder shared by the tests of a module, in which every source has landed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CPF_DATA", str(tmp_path_factory.mktemp("etat") / "data"))
        small_state.land_all_deliveries()
        yield


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3_server.Server]:
    """A real S3 server; who uses it is in the group ``s3``, so that one is enough."""
    if sys.platform != "linux":
        pytest.skip("the S3 server of the tests is installed on Linux only")
    with s3_server.server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def prefix(s3: s3_server.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty prefix of the server that the environment names, and an own state folder."""
    for name, value in s3.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CPF_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("CPF_OBJETS", raising=False)
    return f"portail/{next(_PREFIXES)}"
