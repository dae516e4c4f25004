"""The folder of one version: what is wrong in it, from its own files alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from orchestration.files import checksums, sha256
from orchestration.store.versions import (
    CHECKSUMS_FILE,
    DIFF_WITHDRAWAL,
    MANIFEST,
    WITHDRAWAL,
    ManifestError,
    Withdrawal,
    WithdrawalError,
    parse_version,
    read_manifest,
    read_withdrawals,
)

_TOMBSTONES = (WITHDRAWAL, DIFF_WITHDRAWAL)


@dataclass(frozen=True)
class VersionFolder:
    """A version's folder as it is: its files, its manifest, the hash of that, its tombstones."""

    path: Path
    present_files: frozenset[str]
    manifest: Mapping[str, Any]
    digest: str
    withdrawals: Mapping[str, Withdrawal]

    @property
    def expected_digests(self) -> dict[str, str]:
        """Hash of every file that the manifest binds, withdrawn or not."""
        return {file["nom"]: file["sha256"] for file in self.manifest["fichiers"]}

    def checksums(self, withdrawals: tuple[str, ...]) -> bytes:
        """Return what SHA256SUMS holds once these tombstones have taken effect."""
        withdrawn_files = {
            name for tombstone in withdrawals for name in self.withdrawals[tombstone].names
        }
        left = {
            name: digest
            for name, digest in self.expected_digests.items()
            if name not in withdrawn_files
        }
        marks = {name: sha256(self.path / name) for name in withdrawals}
        return checksums({**left, **marks, MANIFEST: self.digest})


def version_problems(
    version_folder: Path, manifest_sha256: str | None, *, name_kept: bool = True
) -> list[str]:
    """Say what is wrong in the folder of a version; ``manifest_sha256`` is what binds it.

    ``name_kept``: the folder has its own name, in the folder of its dataset.
    """
    present = (
        frozenset(path.name for path in version_folder.iterdir())
        if version_folder.is_dir()
        else frozenset()
    )
    # What is read elsewhere may be changed there: a version holds its own files.
    links = [path.name for path in (version_folder, *version_folder.glob("*")) if path.is_symlink()]
    if links:
        return [f"{name} est un lien" for name in sorted(links)]
    if MANIFEST not in present:
        return [f"{MANIFEST} manque"]
    digest = sha256(version_folder / MANIFEST)
    problems = []
    if manifest_sha256 and digest != manifest_sha256:
        problems.append(f"{MANIFEST} a changé")
    try:
        manifest = read_manifest(version_folder.parent, version_folder.name)
        withdrawals = read_withdrawals(version_folder)
        folder = VersionFolder(version_folder, present, manifest, digest, withdrawals)
        bound = (manifest["jeu"], manifest["version"], folder.expected_digests)
    except WithdrawalError as error:
        return [*problems, str(error)]
    except (ManifestError, KeyError, TypeError):
        return problems or [f"{MANIFEST} est illisible"]
    if name_kept and bound[:2] != (version_folder.parent.name, version_folder.name):
        problems.append(f"{MANIFEST} décrit {manifest['jeu']} {manifest['version']}")
    known = manifest_sha256 is not None
    return [
        *problems,
        *_withdrawals(folder),
        *_file_problems(folder),
        *_checksum_problems(folder, known=known),
    ]


def is_unfinished(version_folder: Path) -> bool:
    """Tell whether a withdrawal was interrupted here: SHA256SUMS does not tell of it yet."""
    tombstones = [name for name in _TOMBSTONES if (version_folder / name).exists()]
    # As bytes: what somebody changed may be no text any more.
    listed = (
        (version_folder / CHECKSUMS_FILE).read_bytes()
        if (version_folder / CHECKSUMS_FILE).exists()
        else b""
    )
    return any(f"  {name}\n".encode() not in listed for name in tombstones)


def is_version_folder(version_folder: Path) -> bool:
    """Tell whether a folder is that of one version, whatever its name has become."""
    marks = {MANIFEST, CHECKSUMS_FILE, *_TOMBSTONES}
    is_version = parse_version(version_folder.name) is not None
    return version_folder.is_dir() and (
        is_version or any((version_folder / name).is_file() for name in marks)
    )


def _withdrawals(folder: VersionFolder) -> Iterator[str]:
    identity = (folder.manifest["jeu"], folder.manifest["version"])
    for name, tombstone in folder.withdrawals.items():
        digests_then = {file.nom: file.sha256 for file in tombstone.fichiers}
        same = (tombstone.jeu, tombstone.version) == identity
        if not same or not digests_then.items() <= folder.expected_digests.items():
            yield f"{name} ne s'accorde pas avec {MANIFEST}"


def _file_problems(folder: VersionFolder) -> Iterator[str]:
    withdrawn = {name for tombstone in folder.withdrawals.values() for name in tombstone.names}
    pending = is_unfinished(folder.path)
    for name, expected in sorted(folder.expected_digests.items()):
        if name not in folder.present_files:
            if name not in withdrawn:
                yield f"{name} manque"
        elif name in withdrawn and not pending:
            yield f"{name} est en trop : il a été retiré"
        elif not (folder.path / name).is_file() or sha256(folder.path / name) != expected:
            yield f"{name} a changé"
    known = {*folder.expected_digests, MANIFEST, CHECKSUMS_FILE, *_TOMBSTONES}
    yield from (f"{name} est en trop" for name in sorted(folder.present_files - known))


def _checksum_problems(folder: VersionFolder, *, known: bool) -> Iterator[str]:
    """Compare SHA256SUMS with what it must be, or was before a withdrawal that was interrupted."""
    if CHECKSUMS_FILE not in folder.present_files:
        yield f"{CHECKSUMS_FILE} manque"
        return
    written = (folder.path / CHECKSUMS_FILE).read_bytes()
    tombstones = tuple(folder.withdrawals)
    stages = [
        subset for size in range(len(tombstones) + 1) for subset in combinations(tombstones, size)
    ]
    if written in {folder.checksums(stage) for stage in stages}:
        return
    changed = [
        name
        for name in (MANIFEST, *tombstones)
        if f"{sha256(folder.path / name)}  {name}\n".encode() not in written
    ]
    # Bound by the chain the manifest is right; alone, nothing says which of the two has changed.
    if changed and not (known and changed == [MANIFEST]):
        names = ", ".join(changed)
        yield f"{names} ou {CHECKSUMS_FILE} a changé : leurs empreintes ne s'accordent plus"
    else:
        yield f"{CHECKSUMS_FILE} a changé"
