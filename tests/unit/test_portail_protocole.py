"""Addresses as people type them: raw accents and spaces reach the parser encoded."""

import pytest

from portal.serveur.protocole import _encoder

_FIN = b"\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    ("ligne", "attendue"),
    [
        ('GET /a?where=nom="Île" HTTP/1.1', b'GET /a?where=nom="%C3%8Ele" HTTP/1.1'),
        ("GET /a?where=b or c HTTP/1.1", b"GET /a?where=b%20or%20c HTTP/1.1"),
        ("GET /a?b=%20c HTTP/1.1", b"GET /a?b=%20c HTTP/1.1"),
        ("GET /a b", b"GET /a b"),
    ],
)
def test_what_an_address_cannot_hold_is_encoded(ligne: str, attendue: bytes) -> None:
    assert _encoder(ligne.encode() + _FIN) == attendue + _FIN


def test_half_a_line_is_left_alone() -> None:
    assert _encoder("GET /é".encode()) == "GET /é".encode()
