"""``cpf pull``: versions of a bucket, checked as ``cpf verify`` does, in a folder.

Everything is fetched beside and checked, then renamed; the pointer comes last. A head that is not
signed by the key that the folder knows, that is older than the one that it has or tells less, is
refused: a bucket does not go back (decision 20). A withdrawal reaches every version that is in the
folder: its tombstone comes, then what it withdraws goes.
"""

from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from orchestration.bucket.bucket import Bucket, IntegrityError, Notify, ObjectStoreError
from orchestration.bucket.plan import decode
from orchestration.bucket.received import PulledVersion, Signed, pull_version, stale_versions
from orchestration.files import replace_file
from orchestration.store.heads import (
    CATALOGUE_FILE,
    Head,
    read_catalogue,
    read_head,
    shortened,
)
from orchestration.store.signatures import (
    PUBLIC_KEY_FILE,
    SignatureError,
    public_pem,
    read_public_key,
)
from orchestration.store.versions import (
    DRAFT_PREFIX,
    MANIFEST,
    POINTER,
    Pointer,
    parse_version,
    read_manifest,
    read_pointer,
)


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
    pem = public_key(bucket, root_folder, key)
    known = read_public_key(pem) if pem else None
    received = [
        item
        for dataset in datasets or bucket.folders()
        if not dataset.startswith(".")
        for item in pull_dataset(bucket, dataset, root_folder, known, notify, toutes=toutes)
    ]
    for missing in sorted(set(datasets) - {item.dataset for item in received}):
        raise ObjectStoreError(f"{bucket.location(missing)} : aucune version publiée.")
    if not received:
        raise ObjectStoreError(f"{bucket.address} : aucune version publiée.")
    if pem and known:
        keep(root_folder / PUBLIC_KEY_FILE, pem)
        if not datasets:
            pull_catalogue(bucket, root_folder, known)
    return received


def public_key(bucket: Bucket, root_folder: Path, key: Ed25519PublicKey | None) -> bytes | None:
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


def pull_catalogue(bucket: Bucket, root_folder: Path, key: Ed25519PublicKey) -> None:
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
    keep(root_folder / CATALOGUE_FILE, read.octets)


def keep(path: Path, content: bytes) -> None:
    """Write a file at once, if it is another one."""
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content, path.with_name(f"{DRAFT_PREFIX}{path.name}"))


def pull_dataset(
    bucket: Bucket,
    dataset: str,
    root_folder: Path,
    key: Ed25519PublicKey | None,
    notify: Notify,
    *,
    toutes: bool = False,
) -> list[PulledVersion]:
    """Bring the current version of a dataset, every withdrawal, then the pointer.

    Nothing where the bucket has no such dataset. Raises ``ObjectStoreError``, ``HistoryError``.
    """
    dataset_folder = root_folder / dataset
    name = f"{dataset}/{POINTER}"
    read = bucket.read(name)
    if read is None:
        return []
    pointer = decode(read.octets, bucket.location(name))
    known = read_pointer(dataset_folder)
    _refuse_rollback(dataset_folder, known, pointer)
    head = _signed_head(bucket.location(name), dataset, known, pointer, key)
    dataset_folder.mkdir(parents=True, exist_ok=True)
    signed = Signed(head, key, stale_versions(bucket, dataset_folder, head))
    received: list[PulledVersion] = []
    version, digest = pointer.version, pointer.manifest_sha256
    while True:
        received.append(pull_version(bucket, dataset_folder, version, digest, signed, notify))
        previous = read_manifest(dataset_folder, version)["version_precedente"]
        if not toutes or not previous:
            break
        version, digest = previous["version"], previous["manifest_sha256"]
    for version in set(signed.stale) - {item.version for item in received}:
        digest = signed.head.versions[version].manifest_sha256 if signed.head else ""
        received.append(pull_version(bucket, dataset_folder, version, digest, signed, notify))
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


def pull_past(
    bucket: Bucket, dataset_folder: Path, version: str, key: Ed25519PublicKey | None, head: Head
) -> None:
    """Bring one version that a signed head tells. Raises ``ObjectStoreError``."""
    digest = head.versions[version].manifest_sha256
    pull_version(bucket, dataset_folder, version, digest, Signed(head, key, ()), lambda _: None)


def _refuse_rollback(dataset_folder: Path, known: Pointer | None, pointer: Pointer) -> None:
    here, remote_version = (
        parse_version(item.version) if item else None for item in (known, pointer)
    )
    if here and remote_version and here > remote_version:
        raise ObjectStoreError(
            f"{dataset_folder} a déjà {here}, plus récente que celle du seau ({remote_version})."
        )
