"""Whom a request is counted for."""

from typing import Any

import pytest

from portal.http.request import CLIENT, mark_request


@pytest.mark.parametrize(
    ("mandataire", "header", "expected"),
    [
        (False, "203.0.113.9", "192.0.2.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (True, "", "192.0.2.1"),
    ],
)
def test_only_the_proxy_tells_who_the_client_is(
    mandataire: bool, header: str, expected: str
) -> None:
    headers = [(b"x-forwarded-for", header.encode())] if header else []
    scope: dict[str, Any] = {"type": "http", "client": ("192.0.2.1", 4), "headers": headers}
    mark_request(scope, mandataire=mandataire)
    assert scope[CLIENT] == expected
