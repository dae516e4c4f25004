"""Verification: do the published files still have the bytes that were published?

Every hash is recomputed, offline, from a copied folder alone: all publications, those of a dataset,
or one version. Each manifest holds the hash of the previous one and the pointer that of the last:
to change an old file unnoticed, every later manifest would have to change. A version alone is bound
by its own manifest and sums only.

Hashes say that files agree with each other; the publisher's public key, that they are all that was
published (``store.heads``). The one that lies beside them is believed when no other is given.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from orchestration import settings
from orchestration.files import sha256
from orchestration.store.heads import (
    CATALOGUE_FILE,
    Head,
    differences,
    read_catalogue,
    read_head,
    shortened,
)
from orchestration.store.integrity import is_unfinished, is_version_folder, version_problems
from orchestration.store.signatures import PUBLIC_KEY_FILE, SignatureError, read_public_key
from orchestration.store.versions import (
    DRAFT_PREFIX,
    MANIFEST,
    POINTER,
    WITHDRAWAL,
    ManifestError,
    Pointer,
    PointerError,
    Withdrawal,
    WithdrawalError,
    interrupted_version,
    parse_version,
    read_manifest,
    read_pointer,
    read_withdrawal,
    versions,
)


@dataclass(frozen=True)
class Verification:
    """One version (or the pointer): how many files were hashed, and what is wrong, in French.

    ``withdrawal``: the version was withdrawn; ``is_unfinished``: that was killed and goes on with
    the next one or the next publication. ``head``, of the pointer: what is signed of the dataset
    by ``signer``.
    """

    dataset: str
    version: str
    fichiers: int
    problems: tuple[str, ...]
    withdrawal: Withdrawal | None = None
    is_unfinished: bool = False
    head: Head | None = None
    signer: Ed25519PublicKey | None = None

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems


@dataclass(frozen=True)
class Trust:
    """What a reader knows already: the publisher's public key, heads seen before, by dataset.

    With neither, the key that lies beside the publications is asked, and nothing must be signed.
    """

    key: Ed25519PublicKey | None = None
    heads: Mapping[str, Head] = field(default_factory=dict)
    is_pinned: bool = False

    def at(self, root: Path) -> "Trust":
        """Return the same, with the key of these publications when no other is known."""
        path = next(
            (place / PUBLIC_KEY_FILE for place in (root, root.parent) if _has_key(place)), None
        )
        if self.key or path is None:
            return self
        try:
            return Trust(read_public_key(path.read_bytes()), self.heads)
        except SignatureError:
            return self  # reported with the root


def verify_publications(
    base_folder: Path | None = None, dataset: str | None = None, trust: Trust | None = None
) -> list[Verification]:
    """Check publications (all, or one dataset's), a dataset's folder, or a version's."""
    root = (base_folder or settings.publications()).resolve()
    if not root.is_dir():
        return []
    known = (trust or Trust()).at(root)
    if is_version_folder(root):
        checked = [_verify_version(root, *_identity(root), None, name_kept=False)]
        if known.is_pinned:
            alone = "une version seule n'est pas signée : vérifier le dossier du jeu"
            checked.append(Verification(checked[0].dataset, "–", 0, (alone,)))
    elif (root / POINTER).exists() or versions(root):
        checked = _verify_dataset(root, _dataset_name(root), known)
    else:
        checked = list(_verify_root(root, known))
    return [item for item in checked if dataset in (None, item.dataset)]


def _verify_root(root: Path, trust: Trust) -> Iterator[Verification]:
    found: dict[str, int] = {}
    for path in sorted(root.iterdir()):
        if path.is_dir() and not path.is_symlink():
            checked = _verify_dataset(path, path.name, trust)
            found |= {item.dataset: item.head.numero for item in checked if item.head}
            yield from checked
        elif problems := tuple(_stray_problems(path, trust.key)):
            yield Verification(path.name, "–", 0, problems)
    signed = _signed_numbers(root / CATALOGUE_FILE, trust.key)
    if trust.is_pinned and not signed and found:
        yield Verification(CATALOGUE_FILE, "–", 0, ("la liste signée des jeux manque",))
    for name in sorted(trust.heads.keys() | signed.keys()):
        if not (root / name / POINTER).exists():
            yield Verification(name, POINTER, 0, ("le jeu, signé, manque",))
        elif signed.get(name, 0) > found.get(name, 0):
            told = f"la tête signée n° {signed[name]}, que nomme {CATALOGUE_FILE}, manque"
            yield Verification(name, POINTER, 0, (told,))


def _stray_problems(path: Path, key: Ed25519PublicKey | None) -> Iterator[str]:
    """Say what is wrong with a file that is beside the datasets."""
    if path.is_symlink():
        yield f"{path.name} est un lien"
    elif path.name in (CATALOGUE_FILE, PUBLIC_KEY_FILE):
        try:
            if key is None:
                yield f"{path.name} : pas de clé publique pour le vérifier"
            elif path.name == CATALOGUE_FILE:
                read_catalogue(key, path.read_text(encoding="ascii"))
            elif read_public_key(path.read_bytes()) != key:
                yield f"{path.name} n'est pas la clé publique attendue"
        except (SignatureError, UnicodeDecodeError) as error:
            yield f"{path.name} : {error}"
    elif not path.name.startswith(DRAFT_PREFIX):
        yield f"{path.name} est en trop"


def _signed_numbers(path: Path, key: Ed25519PublicKey | None) -> dict[str, int]:
    """Return the number of the head of each dataset, as the signed list says."""
    try:
        return read_catalogue(key, path.read_text(encoding="ascii")) if key else {}
    except (OSError, SignatureError, UnicodeDecodeError):
        return {}  # reported with the file, or nothing is signed


def _has_key(folder: Path) -> bool:
    return (folder / PUBLIC_KEY_FILE).is_file()


def _verify_dataset(folder: Path, dataset: str, trust: Trust) -> list[Verification]:
    chain = _chain(folder)
    checked = [
        _verify_version(
            folder / str(version),
            dataset,
            str(version),
            chain.get(str(version)),
            name_kept=folder.name == dataset,
        )
        for version in versions(folder)
    ]
    head, unsigned = _verify_head(folder, dataset, trust)
    problems = tuple(_folder_problems(folder))
    # What is wrong with a version's own files is said once.
    checked = [
        item if item.problems else replace(item, problems=tuple(unsigned.pop(item.version, ())))
        for item in checked
    ]
    problems += tuple(text for text in unsigned.get(POINTER, ()) if not problems)
    if not checked and not problems:
        return []  # nothing published yet
    signer = trust.key if head else None
    return [*checked, Verification(dataset, POINTER, 1, problems, head=head, signer=signer)]


def _verify_head(
    folder: Path, dataset: str, trust: Trust
) -> tuple[Head | None, dict[str, list[str]]]:
    """Read what is signed of a dataset, and say, by version, how it is not what is there."""
    try:
        pointer = read_pointer(folder)
    except PointerError:
        return None, {}  # reported with the folder
    before = trust.heads.get(dataset)
    if pointer is None or not pointer.tete:
        asked = before or (trust.is_pinned and pointer)
        return None, {POINTER: [f"{POINTER} n'est pas signé"]} if asked else {}
    if trust.key is None:
        return None, {}
    found: dict[str, list[str]] = {POINTER: []}
    try:
        head = read_head(trust.key, pointer.tete)
        for place, text in differences(head, folder, dataset, pointer, trust.key):
            found.setdefault(place, []).append(text)
    except SignatureError as error:
        return None, {POINTER: [f"{POINTER} : {error}"]}
    except WithdrawalError:
        return head, found  # reported with the version itself
    found[POINTER] += shortened(before, head) if before else []
    return head, found


def _verify_version(
    folder: Path, dataset: str, version: str, linked_digest: str | None, *, name_kept: bool
) -> Verification:
    return Verification(
        dataset=dataset,
        version=version,
        fichiers=sum(path.is_file() for path in folder.iterdir()),
        problems=tuple(version_problems(folder, linked_digest, name_kept=name_kept)),
        withdrawal=_withdrawal(folder),
        is_unfinished=is_unfinished(folder),
    )


def _dataset_name(folder: Path) -> str:
    """Name of the dataset whose folder was copied, maybe under another name."""
    names = {_identity(folder / str(version))[0] for version in versions(folder)}
    return names.pop() if len(names) == 1 else folder.name


def _identity(folder: Path) -> tuple[str, str]:
    """Dataset and version of a folder, as its manifest says; else its name."""
    try:
        manifest = read_manifest(folder.parent, folder.name)
        return str(manifest["jeu"]), str(manifest["version"])
    except (ManifestError, KeyError, TypeError):
        return folder.parent.name, folder.name  # reported with the version itself


def _withdrawal(folder: Path) -> Withdrawal | None:
    try:
        return read_withdrawal(folder)
    except WithdrawalError:
        return None  # reported with the version itself


def _chain(folder: Path) -> dict[str, str]:
    """Hash of each version's manifest, as the next manifest or the pointer says it."""
    linked_digest: dict[str, str] = {}
    for version in versions(folder):
        linked_digest |= _previous(folder, str(version))
    try:
        pointer = read_pointer(folder)
    except PointerError:
        pointer = None
    return linked_digest | ({pointer.version: pointer.manifest_sha256} if pointer else {})


def _previous(folder: Path, version: str) -> dict[str, str]:
    """Hash of the manifest before this one, by its version; empty when it is the first."""
    try:
        previous = read_manifest(folder, version)["version_precedente"]
        return {str(previous["version"]): str(previous["manifest_sha256"])} if previous else {}
    except (ManifestError, KeyError, TypeError):
        return {}  # reported with the version itself


def _pointer_agrees(folder: Path, pointer: Pointer) -> bool:
    """Tell whether the pointer says what its version says, unless that one is what changed."""
    version = folder / pointer.version
    try:
        manifest = read_manifest(folder, pointer.version)
        if sha256(version / MANIFEST) == pointer.manifest_sha256:
            return bool(manifest["publie_le"] == pointer.publie_le)
    except (ManifestError, KeyError, TypeError):
        return True  # reported with the version itself
    # All its own files agree against the pointer: nothing says which of the two is right.
    return bool(version_problems(version, None, name_kept=False))


def _folder_problems(folder: Path) -> Iterator[str]:
    pointer = None
    try:
        pointer = read_pointer(folder)
        interrupted_version(folder)
    except PointerError as error:
        yield str(error)
        return
    except (ManifestError, KeyError):
        pass  # reported with the version itself
    present = {str(version) for version in versions(folder)}
    if pointer and pointer.version not in present:
        yield f"{POINTER} désigne {pointer.version}, qui manque"
    if pointer and (folder / pointer.version / WITHDRAWAL).exists():
        yield f"{POINTER} désigne {pointer.version}, qui est retirée"
    if pointer and pointer.version in present and not _pointer_agrees(folder, pointer):
        yield f"{POINTER} ne s'accorde pas avec {MANIFEST} de {pointer.version}"
    missing = sorted(set(_chain(folder)) - present - {pointer.version if pointer else ""})
    yield from (f"la version {version} manque" for version in missing)
    for path in sorted(folder.iterdir()):
        # Drafts of a killed run are nobody's business: the next publication removes them.
        known = path.name == POINTER or path.name.startswith(DRAFT_PREFIX)
        if not known and not (path.is_dir() and parse_version(path.name)):
            yield f"{path.name} est en trop"
