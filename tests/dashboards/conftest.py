"""A portal on small publications, one for all of these tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from orchestration.datasets import Dataset
from tests.browser.fixtures import browser, tab
from tests.factories import quiet_server, small_dashboards

Get = Callable[..., requests.Response]
__all__ = ["browser", "tab"]


@pytest.fixture(scope="session")
def publications(tmp_path_factory: pytest.TempPathFactory, datasets: dict[str, Dataset]) -> Path:
    """Publications in two versions."""
    folder = tmp_path_factory.mktemp("tableaux") / "publications"
    small_dashboards.publish(folder, datasets)
    small_dashboards.publish_foreign(folder)
    return folder


@pytest.fixture(scope="session")
def portal(publications: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the portal."""
    with quiet_server.serving(publications, tmp_path_factory.mktemp("etat")) as address:
        yield address


@pytest.fixture(scope="session")
def get(portal: str) -> Get:
    """Ask the portal: ``get(path, **parameters)``."""
    session = requests.Session()

    def ask(path: str, headers: Any = None, **parameters: str) -> requests.Response:
        return session.get(
            portal + path, params=parameters, headers=headers, timeout=30, allow_redirects=False
        )

    return ask
