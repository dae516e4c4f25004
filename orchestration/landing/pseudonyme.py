"""The pseudonym of a titulaire: HMAC-SHA-256 with a derived key, cut to 128 bits.

Belongs here: the same function as SQL (1 µs a row, measured in November 2026: five times faster
than calling Python's ``hmac``) and its parameters. Does not: keeping the key (``keys``).
"""

from orchestration import keys

_BLOCK = 64

# HMAC(k, m) = H(k ⊕ opad · H(k ⊕ ipad · m)). The two padded keys are parameters of the query, so
# that no text of SQL, hence no message of DuckDB, ever holds them.
TITULAIRE = (
    "left(sha256($opad::blob || unhex(sha256($ipad::blob || encode(id_titulaire)))), 32)::uuid"
)


def parameters() -> dict[str, bytes]:
    """Return the values of :data:`TITULAIRE`'s parameters, drawn from the key ``pseudonyme``."""
    key = keys.derive("pseudonyme").ljust(_BLOCK, b"\0")
    return {
        "ipad": bytes(byte ^ 0x36 for byte in key),
        "opad": bytes(byte ^ 0x5C for byte in key),
    }
