"""The site of the tests: published once for all of them, each module works on its own copy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.site.published import PublishedSite, read_published_site
from tests.factories import small_site, small_state
from tests.factories.once import make_once


@pytest.fixture(scope="session")
def site_model(tmp_path_factory: pytest.TempPathFactory, datasets: dict[str, Dataset]) -> Path:
    """The state that every module copies."""

    def publish(folder: Path) -> None:
        with settings.state_in(folder):
            small_state.land_all_deliveries()
            small_site.publish_all(datasets)

    return make_once(tmp_path_factory, "site", publish)


@pytest.fixture(scope="module")
def site_state(site_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The published state of a module, which may publish more in it."""
    folder = tmp_path_factory.mktemp("site") / "data"
    shutil.copytree(site_model, folder, symlinks=True)
    with settings.state_in(folder):
        yield folder


@pytest.fixture(scope="module")
def published_site(site_state: Path) -> PublishedSite:
    """All that is published in the state of a module."""
    return read_published_site()
