"""Reading ``publications/<jeu>/``: names of versions, manifests, tombstones, the pointer.

A version is public from the moment the pointer has named it, and only then. A tombstone says, in
the folder of a version, that files of it were withdrawn, and why: ``retrait.json`` stands for the
whole version; ``retrait_ecarts.json`` for its diff alone, which quotes rows of the version before
and goes when that one is withdrawn. See docs/decisions/0008.
"""

import datetime as dt
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.files import File, indented_json

POINTER = "current.json"
MANIFEST = "manifest.json"
CHECKSUMS_FILE = "SHA256SUMS"
WITHDRAWAL = "retrait.json"
DIFF_WITHDRAWAL = "retrait_ecarts.json"
DRAFT_PREFIX = ".en_cours-"
_NAME = re.compile(r"(\d{4})\.(\d{2})\.([1-9]\d*)")


class HistoryError(RuntimeError):
    """What was published cannot be trusted as it is; the message says what a person must do."""


class PointerError(HistoryError):
    """The pointer is unreadable, or does not name the last version."""


class ManifestError(HistoryError):
    """A version's manifest is missing or unreadable."""


class WithdrawalError(HistoryError):
    """A tombstone is unreadable."""


class PublicationRefusedError(RuntimeError):
    """The candidate may not be published; the message says why."""


@dataclass(frozen=True, order=True)
class Version:
    """Year and month of publication (UTC), then a counter; ordered."""

    year: int
    month: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}.{self.month:02}.{self.number}"


@dataclass(frozen=True)
class Pointer:
    """Content of ``current.json``; ``tete``: the signed head (``store.heads``), if it is signed."""

    version: str
    manifest_sha256: str
    publie_le: str
    tete: str | None = None

    def to_json(self) -> bytes:
        """Return the bytes of the file."""
        return indented_json({k: value for k, value in asdict(self).items() if value is not None})


def parse_version(name: str) -> Version | None:
    """Read ``AAAA.MM.N``; None when it is something else."""
    parsed = _NAME.fullmatch(name)
    return Version(*(int(part) for part in parsed.groups())) if parsed else None


def versions(folder: Path) -> list[Version]:
    """Versions that are in the folder of a dataset, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(parsed for path in folder.iterdir() if (parsed := parse_version(path.name)))


def read_pointer(folder: Path) -> Pointer | None:
    """Read the pointer; None when nothing was ever published. Raises :class:`PointerError`."""
    path = folder / POINTER
    if not path.exists():
        return None
    try:
        return Pointer(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, RecursionError):
        raise PointerError(f"{path} est illisible : le restaurer d'une sauvegarde.") from None


def read_manifest(folder: Path, version: str) -> dict[str, Any]:
    """Read the manifest of a version, as the edition wrote it. Raises :class:`ManifestError`."""
    path = folder / version / MANIFEST
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise ManifestError(
            f"{path} manque ou est illisible : le restaurer d'une sauvegarde."
        ) from None
    return content


def current_version(folder: Path) -> dict[str, Any] | None:
    """Return the current version's manifest; None if never published. Raises ``HistoryError``."""
    pointer = read_pointer(folder)
    return None if pointer is None else read_manifest(folder, pointer.version)


def next_version(folder: Path, now: dt.datetime) -> Version:
    """Return the name of the next version, published ``now`` (UTC)."""
    known = versions(folder)
    month = (now.year, now.month)
    if known:
        # A clock set back must not make a version older than the last one.
        month = max(month, (known[-1].year, known[-1].month))
    used = [version.number for version in known if (version.year, version.month) == month]
    return Version(*month, max(used, default=0) + 1)


def interrupted_version(folder: Path) -> Version | None:
    """Return the version that a killed publication left complete without moving the pointer.

    There can be one only, and it follows the current one. Anything else means that the pointer was
    lost or put back by hand: :class:`PointerError`, for nothing published may be thrown away.
    """
    pointer = read_pointer(folder)
    current = parse_version(pointer.version) if pointer else None
    later_versions = [
        version for version in versions(folder) if current is None or version > current
    ]
    if not later_versions:
        return None
    previous = read_manifest(folder, str(later_versions[0]))["version_precedente"] or {}
    # It followed this very pointer: one whose version alone agrees was moved back or damaged.
    followed = (previous.get("version"), previous.get("manifest_sha256"))
    if len(later_versions) == 1 and followed == (
        (pointer.version, pointer.manifest_sha256) if pointer else (None, None)
    ):
        return later_versions[0]
    raise PointerError(
        f"{folder / POINTER} ne désigne pas la dernière version ({later_versions[-1]}) : "
        "le restaurer d'une sauvegarde, ou ranger ailleurs les versions qui le suivent."
    )


@dataclass(frozen=True)
class Withdrawal:
    """Files withdrawn from a version. ``cause`` is the version that was withdrawn.

    ``remplacee_par``: the version to use instead, when somebody said which. ``signature``: all the
    rest, signed (``store.heads``).
    """

    jeu: str
    version: str
    cause: str
    retire_le: str
    raison: str
    fichiers: tuple[File, ...]
    remplacee_par: str | None = None
    signature: str | None = None

    @property
    def told(self) -> dict[str, Any]:
        """All that it says, as JSON reads it back."""
        content = asdict(self) | {"fichiers": [asdict(file) for file in self.fichiers]}
        return {name: value for name, value in content.items() if name != "signature"}

    @property
    def names(self) -> frozenset[str]:
        """Names of the files withdrawn."""
        return frozenset(file.nom for file in self.fichiers)


def read_withdrawal(folder: Path, name: str = WITHDRAWAL) -> Withdrawal | None:
    """Read a tombstone in the folder of a version. Raises :class:`WithdrawalError`."""
    path = folder / name
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(File(**item) for item in content.pop("fichiers"))
        return Withdrawal(fichiers=files, **content)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise WithdrawalError(f"{path} est illisible : le restaurer d'une sauvegarde.") from None


def read_withdrawals(folder: Path) -> dict[str, Withdrawal]:
    """Read every tombstone of a version, by file name. Raises :class:`WithdrawalError`."""
    withdrawals = {name: read_withdrawal(folder, name) for name in (WITHDRAWAL, DIFF_WITHDRAWAL)}
    return {name: item for name, item in withdrawals.items() if item}
