"""One version of a bucket, in a folder: fetched beside, checked, then whole at once.

One that is there is read meanwhile: what is withdrawn of it leaves file by file, behind its
tombstone.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from orchestration.bucket.bucket import Bucket, IntegrityError, Notify
from orchestration.bucket.plan import read_checksums
from orchestration.files import link, sha256
from orchestration.store.heads import Head, version_differences
from orchestration.store.integrity import is_unfinished, version_problems
from orchestration.store.versions import (
    CHECKSUMS_FILE,
    DIFF_WITHDRAWAL,
    DRAFT_PREFIX,
    MANIFEST,
    WITHDRAWAL,
    parse_version,
    versions,
)


@dataclass(frozen=True)
class PulledVersion:
    """A version that is now in the folder, verified; ``octets`` is 0 when it was there already."""

    dataset: str
    version: str
    octets: int


@dataclass(frozen=True)
class Signed:
    """What is signed of a dataset, by which key; versions of the folder to be brought up to it."""

    head: Head | None
    key: Ed25519PublicKey | None
    stale: Sequence[str]


def stale_versions(bucket: Bucket, dataset_folder: Path, head: Head | None) -> list[str]:
    """Versions of the folder of which files were withdrawn since, or half withdrawn here.

    Where nothing is signed, the bucket's list of each says so.
    """
    here = [str(version) for version in versions(dataset_folder)]
    if head is None:
        return [name for name in here if _listed_otherwise(bucket, dataset_folder / name)]
    return [
        name
        for name in here
        if is_unfinished(dataset_folder / name)
        or any(
            not (dataset_folder / name / tombstone).exists()
            for tombstone in (head.versions[name].retraits if name in head.versions else ())
        )
    ]


def _listed_otherwise(bucket: Bucket, version: Path) -> bool:
    theirs = bucket.read(f"{version.parent.name}/{version.name}/{CHECKSUMS_FILE}")
    here = version / CHECKSUMS_FILE
    return theirs is not None and (not here.exists() or here.read_bytes() != theirs.octets)


def pull_version(
    bucket: Bucket,
    dataset_folder: Path,
    version: str,
    digest: str,
    signed: Signed,
    notify: Notify,
) -> PulledVersion:
    """Bring one version, whole, or what has changed of it. Raises ``ObjectStoreError``."""
    if parse_version(version) is None:
        raise IntegrityError(f"{bucket.location(dataset_folder.name)} : version illisible.")
    target = dataset_folder / version
    if target.exists() and version not in signed.stale:
        _refuse_damaged(target, digest, signed, str(target))
        return PulledVersion(dataset_folder.name, version, 0)
    with tempfile.TemporaryDirectory(prefix=DRAFT_PREFIX, dir=dataset_folder) as temporary:
        draft = Path(temporary) / dataset_folder.name / version
        draft.mkdir(parents=True)
        size = _download_version(bucket, draft, target)
        location = bucket.location(f"{dataset_folder.name}/{version}")
        _refuse_damaged(draft, digest, signed, location)
        if target.exists():
            _bring_up(draft, target)
        else:
            draft.rename(target)
    notify(f"{dataset_folder.name} : {version} reçue et vérifiée")
    return PulledVersion(dataset_folder.name, version, size)


def _download_version(bucket: Bucket, draft: Path, known: Path) -> int:
    """Fetch the files of a version, but for those that are in ``known``; return their bytes."""
    prefix = f"{draft.parent.name}/{draft.name}/"
    listed = bucket.read(prefix + CHECKSUMS_FILE)
    if listed is None:
        raise IntegrityError(
            f"{bucket.location(prefix + CHECKSUMS_FILE)} manque : la version est incomplète."
        )
    digests = read_checksums(listed.octets, bucket.location(prefix + CHECKSUMS_FILE))
    size = 0
    for name in sorted({*digests, MANIFEST, CHECKSUMS_FILE}):
        if (known / name).is_file() and sha256(known / name) == digests.get(name):
            link(known / name, draft / name)
            continue
        with (draft / name).open("xb") as file:
            for block in bucket.blocks(prefix + name):
                file.write(block)
            size += file.tell()
    return size


def _bring_up(draft: Path, target: Path) -> None:
    """Make a version that is read meanwhile what its draft is.

    Tombstones first, then what they withdraw, then the list: a reader of any file finds it, or
    why it is there no more; killed anywhere, the next pull finishes.
    """
    names = sorted(path.name for path in draft.iterdir())
    order = (WITHDRAWAL, DIFF_WITHDRAWAL)
    first = [name for name in order if name in names]
    for name in [*first, *(name for name in names if name not in (*first, CHECKSUMS_FILE))]:
        (draft / name).replace(target / name)
    for path in target.iterdir():
        if path.name not in names:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (draft / CHECKSUMS_FILE).replace(target / CHECKSUMS_FILE)


def _refuse_damaged(version: Path, manifest_sha256: str, signed: Signed, location: str) -> None:
    problems = version_problems(version, manifest_sha256)
    expected = signed.head.versions.get(version.name) if signed.head else None
    if expected and signed.key and not problems:
        problems = list(version_differences(expected, version, signed.key))
    if problems:
        raise IntegrityError(f"{location} est refusée : {' ; '.join(problems)}.")
