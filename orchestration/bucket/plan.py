"""What a bucket still lacks of a version, and whether its pointer may move.

A version holds what its SHA256SUMS lists; files of its manifest that this list has no more were
withdrawn.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from orchestration.bucket.bucket import Bucket, ConflictError, IntegrityError
from orchestration.files import sha256
from orchestration.store.versions import CHECKSUMS_FILE, MANIFEST, POINTER, Pointer, parse_version

# Hash of every file of the site by its path, written after all of them: followed by mirrors.
SITE_LIST = "site.sha256"
_MAX_ATTEMPTS = 5
_HEX_DIGEST_LENGTH = 64


def decode(content: bytes, location: str) -> Pointer:
    """Read a pointer's bytes. Raises ``IntegrityError``."""
    try:
        pointer = Pointer(**json.loads(content))
        if parse_version(pointer.version):
            return pointer
    except (ValueError, TypeError):
        pass
    raise IntegrityError(f"{location} est illisible.")


def move_pointer(bucket: Bucket, folder: Path, pointer: Pointer) -> bool:
    """Make the bucket's pointer that of ``folder``; False when it was already.

    The caller holds the folder, so ``pointer`` is the local one to the end. A bucket's pointer is
    replaced only if it names a version that was published here: it goes back only with the local
    pointer, and never over somebody else's. Another push in between makes this one look again.
    """
    name = f"{folder.name}/{POINTER}"
    for _ in range(_MAX_ATTEMPTS):
        read = bucket.read(name)
        theirs = decode(read.octets, bucket.location(name)) if read else None
        if theirs == pointer:
            return False
        if theirs and not _published_here(folder, theirs):
            raise ConflictError(
                f"{bucket.location(name)} désigne {theirs.version}, qui n'a pas été publiée ici : "
                "le pointeur n'est pas déplacé. Un préfixe n'a qu'un seul publicateur."
            )
        if bucket.replace_if_unchanged(name, pointer.to_json(), read):
            return True
    raise ConflictError(f"{bucket.location(name)} change sans cesse : un autre dépôt est en cours.")


def _published_here(folder: Path, pointer: Pointer) -> bool:
    path = folder / pointer.version / MANIFEST
    return path.exists() and sha256(path) == pointer.manifest_sha256


@dataclass(frozen=True)
class Plan:
    """Files to send, in this order; files that must be the same; files to delete.

    The version's SHA256SUMS comes after all of them.
    """

    to_upload: tuple[str, ...]
    to_compare: tuple[str, ...]
    to_delete: tuple[str, ...]


def read_checksums(content: bytes, location: str) -> dict[str, str]:
    """Read a SHA256SUMS: hash by name. Raises ``IntegrityError``; names are those of plain files.

    A list that comes from a bucket must not make anybody write elsewhere.
    """
    digests = read_site_list(content, location)
    if any("/" in name for name in digests):
        raise IntegrityError(f"{location} est illisible.")
    return digests


def read_site_list(content: bytes, location: str) -> dict[str, str]:
    """Read the list of the site: hash by path below it. Raises ``IntegrityError``."""
    try:
        lines = [line.split("  ", 1) for line in content.decode().splitlines()]
        digests = {name: digest for digest, name in lines}
    except ValueError:
        digests = {"": ""}
    if not all(
        all(map(_is_plain_name, name.split("/"))) and len(digest) == _HEX_DIGEST_LENGTH
        for name, digest in digests.items()
    ):
        raise IntegrityError(f"{location} est illisible.")
    return digests


def _is_plain_name(name: str) -> bool:
    return PurePosixPath(name).name == name and name[:1] not in ("", ".")


def plan_push(
    checksums: Mapping[str, str], manifest: Iterable[str], sizes: Mapping[str, int]
) -> Plan:
    """Compare what a version holds with the sizes that the bucket lists for it.

    Its manifest comes last: whoever finds it finds all that it names.
    """
    order = sorted(checksums, key=lambda name: (name == MANIFEST, name))
    withdrawn = withdrawn_names(checksums, manifest)
    return Plan(
        to_upload=tuple(name for name in order if name not in sizes),
        to_compare=tuple(name for name in order if name in sizes),
        to_delete=tuple(sorted(withdrawn & set(sizes))),
    )


def withdrawn_names(checksums: Iterable[str], manifest: Iterable[str]) -> set[str]:
    """Files that the manifest binds and that the list of the version has no more."""
    return set(manifest) - set(checksums) - {CHECKSUMS_FILE}
