"""Fixtures of many tests: state folders, the declared datasets, a bucket; what runs where."""

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.datasets import Dataset, read_datasets
from tests.factories import s3_server, small_state

_PREFIXES = count()
# A bucket, dbt, whole runs; leaks, defects and crashes tried one by one; optima; an image a test:
# nothing in there is quick (measured: five seconds and more a file).
SLOW = (
    "bucket",
    "diffusion",
    "cookbook",
    "integration",
    "disclosure/test_planted_leaks.py",
    "disclosure/test_suppression.py",
    "portal/test_packages.py",
    "quality/test_defects.py",
    "quality/test_measures.py",
    "quality/test_nothing_refused_is_shown.py",
    "release/test_interrupted.py",
)
_TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow as a whole; keep together the tests that share what their module made."""
    for item in items:
        path = item.path.relative_to(_TESTS)
        if path.as_posix() in SLOW or path.parts[0] in SLOW:
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("xdist_group") is None and _shares_a_state(item):
            item.add_marker(pytest.mark.xdist_group(path.as_posix()))


def _shares_a_state(item: pytest.Item) -> bool:
    assert isinstance(item, pytest.Function)
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    return any(definitions[-1].scope == "module" for definitions in fixtures)


@pytest.fixture(scope="session")
def datasets() -> dict[str, Dataset]:
    """Every declared dataset, by name."""
    return read_datasets()


@pytest.fixture
def data_folder(tmp_path: Path) -> Iterator[Path]:
    """An own, empty state folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    with settings.state_in(folder):
        yield folder


@pytest.fixture
def state(data_folder: Path) -> Path:
    """An own state folder, in which every source has landed."""
    small_state.land_all_deliveries()
    return data_folder


@pytest.fixture(scope="module")
def shared_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A state folder shared by the tests of a module, in which every source has landed."""
    with settings.state_in(tmp_path_factory.mktemp("etat")):
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
def prefix(s3: s3_server.Server, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty prefix of the server that the environment names, and an own state folder."""
    for name, value in s3.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CPF_OBJETS", raising=False)
    return f"portail/{next(_PREFIXES)}"
