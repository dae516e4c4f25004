"""Publishing: from a controlled candidate to an immutable version that the pointer names.

Belongs here: the order of writes, and cleaning after a killed run. Does not: judging (``quality``).
Everything is built beside, then two renames: the folder of the version and, last, the pointer.
Killed anywhere, readers have the old version or the new one.
"""

import datetime as dt
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication import registre
from orchestration.publication.candidat import Candidat
from orchestration.publication.edition import construire
from orchestration.publication.fichiers import (
    json_lisible,
    remplacer,
    sha256,
    synchroniser,
)
from orchestration.publication.integrite import problemes_version
from orchestration.publication.retirer import terminer
from orchestration.publication.verrou import seul
from orchestration.publication.versions import (
    EN_COURS,
    MANIFESTE,
    POINTEUR,
    Pointeur,
    RefusError,
    Version,
    courante,
    interrompue,
    lire_pointeur,
    suivante,
)
from orchestration.quality.rapport import Rapport
from orchestration.secret.rapport import refus_secret

PUBLIE = "publie"
INCHANGE = "inchange"


@dataclass(frozen=True)
class Publication:
    """The current version after :func:`publier`; ``statut`` is ``publie`` or ``inchange``."""

    jeu: str
    version: str
    statut: str
    lignes: int
    octets: int
    chemin: Path


def publier(jeu: Jeu, candidat: Candidat, rapport: Rapport) -> Publication:
    """Publish ``candidat``, or return the current version when its data are the same bytes.

    Raises :class:`RefusError` when a critical rule failed or when the files are no longer those
    that were controlled, ``HistoriqueError`` when what is published cannot be trusted.
    """
    _refuser(jeu, candidat, rapport)
    folder = settings.publications(jeu.nom)
    folder.mkdir(parents=True, exist_ok=True)
    with seul(folder):
        nettoyer(jeu.nom)
        terminer(folder)
        pointeur, manifest = lire_pointeur(folder), courante(folder)
        if pointeur and manifest and _inchange(folder, pointeur, manifest, candidat):
            registre.completer(jeu, pointeur.version)
            return _publication(jeu, pointeur.version, INCHANGE, manifest, folder)
        reason = registre.refus(jeu)
        if reason:
            raise RefusError(reason)
        now = dt.datetime.now(dt.UTC)
        version = suivante(folder, now)
        draft = folder / f"{EN_COURS}{os.getpid()}"
        try:
            manifest = construire(draft, jeu, rapport, version, now, pointeur)
        except Exception:
            shutil.rmtree(draft)
            raise
        draft.rename(folder / str(version))
        synchroniser(folder)
        registre.deposer(jeu, str(version))
        _pointer(folder, version, manifest)
        registre.elaguer(jeu)
        return _publication(jeu, str(version), PUBLIE, manifest, folder)


def nettoyer(jeu: str) -> list[str]:
    """Remove what killed publications left, and say what it was.

    A version that the pointer never named was never public: it goes, and its number serves again.
    Raises ``HistoriqueError`` rather than remove anything else (see ``interrompue``).
    """
    folder = settings.publications(jeu)
    unfinished = interrompue(folder)
    if unfinished:
        # Renamed first: were this killed half-way, no broken version would be left behind.
        (folder / str(unfinished)).rename(folder / f"{EN_COURS}{unfinished}")
    left = sorted(folder.glob(f"{EN_COURS}*"))
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return [path.name for path in left]


def _refuser(jeu: Jeu, candidat: Candidat, rapport: Rapport) -> None:
    if rapport.bloquantes:
        failed = ", ".join(result.regle for result in rapport.bloquantes)
        raise RefusError(
            f"{jeu.nom} n'est pas publié, règle(s) en échec : {failed}. "
            f"Rapport : {candidat.dossier / 'qualite.html'}"
        )
    controlled = (rapport.jeu, rapport.fichiers, rapport.seuil)
    if not rapport.success or controlled != (jeu.nom, candidat.fichiers, jeu.seuil):
        raise RefusError(f"{jeu.nom} n'est pas publié : ce candidat n'a pas été contrôlé tel quel.")
    reason = refus_secret(jeu, candidat.fichiers)
    if reason:
        raise RefusError(reason)


def _inchange(
    folder: Path, pointeur: Pointeur, manifest: dict[str, Any], candidat: Candidat
) -> bool:
    published = {file["nom"]: file["sha256"] for file in manifest["fichiers"]}
    same = all(published.get(file.nom) == file.sha256 for file in candidat.fichiers)
    return same and not problemes_version(folder / pointeur.version, pointeur.manifest_sha256)


def _pointer(folder: Path, version: Version, manifest: dict[str, Any]) -> None:
    pointeur = Pointeur(
        version=str(version),
        manifest_sha256=sha256(folder / str(version) / MANIFESTE),
        publie_le=manifest["publie_le"],
    )
    draft = folder / f"{EN_COURS}{os.getpid()}.json"
    remplacer(folder / POINTEUR, json_lisible(asdict(pointeur)), draft)


def _publication(
    jeu: Jeu, version: str, statut: str, manifest: dict[str, Any], folder: Path
) -> Publication:
    return Publication(
        jeu=jeu.nom,
        version=version,
        statut=statut,
        lignes=manifest["mesures"]["lignes"],
        octets=sum(file["octets"] for file in manifest["fichiers"]),
        chemin=folder / version,
    )
