"""The folder of publications: which datasets it has, which versions of them are public.

Belongs here: the two layouts, ``<dataset>/datapackage.json`` and our own ``<jeu>/<version>/`` with
its pointer. Does not: reading descriptors (``paquet``), loading (``veille``).
"""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.description.datapackage import NOM
from orchestration.description.fiche import HORODATAGE, MEDIA_TYPES
from orchestration.publication.fichiers import sha256
from orchestration.publication.retraits import RETRAIT, lire_retrait
from orchestration.publication.versions import (
    MANIFESTE,
    POINTEUR,
    HistoriqueError,
    lire_manifeste,
    lire_pointeur,
    lire_version,
    versions,
)
from portal.catalogue.jeu import FichierServi
from portal.catalogue.metas import metas_riches
from portal.catalogue.paquet import Paquet, lire_paquet, lire_ressource, tabulaires
from portal.catalogue.refus import PaquetError
from portal.catalogue.ressource import Ressource

Signature = tuple[Any, ...]


class RetireeError(PaquetError):
    """The version was withdrawn: it is served no longer, even if nothing replaces it."""


def jeux(racine: Path) -> list[Path]:
    """Return the folders that hold a dataset, in the order of their names."""
    try:
        folders = sorted(path for path in racine.iterdir() if not path.name.startswith("."))
    except OSError:  # it may appear later
        return []
    return [path for path in folders if est_a_nous(path) or (path / NOM).is_file()]


def est_a_nous(dossier: Path) -> bool:
    """Tell whether a dataset has versions and a pointer."""
    return (dossier / POINTEUR).is_file()


def signature(dossier: Path) -> Signature:
    """Return what changes when what is served of a dataset may have changed."""
    if not est_a_nous(dossier):
        return tuple(sorted(_etats(dossier)))
    try:
        pointer = lire_pointeur(dossier)
    except HistoriqueError:
        pointer = None
    folder = dossier / pointer.version if pointer else dossier
    files = (dossier / POINTEUR, *(folder / name for name in (NOM, MANIFESTE, RETRAIT)))
    return tuple(_etat(path) for path in files)


def publiques(dossier: Path) -> list[str]:
    """Return the versions that can be asked for, the newest first. Withdrawn ones cannot."""
    try:
        pointer = lire_pointeur(dossier)
        current = lire_version(pointer.version) if pointer else None
        found = versions(dossier) if current else []
        return [
            str(item)
            for item in reversed(found)
            if current and item <= current and not (dossier / str(item) / RETRAIT).exists()
        ]
    except HistoriqueError:
        return []


def ressources(dossier: Path) -> Iterator[Ressource | PaquetError]:
    """Yield what is current in the folder of a dataset, or why it cannot be served.

    Raises :class:`PaquetError` when that is true of all of it.
    """
    if est_a_nous(dossier):
        yield de_la_version(dossier)
        return
    package = lire_paquet(dossier / NOM)
    found = list(tabulaires(package))
    if not found:
        raise PaquetError(NOM, "aucune ressource n'est tabulaire : en déclarer le « schema »")
    for item in found:
        try:
            yield lire_ressource(package, item)
        except PaquetError as error:
            yield error
        except (AttributeError, TypeError, KeyError, ValueError):
            yield PaquetError(NOM, f"la ressource {item.get('name')} est mal décrite")


def de_la_version(dossier: Path, version: str | None = None) -> Ressource:
    """Read one of our versions, the current one by default. Raises :class:`PaquetError`."""
    try:
        pointer = lire_pointeur(dossier)
        if pointer is None:
            raise PaquetError(POINTEUR, "le pointeur manque")
        name = version or pointer.version
        if lire_version(name) is None:
            raise PaquetError(POINTEUR, "le pointeur ne nomme pas de version")
        folder = dossier / name
        if lire_retrait(folder):
            raise RetireeError(f"{dossier.name}/{name}", "la version a été retirée")
        manifest = lire_manifeste(dossier, name)
        if name == pointer.version and sha256(folder / MANIFESTE) != pointer.manifest_sha256:
            raise PaquetError(f"{name}/{MANIFESTE}", f"il n'est pas celui que {POINTEUR} annonce")
        return _ressource(folder, manifest)
    except HistoriqueError as error:
        raise PaquetError(dossier.name, str(error)) from None
    except (KeyError, TypeError, AttributeError, OSError):
        raise PaquetError(dossier.name, f"{MANIFESTE} ou {NOM} est incomplet") from None


def _ressource(folder: Path, manifest: dict[str, Any]) -> Ressource:
    if (manifest["jeu"], manifest["version"]) != (folder.parent.name, folder.name):
        raise PaquetError(f"{folder.name}/{MANIFESTE}", "il décrit une autre version")
    package = lire_paquet(folder / NOM)
    if package.version != folder.name:
        raise PaquetError(f"{folder.name}/{NOM}", "il décrit une autre version")
    found = list(tabulaires(package))
    if not found:
        raise PaquetError(NOM, "aucune ressource n'est tabulaire")
    # All formats hold the same rows; this one keeps their types and reads fastest.
    chosen = next((item for item in found if item.get("format") == "parquet"), found[0])
    published = dt.datetime.strptime(manifest["publie_le"], HORODATAGE).replace(tzinfo=dt.UTC)
    return lire_ressource(
        package,
        chosen,
        nom=folder.parent.name,
        modifie=published,
        riches={
            **metas_riches(folder, folder.parent.name),
            "title": package.contenu.get("title") or folder.parent.name,
        },
        fichiers=_servis(folder, package, manifest),
    )


def _servis(folder: Path, package: Paquet, manifest: dict[str, Any]) -> tuple[FichierServi, ...]:
    titles = {item.get("path"): item.get("title") for item in package.contenu["resources"]}
    return tuple(
        FichierServi(
            nom=item["nom"],
            chemin=folder / item["nom"],
            octets=item["octets"],
            sha256=item["sha256"],
            format=form,
            media_type=MEDIA_TYPES.get(form, "application/octet-stream"),
            donnees="lignes" in item,
            titre=titles.get(item["nom"]) or item["nom"],
        )
        for item in manifest["fichiers"]
        if (folder / item["nom"]).is_file()
        for form in (Path(item["nom"]).suffix.removeprefix("."),)
    )


def _etats(dossier: Path) -> Iterator[tuple[Any, ...]]:
    for parent, _, names in os.walk(dossier):
        yield from (_etat(Path(parent, name)) for name in names)


def _etat(path: Path) -> tuple[Any, ...]:
    try:
        status = path.stat()
    except OSError:
        return (str(path),)
    return (str(path), status.st_mtime_ns, status.st_size, status.st_ino)
