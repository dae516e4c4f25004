"""Fixtures of tests that look at pages: imported by the ``conftest`` of those that do."""

import os
from collections.abc import Iterator

import pytest

from tests.browser import chromium
from tests.browser.chromium import Browser
from tests.browser.tab import Tab, new_tab


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
