"""``cpf push``: the publications as they are here, in a bucket, without a wrong moment.

Killed anywhere, a reader of the bucket has the old current version or the new one, whole: objects
appear at once, a version's files come before its manifest, and the pointer comes last of all.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration import settings
from orchestration.bucket.bucket import (
    Bucket,
    ConflictError,
    IntegrityError,
    Notify,
    ObjectStoreError,
    StoredObject,
    different,
)
from orchestration.bucket.plan import (
    SITE_LIST,
    Plan,
    move_pointer,
    plan_push,
    read_checksums,
    withdrawn_names,
)
from orchestration.files import checksums, locked, sha256
from orchestration.store.integrity import version_problems
from orchestration.store.versions import (
    CHECKSUMS_FILE,
    POINTER,
    Pointer,
    read_manifest,
    read_pointer,
)


def push_site(bucket: Bucket, datasets: Sequence[str], notify: Notify) -> None:
    """Send the site's files that changed, if the bucket has all that they tell of.

    They name the current version of every dataset: one that was not sent yet would be a dead link.
    Nothing is ever deleted.
    """
    not_uploaded = [dataset for dataset in sorted(datasets) if not _is_up_to_date(bucket, dataset)]
    files = dict(_files())
    if not_uploaded and files:
        notify(f"Le site attend le dépôt de : {', '.join(not_uploaded)}")
        return
    digests = {name: sha256(path) for name, path in files.items()}
    sent = [name for name, path in files.items() if _send(bucket, name, path)]
    if files:
        _overwrite(bucket, SITE_LIST, checksums(digests))
    if sent:
        notify(f"Site : {len(sent)} fichiers déposés dans {bucket.address}")


def _files() -> Iterator[tuple[str, Path]]:
    """Files by their name in the bucket; drafts, which begin with a dot, are nobody's business."""
    publications = settings.publications()
    for root, paths in (
        (publications, publications.glob("[!.]*")),
        (settings.site(), settings.site().rglob("*")),
    ):
        for path in sorted(paths):
            name = path.relative_to(root)
            if path.is_file() and not any(part.startswith(".") for part in name.parts):
                yield name.as_posix(), path


def _is_up_to_date(bucket: Bucket, dataset: str) -> bool:
    current = bucket.read(f"{dataset}/{POINTER}")
    return (
        current is not None
        and current.octets == (settings.publications(dataset) / POINTER).read_bytes()
    )


def _send(bucket: Bucket, name: str, path: Path) -> bool:
    return _overwrite(bucket, name, path.read_bytes())


def _overwrite(bucket: Bucket, name: str, content: bytes) -> bool:
    if bucket.sha256(name) == hashlib.sha256(content).hexdigest():
        return False
    bucket.overwrite(name, content)
    return True


@dataclass(frozen=True)
class PushResult:
    """What one push of a dataset sent: objects and bytes (none: everything was there)."""

    dataset: str
    version: str
    objects: int
    octets: int


def push_versions(
    destination: str, datasets: Sequence[str] = (), *, notify: Notify
) -> list[PushResult]:
    """Push every version of ``datasets`` (default: all that are published), then the site.

    Raises ``AddressError``, ``ObjectStoreError``, ``HistoryError``.
    """
    bucket = Bucket(destination)
    published = [path.parent.name for path in settings.publications().glob(f"*/{POINTER}")]
    for missing in sorted(set(datasets) - set(published)):
        raise ObjectStoreError(f"{missing} n'a aucune version publiée ici : rien à déposer.")
    sent = [_push_dataset(bucket, dataset, notify) for dataset in sorted(datasets or published)]
    push_site(bucket, published, notify)
    return sent


def _push_dataset(bucket: Bucket, dataset: str, notify: Notify) -> PushResult:
    folder = settings.publications(dataset)
    with locked(folder, shared=True):
        pointer = read_pointer(folder)
        if pointer is None:
            raise ObjectStoreError(f"{dataset} n'a aucune version publiée ici : rien à déposer.")
        remote_sizes = bucket.list_objects(f"{dataset}/")
        sent = [
            size
            for version, digest in reversed(list(_chain(folder, pointer)))
            for size in _push_version(bucket, folder / version, digest, remote_sizes, notify)
        ]
        moved = move_pointer(bucket, folder, pointer)
    if moved:
        notify(f"{dataset} : {pointer.version} est la version courante de {bucket.address}")
    return PushResult(dataset, pointer.version, len(sent) + int(moved), sum(sent))


