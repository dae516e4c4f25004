"""The secrets: one master key, from which each use derives its own, and one that signs.

The master key comes from ``CPF_KEY`` (at least 32 characters) or from the file ``$CPF_DATA/cle``
(mode 0600), made at the first run. Losing it means losing the vault and the continuity of
pseudonyms.

What signs publications is no use of it: readers keep its public half, so it stays when the other
one changes, and who has public exports alone has no other. It comes from ``CPF_CLE_SIGNATURE`` (64
hexadecimal digits) or from the file ``$CPF_DATA/cle_signature``, made at the first publication.
"""

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from orchestration import files, settings

# The first bytes of a Parquet file that is encrypted.
_ENCRYPTED = b"PARE"
MIN_LENGTH = 32


class SecretError(RuntimeError):
    """The master key is missing, too short or readable by others."""


def master_key() -> bytes:
    """Return the master key, making it at first use. Raises :class:`SecretError`."""
    key_text = os.environ.get("CPF_KEY")
    if key_text:
        return _checked(key_text, "CPF_KEY")
    path = settings.data() / "cle"
    if not path.exists():
        _refuse_beside_a_vault(path)
        _create(path)
    return _checked(_read(path), str(path))


def signing_key() -> Ed25519PrivateKey:
    """Return what signs publications, making it at first use. Raises :class:`SecretError`."""
    path = settings.data() / "cle_signature"
    key_text = os.environ.get("CPF_CLE_SIGNATURE")
    if not key_text and not path.exists():
        if has_signed():
            raise SecretError(
                f"{path} manque, et ce qui est publié a été signé avec elle. La remettre d'une "
                "sauvegarde, ou la donner dans CPF_CLE_SIGNATURE (en changer : docs/production.md)."
            )
        _create(path)
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key_text or _read(path)))
    except ValueError:
        origin = "CPF_CLE_SIGNATURE" if key_text else path
        raise SecretError(f"{origin} : 64 chiffres hexadécimaux sont attendus.") from None


def has_signed() -> bool:
    """Tell whether something was signed here, so that a key is there to verify with."""
    return any(settings.signatures().glob("*"))


def is_set() -> bool:
    """Tell whether there is a master key already."""
    return bool(os.environ.get("CPF_KEY")) or (settings.data() / "cle").exists()


def derive(use: str) -> bytes:
    """Derive the 32-byte key of a ``use`` (``pseudonyme``, ``coffre``, ``parquet``, ``oubli``)."""
    return hmac.new(master_key(), use.encode(), hashlib.sha256).digest()


def _read(path: Path) -> str:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SecretError(f"{path} est lisible par d'autres : faire « chmod 600 {path} ».")
    return path.read_text().strip()


def _checked(text: str, origin: str) -> bytes:
    if len(text) < MIN_LENGTH:
        raise SecretError(f"{origin} : la clé doit compter au moins {MIN_LENGTH} caractères.")
    return text.encode()


def _refuse_beside_a_vault(path: Path) -> None:
    """Refuse to make a key where another one has encrypted: nothing would open it any more."""
    made = [item for item in (settings.vault_path(), settings.register()) if item.exists()]
    # (public exports land in clear, and need no key)
    landed = settings.landing()
    if any(path.open("rb").read(4) == _ENCRYPTED for path in landed.rglob("*.parquet")):
        made.append(landed)
    if made:
        raise SecretError(
            f"{path} manque, et {made[0]} a été chiffré avec elle. La remettre d'une sauvegarde, "
            "ou la donner dans CPF_KEY. Pour repartir de rien, déplacer "
            f"{', '.join(str(item) for item in made)}."
        )


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    files.write(draft, f"{secrets.token_hex(32)}\n".encode(), mode=0o600)
    try:
        # link, not rename: a key that another process has just made is never replaced.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
