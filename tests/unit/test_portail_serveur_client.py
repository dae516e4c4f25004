"""Whom a request is counted for."""

from typing import Any

import pytest

from portal.serveur.demande import CLIENT, marquer


@pytest.mark.parametrize(
    ("mandataire", "entete", "attendu"),
    [
        (False, "203.0.113.9", "192.0.2.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (True, "", "192.0.2.1"),
    ],
)
def test_seul_le_mandataire_dit_qui_est_le_client(
    mandataire: bool, entete: str, attendu: str
) -> None:
    headers = [(b"x-forwarded-for", entete.encode())] if entete else []
    scope: dict[str, Any] = {"type": "http", "client": ("192.0.2.1", 4), "headers": headers}
    marquer(scope, mandataire=mandataire)
    assert scope[CLIENT] == attendu
