"""Versions on the disk: their names, their manifests, and the pointer that says which is current.

Belongs here: reading ``publications/<jeu>/``. Does not: making a version (``publier``) nor checking
hashes (``verifier``). A version is public from the moment the pointer has named it, and only then.
"""

import datetime as dt
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

POINTEUR = "current.json"
MANIFESTE = "manifest.json"
SOMMES = "SHA256SUMS"
EN_COURS = ".en_cours-"
_NAME = re.compile(r"(\d{4})\.(\d{2})\.([1-9]\d*)")


class HistoriqueError(RuntimeError):
    """What was published cannot be trusted as it is; the message says what a person must do."""


class PointeurError(HistoriqueError):
    """The pointer is unreadable, or does not name the last version."""


class ManifesteError(HistoriqueError):
    """A version's manifest is missing or unreadable."""


class RefusError(RuntimeError):
    """The candidate may not be published; the message says why."""


@dataclass(frozen=True, order=True)
class Version:
    """Year and month of publication (UTC), then a counter; ordered."""

    annee: int
    mois: int
    numero: int

    def __str__(self) -> str:
        return f"{self.annee:04}.{self.mois:02}.{self.numero}"


@dataclass(frozen=True)
class Pointeur:
    """Content of ``current.json``."""

    version: str
    manifest_sha256: str
    publie_le: str


def lire_version(nom: str) -> Version | None:
    """Read ``AAAA.MM.N``; None when it is something else."""
    found = _NAME.fullmatch(nom)
    return Version(*(int(part) for part in found.groups())) if found else None


def versions(dossier: Path) -> list[Version]:
    """Versions that are in the folder of a dataset, oldest first."""
    if not dossier.is_dir():
        return []
    return sorted(found for path in dossier.iterdir() if (found := lire_version(path.name)))


def lire_pointeur(dossier: Path) -> Pointeur | None:
    """Read the pointer; None when nothing was ever published. Raises :class:`PointeurError`."""
    path = dossier / POINTEUR
    if not path.exists():
        return None
    try:
        return Pointeur(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise PointeurError(f"{path} est illisible : le restaurer d'une sauvegarde.") from None


def lire_manifeste(dossier: Path, version: str) -> dict[str, Any]:
    """Read the manifest of a version, as ``manifeste`` made it. Raises :class:`ManifesteError`."""
    path = dossier / version / MANIFESTE
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ManifesteError(
            f"{path} manque ou est illisible : le restaurer d'une sauvegarde."
        ) from None
    return content


def courante(dossier: Path) -> dict[str, Any] | None:
    """Return the current version's manifest; None if never published, else HistoriqueError."""
    pointeur = lire_pointeur(dossier)
    return None if pointeur is None else lire_manifeste(dossier, pointeur.version)


def suivante(dossier: Path, maintenant: dt.datetime) -> Version:
    """Return the name of the next version, published ``maintenant`` (UTC)."""
    known = versions(dossier)
    month = (maintenant.year, maintenant.month)
    if known:
        # A clock set back must not make a version older than the last one.
        month = max(month, (known[-1].annee, known[-1].mois))
    used = [item.numero for item in known if (item.annee, item.mois) == month]
    return Version(*month, max(used, default=0) + 1)


def interrompue(dossier: Path) -> Version | None:
    """Return the version that a killed publication left complete without moving the pointer.

    There can be one only, and it follows the current one. Anything else means that the pointer was
    lost or put back by hand: :class:`PointeurError`, for nothing published may be thrown away.
    """
    pointeur = lire_pointeur(dossier)
    current = lire_version(pointeur.version) if pointeur else None
    later = [version for version in versions(dossier) if current is None or version > current]
    if not later:
        return None
    previous = lire_manifeste(dossier, str(later[0]))["version_precedente"] or {}
    # It followed this very pointer: one whose version alone agrees was moved back or damaged.
    followed = (previous.get("version"), previous.get("manifest_sha256"))
    if len(later) == 1 and followed == (
        (pointeur.version, pointeur.manifest_sha256) if pointeur else (None, None)
    ):
        return later[0]
    raise PointeurError(
        f"{dossier / POINTEUR} ne désigne pas la dernière version ({later[-1]}) : "
        "le restaurer d'une sauvegarde, ou ranger ailleurs les versions qui le suivent."
    )
