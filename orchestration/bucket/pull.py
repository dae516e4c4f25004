"""``cpf pull``: versions of a bucket, checked as ``cpf verify`` does, in a folder.

Everything is fetched beside and checked, then renamed; the pointer comes last. A head that is not
signed by the key that the folder knows, that is older than the one that it has or tells less, is
refused: a bucket does not go back (decision 20).
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from orchestration.bucket.bucket import Bucket, IntegrityError, Notify, ObjectStoreError
from orchestration.bucket.plan import decode, read_checksums
from orchestration.files import replace_file
from orchestration.store.heads import (
    CATALOGUE_FILE,
    Head,
    read_catalogue,
    read_head,
    shortened,
    version_differences,
)
from orchestration.store.integrity import version_problems
from orchestration.store.signatures import (
    PUBLIC_KEY_FILE,
    SignatureError,
    public_pem,
    read_public_key,
)
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


@dataclass(frozen=True)
class Signed:
    """What is signed of a dataset, by which key; versions of the folder that it tells otherwise."""

    head: Head | None
    key: Ed25519PublicKey | None
    stale: Sequence[str]


def pull_versions(
    source: str,
    root_folder: Path,
    datasets: Sequence[str] = (),
    *,
    toutes: bool,
    notify: Notify,
    key: Ed25519PublicKey | None = None,
) -> list[PulledVersion]:
    """Fetch the current version of ``datasets`` (default: all of the bucket), or every one.

    With ``key``, everything must be signed by it; else by the key that the folder has, or that the
    bucket gives the first time. Raises ``AddressError``, ``ObjectStoreError``, ``HistoryError``.
    """
    bucket = Bucket(source)
    pem = _public_key(bucket, root_folder, key)
    known = read_public_key(pem) if pem else None
    received = [
        item
        for dataset in datasets or bucket.folders()
        if not dataset.startswith(".")
        for item in _pull_dataset(bucket, dataset, root_folder / dataset, known, toutes, notify)
    ]
    for missing in sorted(set(datasets) - {item.dataset for item in received}):
        raise ObjectStoreError(f"{bucket.location(missing)} : aucune version publiée.")
    if not received:
        raise ObjectStoreError(f"{bucket.address} : aucune version publiée.")
    if pem and known:
        _keep(root_folder / PUBLIC_KEY_FILE, pem)
        if not datasets:
            _pull_catalogue(bucket, root_folder, known)
    return received


def _public_key(bucket: Bucket, root_folder: Path, key: Ed25519PublicKey | None) -> bytes | None:
    """Return the key to believe, as PEM; None where nothing is signed. Raises IntegrityError."""
    here = root_folder / PUBLIC_KEY_FILE
    if key:
        return public_pem(key)
    if here.exists():
        content = here.read_bytes()
    else:
        read = bucket.read(PUBLIC_KEY_FILE)
        if read is None:
            return None
        content = read.octets
    try:
        return public_pem(read_public_key(content))
    except SignatureError as error:
        raise IntegrityError(f"{PUBLIC_KEY_FILE} : {error}.") from None


def _pull_catalogue(bucket: Bucket, root_folder: Path, key: Ed25519PublicKey) -> None:
    """Bring the list of all datasets, and refuse one that tells of more than there is."""
    read = bucket.read(CATALOGUE_FILE)
    location = bucket.location(CATALOGUE_FILE)
    try:
        listed = read_catalogue(key, read.octets.decode("ascii")) if read else None
    except (SignatureError, UnicodeDecodeError) as error:
        raise IntegrityError(f"{location} : {error}.") from None
    if read is None or listed is None:
        return  # sent with the site, maybe later: the folder keeps the list that it has
    for name, number in listed.items():
        pointer = read_pointer(root_folder / name)
        if pointer is None or read_head(key, pointer.tete).numero < number:
            raise IntegrityError(f"{location} dit la tête n° {number} de {name}, qui manque.")
    _keep(root_folder / CATALOGUE_FILE, read.octets)


def _keep(path: Path, content: bytes) -> None:
    replace_file(path, content, path.with_name(f"{DRAFT_PREFIX}{path.name}"))


def _pull_dataset(
    bucket: Bucket,
    dataset: str,
    dataset_folder: Path,
    key: Ed25519PublicKey | None,
    toutes: bool,
    notify: Notify,
) -> list[PulledVersion]:
    name = f"{dataset}/{POINTER}"
    read = bucket.read(name)
    if read is None:
        return []
    pointer = decode(read.octets, bucket.location(name))
    known = read_pointer(dataset_folder)
    _refuse_rollback(dataset_folder, known, pointer)
    head = _signed_head(bucket.location(name), dataset, known, pointer, key)
    dataset_folder.mkdir(parents=True, exist_ok=True)
    signed = Signed(head, key, _stale(dataset_folder, head))
    received: list[PulledVersion] = []
    version, digest = pointer.version, pointer.manifest_sha256
    while True:
        received.append(_pull_version(bucket, dataset_folder, version, digest, signed, notify))
        previous = read_manifest(dataset_folder, version)["version_precedente"]
        if not toutes or not previous:
            break
        version, digest = previous["version"], previous["manifest_sha256"]
    for version in set(signed.stale) - {item.version for item in received}:
        digest = signed.head.versions[version].manifest_sha256 if signed.head else ""
        received.append(_pull_version(bucket, dataset_folder, version, digest, signed, notify))
    replace_file(dataset_folder / POINTER, read.octets, dataset_folder / f"{DRAFT_PREFIX}{POINTER}")
    return received


def _signed_head(
    location: str,
    dataset: str,
    known: Pointer | None,
    pointer: Pointer,
    key: Ed25519PublicKey | None,
) -> Head | None:
    """Read the head of a bucket, which follows the one of the folder. Raises ``IntegrityError``."""
    if key is None:
        return None
    try:
        head = read_head(key, pointer.tete)
        before = read_head(key, known.tete) if known and known.tete else None
    except SignatureError as error:
        raise IntegrityError(f"{location} : {error}.") from None
    signed = head.versions.get(pointer.version)
    lost = shortened(before, head) if before else []
    if head.jeu != dataset or head.last != pointer.version or signed is None:
        lost.append("la tête signée est d'une autre version")
    elif signed.manifest_sha256 != pointer.manifest_sha256:
        lost.append(f"{MANIFEST} n'est pas celui qui a été signé")
    if lost:
        raise IntegrityError(f"{location} est refusé : {' ; '.join(lost)}.")
    return head


def _stale(dataset_folder: Path, head: Head | None) -> list[str]:
    """Versions of the folder of which files were withdrawn since: they are fetched again."""
    return [
        version
        for version, signed in (head.versions.items() if head else ())
        if (dataset_folder / version).is_dir()
        and any(not (dataset_folder / version / name).exists() for name in signed.retraits)
    ]


def _refuse_rollback(dataset_folder: Path, known: Pointer | None, pointer: Pointer) -> None:
    here, remote_version = (
        parse_version(item.version) if item else None for item in (known, pointer)
    )
    if here and remote_version and here > remote_version:
        raise ObjectStoreError(
            f"{dataset_folder} a déjà {here}, plus récente que celle du seau ({remote_version})."
        )


def _pull_version(
    bucket: Bucket,
    dataset_folder: Path,
    version: str,
    digest: str,
    signed: Signed,
    notify: Notify,
) -> PulledVersion:
    if parse_version(version) is None:
        raise IntegrityError(f"{bucket.location(dataset_folder.name)} : version illisible.")
    target = dataset_folder / version
    if target.exists() and version not in signed.stale:
        _refuse_damaged(target, digest, signed, str(target))
        return PulledVersion(dataset_folder.name, version, 0)
    with tempfile.TemporaryDirectory(prefix=DRAFT_PREFIX, dir=dataset_folder) as temporary:
        draft = Path(temporary) / dataset_folder.name / version
        draft.mkdir(parents=True)
        size = _download_version(bucket, draft)
        location = bucket.location(f"{dataset_folder.name}/{version}")
        _refuse_damaged(draft, digest, signed, location)
        if target.exists():
            target.rename(Path(temporary) / "avant")
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


def _refuse_damaged(version: Path, manifest_sha256: str, signed: Signed, location: str) -> None:
    problems = version_problems(version, manifest_sha256)
    expected = signed.head.versions.get(version.name) if signed.head else None
    if expected and signed.key and not problems:
        problems = list(version_differences(expected, version, signed.key))
    if problems:
        raise IntegrityError(f"{location} est refusée : {' ; '.join(problems)}.")
