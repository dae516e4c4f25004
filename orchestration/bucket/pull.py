"""``cpf pull``: versions of a bucket, checked as ``cpf verify`` does, in a folder.

Everything is fetched beside and checked, then renamed; the pointer comes last.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.bucket.bucket import Bucket, IntegrityError, Notify, ObjectStoreError
from orchestration.bucket.plan import decode, read_checksums
from orchestration.files import replace_file
from orchestration.store.integrity import version_problems
from orchestration.store.versions import (
    CHECKSUMS_FILE,
    DRAFT_PREFIX,
    MANIFEST,
    POINTER,
    Pointer,
    parse_version,
    read_manifest,
    read_pointer,
)


@dataclass(frozen=True)
class PulledVersion:
    """A version that is now in the folder, verified; ``octets`` is 0 when it was there already."""

    dataset: str
    version: str
    octets: int


def pull_versions(
    source: str,
    root_folder: Path,
    datasets: Sequence[str] = (),
    *,
    toutes: bool,
    notify: Notify,
) -> list[PulledVersion]:
    """Fetch the current version of ``datasets`` (default: all of the bucket), or every one.

    Raises ``AddressError``, ``ObjectStoreError``, ``HistoryError``.
    """
    bucket = Bucket(source)
    received = [
        item
        for dataset in datasets or bucket.folders()
        if not dataset.startswith(".")
        for item in _pull_dataset(bucket, dataset, root_folder, toutes, notify)
    ]
    for missing in sorted(set(datasets) - {item.dataset for item in received}):
        raise ObjectStoreError(f"{bucket.location(missing)} : aucune version publiée.")
    if not received:
        raise ObjectStoreError(f"{bucket.address} : aucune version publiée.")
    return received


def _pull_dataset(
    bucket: Bucket,
    dataset: str,
    root_folder: Path,
    toutes: bool,
    notify: Notify,
) -> list[PulledVersion]:
    name = f"{dataset}/{POINTER}"
    read = bucket.read(name)
    if read is None:
        return []
    pointer = decode(read.octets, bucket.location(name))
    dataset_folder = root_folder / dataset
    dataset_folder.mkdir(parents=True, exist_ok=True)
    _refuse_rollback(dataset_folder, pointer)
    received: list[PulledVersion] = []
    version, digest = pointer.version, pointer.manifest_sha256
    while True:
        received.append(_pull_version(bucket, dataset_folder, version, digest, notify))
        previous = read_manifest(dataset_folder, version)["version_precedente"]
        if not toutes or not previous:
            break
        version, digest = previous["version"], previous["manifest_sha256"]
    replace_file(dataset_folder / POINTER, read.octets, dataset_folder / f"{DRAFT_PREFIX}{POINTER}")
    return received


def _refuse_rollback(dataset_folder: Path, pointer: Pointer) -> None:
    known = read_pointer(dataset_folder)
    here, remote_version = (
        parse_version(item.version) if item else None for item in (known, pointer)
    )
    if here and remote_version and here > remote_version:
        raise ObjectStoreError(
            f"{dataset_folder} a déjà {here}, plus récente que celle du seau ({remote_version})."
        )


def _pull_version(
    bucket: Bucket, dataset_folder: Path, version: str, digest: str, notify: Notify
) -> PulledVersion:
    if parse_version(version) is None:
        raise IntegrityError(f"{bucket.location(dataset_folder.name)} : version illisible.")
    target = dataset_folder / version
    if target.exists():
        _refuse_damaged(target, digest, str(target))
        return PulledVersion(dataset_folder.name, version, 0)
    with tempfile.TemporaryDirectory(prefix=DRAFT_PREFIX, dir=dataset_folder) as temporary:
        draft = Path(temporary) / dataset_folder.name / version
        draft.mkdir(parents=True)
        size = _download_version(bucket, draft)
        _refuse_damaged(draft, digest, bucket.location(f"{dataset_folder.name}/{version}"))
        draft.rename(target)
    notify(f"{dataset_folder.name} : {version} reçue et vérifiée")
    return PulledVersion(dataset_folder.name, version, size)


def _download_version(bucket: Bucket, draft: Path) -> int:
    prefix = f"{draft.parent.name}/{draft.name}/"
    listed = bucket.read(prefix + CHECKSUMS_FILE)
    if listed is None:
        raise IntegrityError(
            f"{bucket.location(prefix + CHECKSUMS_FILE)} manque : la version est incomplète."
        )
    names = {
        *read_checksums(listed.octets, bucket.location(prefix + CHECKSUMS_FILE)),
        MANIFEST,
        CHECKSUMS_FILE,
    }
    for name in sorted(names):
        with (draft / name).open("xb") as file:
            for block in bucket.blocks(prefix + name):
                file.write(block)
    return sum(path.stat().st_size for path in draft.iterdir())


def _refuse_damaged(version: Path, manifest_sha256: str, location: str) -> None:
    problems = version_problems(version, manifest_sha256)
    if problems:
        raise IntegrityError(f"{location} est refusée : {' ; '.join(problems)}.")
