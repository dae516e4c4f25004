"""Addresses as people type them: raw accents and spaces reach the parser encoded."""

import pytest

from portal.http.protocol import _encode

_END = b"\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('GET /a?where=nom="Île" HTTP/1.1', b'GET /a?where=nom="%C3%8Ele" HTTP/1.1'),
        ("GET /a?where=b or c HTTP/1.1", b"GET /a?where=b%20or%20c HTTP/1.1"),
        ("GET /a?b=%20c HTTP/1.1", b"GET /a?b=%20c HTTP/1.1"),
        ("GET /a b", b"GET /a b"),
    ],
)
def test_what_an_address_cannot_hold_is_encoded(line: str, expected: bytes) -> None:
    assert _encode(line.encode() + _END) == expected + _END


def test_half_a_line_is_left_alone() -> None:
    assert _encode("GET /é".encode()) == "GET /é".encode()
