"""Verification: do the published files still have the bytes that were published?

Belongs here: recomputing every hash, offline, from the publications' folder alone. Does not: the
warehouse, the vault, or repairing. Each manifest holds the hash of the previous one and the pointer
that of the last: to change an old file unnoticed, every later manifest would have to change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.publication.fichiers import sha256, sommes
from orchestration.publication.versions import (
    EN_COURS,
    MANIFESTE,
    POINTEUR,
    SOMMES,
    ManifesteError,
    PointeurError,
    interrompue,
    lire_manifeste,
    lire_pointeur,
    lire_version,
    versions,
)


@dataclass(frozen=True)
class Verification:
    """One version (or the pointer): how many files were hashed, and what is wrong, in French."""

    jeu: str
    version: str
    fichiers: int
    problemes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.problemes


def verifier(racine: Path | None = None, jeu: str | None = None) -> list[Verification]:
    """Check every version and the pointer of every dataset (or of one) under ``racine``."""
    root = racine or settings.publications()
    if not root.is_dir():
        return []
    folders = [item for item in sorted(root.iterdir()) if item.is_dir()]
    return [
        item for folder in folders if jeu in (None, folder.name) for item in _verifier_jeu(folder)
    ]


def problemes_version(dossier: Path, manifest_sha256: str | None) -> list[str]:
    """Say what is wrong in the folder of a version; ``manifest_sha256`` is what binds it."""
    found = {path.name for path in dossier.iterdir()} if dossier.is_dir() else set()
    if MANIFESTE not in found:
        return [f"{MANIFESTE} manque"]
    digest = sha256(dossier / MANIFESTE)
    problems = []
    if manifest_sha256 and digest != manifest_sha256:
        problems.append(f"{MANIFESTE} a changé")
    try:
        manifest = lire_manifeste(dossier.parent, dossier.name)
        expected = {file["nom"]: file["sha256"] for file in manifest["fichiers"]}
    except (ManifesteError, KeyError, TypeError):
        return problems or [f"{MANIFESTE} est illisible"]
    if manifest["version"] != dossier.name or manifest["jeu"] != dossier.parent.name:
        problems.append(f"{MANIFESTE} décrit {manifest['jeu']} {manifest['version']}")
    return problems + list(_fichiers(dossier, found, expected, digest))


def _fichiers(
    dossier: Path, found: set[str], expected: dict[str, str], digest: str
) -> Iterator[str]:
    for name, wanted in sorted(expected.items()):
        if name not in found:
            yield f"{name} manque"
        elif sha256(dossier / name) != wanted:
            yield f"{name} a changé"
    if SOMMES not in found:
        yield f"{SOMMES} manque"
    elif (dossier / SOMMES).read_bytes() != sommes({**expected, MANIFESTE: digest}):
        yield f"{SOMMES} a changé"
    for name in sorted(found - set(expected) - {MANIFESTE, SOMMES}):
        yield f"{name} est en trop"


def _verifier_jeu(folder: Path) -> list[Verification]:
    chain = _chaine(folder)
    checked = [
        Verification(
            jeu=folder.name,
            version=str(version),
            fichiers=sum(path.is_file() for path in (folder / str(version)).iterdir()),
            problemes=tuple(problemes_version(folder / str(version), chain.get(str(version)))),
        )
        for version in versions(folder)
    ]
    problems = tuple(_problemes_dossier(folder))
    if not checked and not problems:
        return []  # nothing published yet
    return [*checked, Verification(folder.name, POINTEUR, 1, problems)]


def _chaine(folder: Path) -> dict[str, str]:
    """Hash of each version's manifest, as the next manifest or the pointer says it."""
    said: dict[str, str] = {}
    for version in versions(folder):
        previous = _precedente(folder, str(version))
        if previous:
            said[previous["version"]] = previous["manifest_sha256"]
    try:
        pointeur = lire_pointeur(folder)
    except PointeurError:
        pointeur = None
    return said | ({pointeur.version: pointeur.manifest_sha256} if pointeur else {})


def _precedente(folder: Path, version: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] | None = lire_manifeste(folder, version)["version_precedente"]
    except (ManifesteError, KeyError):
        return None  # reported with the version itself
    return found


def _problemes_dossier(folder: Path) -> Iterator[str]:
    pointeur = None
    try:
        pointeur = lire_pointeur(folder)
        interrompue(folder)
    except PointeurError as error:
        yield str(error)
        return
    except (ManifesteError, KeyError):
        pass  # reported with the version itself
    present = {str(version) for version in versions(folder)}
    if pointeur and pointeur.version not in present:
        yield f"{POINTEUR} désigne {pointeur.version}, qui manque"
    missing = sorted(set(_chaine(folder)) - present - {pointeur.version if pointeur else ""})
    yield from (f"la version {version} manque" for version in missing)
    for path in sorted(folder.iterdir()):
        # Drafts of a killed run are nobody's business: the next publication removes them.
        known = path.name == POINTEUR or path.name.startswith(EN_COURS)
        if not known and not (path.is_dir() and lire_version(path.name)):
            yield f"{path.name} est en trop"