def _chain(folder: Path, pointer: Pointer) -> Iterator[tuple[str, str]]:
    """Versions that were public, newest first, with the hash of their manifests."""
    version, digest = pointer.version, pointer.manifest_sha256
    while True:
        yield version, digest
        previous = read_manifest(folder, version)["version_precedente"]
        if not previous:
            return
        version, digest = previous["version"], previous["manifest_sha256"]


def _push_version(
    bucket: Bucket,
    version: Path,
    manifest_sha256: str,
    remote_sizes: dict[str, int],
    notify: Notify,
) -> list[int]:
    """Bring one version to the bucket; return the sizes of the objects sent."""
    prefix = f"{version.parent.name}/{version.name}/"
    sizes = {
        name.removeprefix(prefix): size
        for name, size in remote_sizes.items()
        if name.startswith(prefix)
    }
    bound = [file["nom"] for file in read_manifest(version.parent, version.name)["fichiers"]]
    written = (version / CHECKSUMS_FILE).read_bytes()
    sums = read_checksums(written, str(version / CHECKSUMS_FILE))
    theirs = bucket.read(prefix + CHECKSUMS_FILE) if CHECKSUMS_FILE in sizes else None
    if theirs and theirs.octets != written:
        _refuse_older(bucket.location(prefix + CHECKSUMS_FILE), theirs, sums, bound)
    plan = plan_push(sums, bound, sizes)
    # Its list is the last object of a version: when it is there, all were, with their hashes.
    whole = theirs is not None and theirs.octets == written
    for name in plan.to_compare:
        same = sizes[name] == (version / name).stat().st_size
        if not same or (not whole and bucket.sha256(prefix + name) != sums[name]):
            raise ConflictError(different(bucket.location(prefix + name)))
    if whole and not plan.to_upload and not plan.to_delete:
        return []
    _refuse_damaged(version, manifest_sha256)
    notify(f"{version.parent.name} : dépôt de {version.name} ({len(plan.to_upload) + 1} objets)")
    return _execute(bucket, version, plan, sums, theirs)


def _execute(
    bucket: Bucket, version: Path, plan: Plan, sums: dict[str, str], theirs: StoredObject | None
) -> list[int]:
    prefix = f"{version.parent.name}/{version.name}/"
    for name in plan.to_upload:
        bucket.upload(prefix + name, version / name, sums[name])
    for name in plan.to_delete:
        bucket.delete(prefix + name)
    written = (version / CHECKSUMS_FILE).read_bytes()
    if (theirs is None or theirs.octets != written) and not bucket.replace_if_unchanged(
        prefix + CHECKSUMS_FILE, written, theirs
    ):
        known = bucket.read(prefix + CHECKSUMS_FILE)
        if known is None or known.octets != written:
            raise ConflictError(different(bucket.location(prefix + CHECKSUMS_FILE)))
    return [(version / name).stat().st_size for name in (*plan.to_upload, CHECKSUMS_FILE)]


def _refuse_older(
    location: str, theirs: StoredObject, sums: dict[str, str], bound: list[str]
) -> None:
    """A list may differ for one reason: more was withdrawn here since. Never the other way."""
    before = read_checksums(theirs.octets, location)
    kept = {name: digest for name, digest in before.items() if name in sums}
    withdrawn = withdrawn_names(before, bound) < withdrawn_names(sums, bound)
    if not withdrawn or any(sums[name] != digest for name, digest in kept.items()):
        raise ConflictError(different(location))


def _refuse_damaged(version: Path, manifest_sha256: str) -> None:
    problems = version_problems(version, manifest_sha256)
    if problems:
        raise IntegrityError(
            f"{version} n'est pas déposée : {' ; '.join(problems)}. Voir « cpf verify »."
        )
