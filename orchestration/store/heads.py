"""The head of a dataset: every version that it has, each withdrawal, counted and signed.

It travels in the pointer, so that both change at once. A list of all datasets with the number of
their heads, ``catalogue.jws``, is beside them. See docs/decisions/0020.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from orchestration.files import sha256
from orchestration.store.signatures import SignatureError, sign, unverified, verified
from orchestration.store.versions import (
    DIFF_WITHDRAWAL,
    MANIFEST,
    POINTER,
    WITHDRAWAL,
    Pointer,
    Withdrawal,
    parse_version,
    read_withdrawals,
    versions,
)

CATALOGUE_FILE = "catalogue.jws"
_HEAD, _CATALOGUE, _TOMBSTONE = "cpf-tete", "cpf-catalogue", "cpf-retrait"


@dataclass(frozen=True)
class SignedVersion:
    """The hash of a version's manifest and those of its tombstones, by file name."""

    manifest_sha256: str
    retraits: Mapping[str, str]


@dataclass(frozen=True)
class Head:
    """All versions of a dataset, oldest first, by name; ``numero`` grows with each signature."""

    jeu: str
    numero: int
    signe_le: str
    versions: Mapping[str, SignedVersion]

    @property
    def last(self) -> str:
        """Name of the current version."""
        return list(self.versions)[-1] if self.versions else ""


def describe(folder: Path, numero: int, moment: str, last: str) -> Head:
    """Describe the versions of a dataset up to the one that is, or becomes, the current one."""
    until = parse_version(last)
    held = [version for version in versions(folder) if until is not None and version <= until]
    return Head(
        folder.name, numero, moment, {str(item): _signed(folder / str(item)) for item in held}
    )


def sign_head(key: Ed25519PrivateKey, head: Head) -> str:
    """Return a head as a signed text."""
    return sign(key, _HEAD, asdict(head))


def read_head(key: Ed25519PublicKey | None, token: object) -> Head:
    """Read a signed head; without a key, whoever signed it. Raises ``SignatureError``."""
    return _head(verified(key, _HEAD, token) if key else unverified(_HEAD, token))


def sign_catalogue(key: Ed25519PrivateKey, numbers: Mapping[str, int], moment: str) -> str:
    """Return the list of all datasets, with the number of the head of each, as a signed text."""
    return sign(key, _CATALOGUE, {"signe_le": moment, "jeux": dict(numbers)})


def read_catalogue(key: Ed25519PublicKey, token: str) -> dict[str, int]:
    """Read the list of all datasets. Raises ``SignatureError``."""
    content = verified(key, _CATALOGUE, token.strip())
    try:
        return {str(name): int(number) for name, number in content["jeux"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SignatureError("la liste signée est illisible") from None


def sign_withdrawal(key: Ed25519PrivateKey, withdrawal: Withdrawal) -> str:
    """Return a withdrawal as a signed text: its tombstone bears it before any head does."""
    return sign(key, _TOMBSTONE, withdrawal.told)


def is_signed(key: Ed25519PublicKey, withdrawal: Withdrawal) -> bool:
    """Tell whether a tombstone says what ``key`` signed."""
    try:
        return verified(key, _TOMBSTONE, withdrawal.signature) == withdrawal.told
    except SignatureError:
        return False


def differences(
    head: Head, folder: Path, dataset: str, pointer: Pointer, key: Ed25519PublicKey
) -> Iterator[tuple[str, str]]:
    """Say, in French, how a dataset is not what its head says: in which version, and what.

    Of the pointer itself, or of a version that is not there, it names the version ``current.json``.
    """
    if head.jeu != dataset:
        yield POINTER, f"la tête signée est celle de {head.jeu}"
    present = describe(folder, head.numero, head.signe_le, pointer.version)
    for version, expected in head.versions.items():
        if version in present.versions:
            found = version_differences(expected, folder / version, key)
            yield from ((version, text) for text in found)
        else:
            yield POINTER, f"la version {version}, signée, manque"
    for version in [name for name in present.versions if name not in head.versions]:
        yield version, f"la version {version} n'est pas signée"
    signed = head.versions.get(pointer.version)
    if head.last != pointer.version or (
        signed and signed.manifest_sha256 != pointer.manifest_sha256
    ):
        last = head.last or "aucune"
        yield POINTER, f"la version courante n'est pas celle qui a été signée ({last})"


def version_differences(
    expected: SignedVersion, version: Path, key: Ed25519PublicKey
) -> Iterator[str]:
    """Say how the folder of a version is not what was signed of it, in French."""
    found, withdrawals = _signed(version), read_withdrawals(version)
    if found.manifest_sha256 != expected.manifest_sha256:
        yield f"{MANIFEST} n'est pas celui qui a été signé"
    for name, digest in expected.retraits.items():
        if name not in found.retraits:
            yield f"{name}, signé, manque"
        elif found.retraits[name] != digest:
            yield f"{name} n'est pas celui qui a été signé"
    # One that no head tells of yet: a withdrawal that was interrupted, if it was ours.
    for name in sorted(found.retraits.keys() - expected.retraits.keys()):
        if not is_signed(key, withdrawals[name]):
            yield f"{name} n'est pas signé"


def shortened(before: Head, after: Head) -> list[str]:
    """Say what a head that should follow another one does not tell any more, in French."""
    if after.numero < before.numero:
        return [
            f"la tête n° {after.numero} ({after.signe_le}) est plus ancienne que la n° "
            f"{before.numero} ({before.signe_le}), déjà vue"
        ]
    lost = []
    for version, known in before.versions.items():
        told = after.versions.get(version)
        if told is None:
            lost.append(f"la version {version}, déjà vue, n'est plus dite")
        elif told.manifest_sha256 != known.manifest_sha256:
            lost.append(f"la version {version} n'est plus celle déjà vue")
        elif not known.retraits.items() <= told.retraits.items():
            lost.append(f"le retrait de {version}, déjà vu, n'est plus dit")
    return lost


def _signed(version: Path) -> SignedVersion:
    manifest = version / MANIFEST
    marks = [version / name for name in (WITHDRAWAL, DIFF_WITHDRAWAL) if (version / name).is_file()]
    return SignedVersion(
        sha256(manifest) if manifest.is_file() else "", {path.name: sha256(path) for path in marks}
    )


def _head(content: Mapping[str, Any]) -> Head:
    try:
        held = {
            str(name): SignedVersion(str(item["manifest_sha256"]), dict(item["retraits"]))
            for name, item in content["versions"].items()
        }
        return Head(str(content["jeu"]), int(content["numero"]), str(content["signe_le"]), held)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SignatureError("la tête signée est illisible") from None
