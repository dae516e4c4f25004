"""Verification: do the published files still have the bytes that were published?

Belongs here: recomputing every hash, offline, from a copied folder alone: all publications, those
of a dataset, or one version. Does not: the warehouse, the vault, or repairing; one version's files
(``integrite``). Each manifest holds the hash of the previous one and the pointer that of the last:
to change an old file unnoticed, every later manifest would have to change. A version alone is bound
by its own manifest and sums only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration import settings
from orchestration.publication.fichiers import sha256
from orchestration.publication.integrite import est_version, inacheve, problemes_version
from orchestration.publication.retraits import RETRAIT, Retrait, RetraitError, lire_retrait
from orchestration.publication.versions import (
    EN_COURS,
    MANIFESTE,
    POINTEUR,
    ManifesteError,
    Pointeur,
    PointeurError,
    interrompue,
    lire_manifeste,
    lire_pointeur,
    lire_version,
    versions,
)


@dataclass(frozen=True)
class Verification:
    """One version (or the pointer): how many files were hashed, and what is wrong, in French.

    ``retrait``: the version was withdrawn; ``inacheve``: a withdrawal was killed and goes on with
    the next one or the next publication.
    """

    jeu: str
    version: str
    fichiers: int
    problemes: tuple[str, ...]
    retrait: Retrait | None = None
    inacheve: bool = False

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.problemes


def verifier(racine: Path | None = None, jeu: str | None = None) -> list[Verification]:
    """Check ``racine``: publications (every dataset or one), a dataset's folder, or a version's."""
    root = (racine or settings.publications()).resolve()
    if not root.is_dir():
        return []
    if est_version(root):
        found = [_verifier_version(root, *_identite(root), None, nom_garde=False)]
    elif (root / POINTEUR).exists() or versions(root):
        found = _verifier_jeu(root, _nom(root))
    else:
        folders = [item for item in sorted(root.iterdir()) if item.is_dir()]
        found = [item for folder in folders for item in _verifier_jeu(folder, folder.name)]
    return [item for item in found if jeu in (None, item.jeu)]


def _verifier_jeu(folder: Path, jeu: str) -> list[Verification]:
    chain = _chaine(folder)
    checked = [
        _verifier_version(
            folder / str(version),
            jeu,
            str(version),
            chain.get(str(version)),
            nom_garde=folder.name == jeu,
        )
        for version in versions(folder)
    ]
    problems = tuple(_problemes_dossier(folder))
    if not checked and not problems:
        return []  # nothing published yet
    return [*checked, Verification(jeu, POINTEUR, 1, problems)]


def _verifier_version(
    folder: Path, jeu: str, version: str, said: str | None, *, nom_garde: bool
) -> Verification:
    return Verification(
        jeu=jeu,
        version=version,
        fichiers=sum(path.is_file() for path in folder.iterdir()),
        problemes=tuple(problemes_version(folder, said, nom_garde=nom_garde)),
        retrait=_retrait(folder),
        inacheve=inacheve(folder),
    )


def _nom(folder: Path) -> str:
    """Name of the dataset whose folder was copied, maybe under another name."""
    names = {_identite(folder / str(version))[0] for version in versions(folder)}
    return names.pop() if len(names) == 1 else folder.name


def _identite(folder: Path) -> tuple[str, str]:
    """Dataset and version of a folder, as its manifest says; else its name."""
    try:
        manifest = lire_manifeste(folder.parent, folder.name)
        return str(manifest["jeu"]), str(manifest["version"])
    except (ManifesteError, KeyError, TypeError):
        return folder.parent.name, folder.name  # reported with the version itself


def _retrait(folder: Path) -> Retrait | None:
    try:
        return lire_retrait(folder)
    except RetraitError:
        return None  # reported with the version itself


def _chaine(folder: Path) -> dict[str, str]:
    """Hash of each version's manifest, as the next manifest or the pointer says it."""
    said: dict[str, str] = {}
    for version in versions(folder):
        said |= _precedente(folder, str(version))
    try:
        pointeur = lire_pointeur(folder)
    except PointeurError:
        pointeur = None
    return said | ({pointeur.version: pointeur.manifest_sha256} if pointeur else {})


def _precedente(folder: Path, version: str) -> dict[str, str]:
    """Hash of the manifest before this one, by its version; empty when it is the first."""
    try:
        found = lire_manifeste(folder, version)["version_precedente"]
        return {str(found["version"]): str(found["manifest_sha256"])} if found else {}
    except (ManifesteError, KeyError, TypeError):
        return {}  # reported with the version itself


def _accorde(folder: Path, pointeur: Pointeur) -> bool:
    """Tell whether the pointer says what its version says, unless that one is what changed."""
    version = folder / pointeur.version
    try:
        manifest = lire_manifeste(folder, pointeur.version)
        if sha256(version / MANIFESTE) == pointeur.manifest_sha256:
            return bool(manifest["publie_le"] == pointeur.publie_le)
    except (ManifesteError, KeyError, TypeError):
        return True  # reported with the version itself
    # All its own files agree against the pointer: nothing says which of the two is right.
    return bool(problemes_version(version, None, nom_garde=False))


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
    if pointeur and (folder / pointeur.version / RETRAIT).exists():
        yield f"{POINTEUR} désigne {pointeur.version}, qui est retirée"
    if pointeur and pointeur.version in present and not _accorde(folder, pointeur):
        yield f"{POINTEUR} ne s'accorde pas avec {MANIFESTE} de {pointeur.version}"
    missing = sorted(set(_chaine(folder)) - present - {pointeur.version if pointeur else ""})
    yield from (f"la version {version} manque" for version in missing)
    for path in sorted(folder.iterdir()):
        # Drafts of a killed run are nobody's business: the next publication removes them.
        known = path.name == POINTEUR or path.name.startswith(EN_COURS)
        if not known and not (path.is_dir() and lire_version(path.name)):
            yield f"{path.name} est en trop"
