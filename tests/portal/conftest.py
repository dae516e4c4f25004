"""A portal on the package of places, one for all of these tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.factories import quiet_server, small_places

Ask = Callable[..., requests.Response]


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the portal."""
    state = tmp_path_factory.mktemp("lieux")
    small_places.write(state / "publications")
    with quiet_server.serving(state / "publications", state) as address:
        yield address


@pytest.fixture(scope="session")
def ask(places: str) -> Ask:
    """Ask the portal: ``ask(path, parameters, headers)``; redirects are told, not followed."""
    session = requests.Session()

    def send(
        path: str, params: Any = None, headers: Any = None, method: str = "GET", **told: Any
    ) -> requests.Response:
        return session.request(
            method, places + path, params=params, headers=headers, timeout=60,
            allow_redirects=False, **told,
        )  # fmt: skip

    return send
