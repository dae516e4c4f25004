"""Verification: do the published files still have the bytes that were published?

Every hash is recomputed, offline, from a copied folder alone: all publications, those of a dataset,
or one version. Each manifest holds the hash of the previous one and the pointer that of the last:
to change an old file unnoticed, every later manifest would have to change. A version alone is bound
by its own manifest and sums only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration import settings
from orchestration.files import sha256
from orchestration.store.integrity import is_unfinished, is_version_folder, version_problems
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
    the next one or the next publication.
    """

    dataset: str
    version: str
    fichiers: int
    problems: tuple[str, ...]
    withdrawal: Withdrawal | None = None
    is_unfinished: bool = False

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems


def verify_publications(
    base_folder: Path | None = None, dataset: str | None = None
) -> list[Verification]:
    """Check publications (all, or one dataset's), a dataset's folder, or a version's."""
    root = (base_folder or settings.publications()).resolve()
    if not root.is_dir():
        return []
    if is_version_folder(root):
        checked = [_verify_version(root, *_identity(root), None, name_kept=False)]
    elif (root / POINTER).exists() or versions(root):
        checked = _verify_dataset(root, _dataset_name(root))
    else:
        checked = []
        for path in sorted(root.iterdir()):
            if path.is_symlink():
                checked.append(Verification(path.name, POINTER, 0, (f"{path.name} est un lien",)))
            elif path.is_dir():
                checked += _verify_dataset(path, path.name)
            else:
                checked.append(Verification(path.name, "–", 0, (f"{path.name} est en trop",)))
    return [item for item in checked if dataset in (None, item.dataset)]


def _verify_dataset(folder: Path, dataset: str) -> list[Verification]:
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
    problems = tuple(_folder_problems(folder))
    if not checked and not problems:
        return []  # nothing published yet
    return [*checked, Verification(dataset, POINTER, 1, problems)]


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
