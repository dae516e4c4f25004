"""A portal on small publications, one for all of these tests."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from orchestration.datasets import Dataset
from tests.browser import chromium
from tests.browser.chromium import Browser
from tests.browser.tab import Tab, new_tab
from tests.factories import quiet_server, small_dashboards

Get = Callable[..., requests.Response]


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


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser of the system, one for all tests; CI must have it."""
    if chromium.find() is None:
        assert not os.environ.get("CI"), "Chromium is missing: .ci/run installs it"
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with chromium.running(tmp_path_factory.mktemp("navigateur")) as running:
        yield running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A page of the browser, with a profile of its own."""
    with new_tab(browser) as opened:
        yield opened
