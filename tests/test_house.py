"""The shape of the house: names that lead to one file, files that are read in one sitting."""

import os
from collections import defaultdict
from pathlib import Path

import pytest

from orchestration import settings
from tests.conftest import SLOW

PACKAGES = ("orchestration", "portal")
# Every folder may have these; elsewhere a base name says which file is meant.
SHARED_NAMES = {"__init__", "__main__", "assets"}
LONGEST = 320


def _modules(package: str) -> list[Path]:
    modules = sorted((settings.PROJECT / package).rglob("*.py"))
    assert len(modules) > 50, f"{package}: not the product"
    return modules


@pytest.mark.parametrize("package", PACKAGES)
def test_a_base_name_is_used_once(package: str) -> None:
    by_name = defaultdict(list)
    for path in _modules(package):
        if path.stem not in SHARED_NAMES:
            by_name[path.stem].append(path.relative_to(settings.PROJECT).as_posix())
    assert {name: paths for name, paths in by_name.items() if len(paths) > 1} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_long(package: str) -> None:
    lengths = {
        path.relative_to(settings.PROJECT).as_posix(): len(path.read_bytes().splitlines())
        for path in _modules(package)
    }
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_what_is_slow_exists() -> None:
    """A folder or file that was renamed would make ``make check`` long without a word."""
    tests = Path(__file__).parent
    assert [name for name in SLOW if not (tests / name).exists()] == []


@pytest.mark.xdist_group("house")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process: nothing to group")
def test_groups_stay_on_one_worker(request: pytest.FixtureRequest) -> None:
    """pytest-xdist says it in the name; where it does not, each worker makes every state."""
    assert request.node.nodeid.endswith("@house")
