"""Signatures that a reader checks with the publisher's public key alone.

JWS in compact form with Ed25519 (RFC 7515, RFC 8037): the bytes that were signed travel as they
were, and any JOSE library, or openssl, checks them. ``typ`` says what was signed, so that one kind
never passes for another. See docs/decisions/0020.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

PUBLIC_KEY_FILE = "cle-publique.pem"
_PARTS = 3
_SHOWN_DIGITS = 32


class SignatureError(ValueError):
    """What should be signed is not, or by another key, or is no such thing."""


def sign(key: Ed25519PrivateKey, kind: str, content: Mapping[str, Any]) -> str:
    """Return ``content`` as a signed text of this ``kind``."""
    header = _encode(_json({"alg": "EdDSA", "typ": kind}))
    signed = f"{header}.{_encode(_json(content))}"
    return f"{signed}.{_encode(key.sign(signed.encode()))}"


def verified(key: Ed25519PublicKey, kind: str, token: object) -> dict[str, Any]:
    """Return what ``key`` signed as this ``kind``. Raises :class:`SignatureError`."""
    content = unverified(kind, token)
    signed, _, signature = str(token).rpartition(".")
    try:
        key.verify(_decode(signature), signed.encode())
    except InvalidSignature:
        raise SignatureError("la signature n'est pas de cette clé") from None
    return content


def unverified(kind: str, token: object) -> dict[str, Any]:
    """Return what a signed text says, whoever signed it. Raises :class:`SignatureError`."""
    if token is None:
        raise SignatureError("rien n'est signé")
    if not isinstance(token, str) or token.count(".") != _PARTS - 1:
        raise SignatureError("ce n'est pas une signature")
    header, payload, _ = token.split(".")
    try:
        content = json.loads(_decode(payload))
        told = json.loads(_decode(header))
    except (ValueError, RecursionError):
        raise SignatureError("la signature est illisible") from None
    if told != {"alg": "EdDSA", "typ": kind} or not isinstance(content, dict):
        raise SignatureError("la signature est d'autre chose")
    return content


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Return a public key as others read it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public_key(pem: bytes) -> Ed25519PublicKey:
    """Read a public key. Raises :class:`SignatureError`."""
    try:
        key: object = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise SignatureError("ce n'est pas une clé publique Ed25519 en PEM")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return what two people compare to know that they have the same key."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digits = sha256(der).hexdigest()[:_SHOWN_DIGITS]
    return " ".join(digits[start : start + 4] for start in range(0, _SHOWN_DIGITS, 4))


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decode(text: str) -> bytes:
    """Decode what :func:`_encode` writes, and nothing else that would mean the same."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise SignatureError("la signature est illisible") from None
    if _encode(content) != text:
        raise SignatureError("la signature est illisible")
    return content
