"""Withdrawing a version: its files go, its manifest and a tombstone that says why stay.

Belongs here: the order of writes, and finishing what a kill left. Does not: reading tombstones
(``retraits``). From the moment the tombstone is there the version is withdrawn: nothing lists it
any more, and whatever is killed afterwards is finished by the next withdrawal or publication.
"""

import datetime as dt
import os
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

from orchestration import settings
from orchestration.ecarts.fichiers import DETAIL
from orchestration.publication.fichiers import (
    Fichier,
    json_lisible,
    remplacer,
    sha256,
    sommes,
    synchroniser,
)
from orchestration.publication.retraits import (
    RETRAIT,
    RETRAIT_ECARTS,
    Retrait,
    lire_retrait,
    lire_retraits,
)
from orchestration.publication.verrou import seul
from orchestration.publication.versions import (
    EN_COURS,
    MANIFESTE,
    SOMMES,
    interrompue,
    lire_manifeste,
    lire_pointeur,
    versions,
)


class RefusRetraitError(RuntimeError):
    """The version may not be withdrawn; the message says why."""


def retirer(jeu: str, version: str, raison: str, remplacee_par: str | None = None) -> Retrait:
    """Withdraw a version that is not the current one; return its tombstone, old or new.

    ``remplacee_par``: the public version to use instead. Raises :class:`RefusRetraitError`, or
    ``HistoriqueError`` when what is published cannot be trusted.
    """
    folder = settings.publications(jeu)
    with seul(folder):
        pointeur, unfinished = lire_pointeur(folder), interrompue(folder)
        if pointeur and version == pointeur.version:
            raise RefusRetraitError(
                f"{version} est la version courante de {jeu} : publier d'abord une version qui la "
                "remplace (« cpf run »), puis retirer celle-ci. Le registre des personnes suit la "
                "version courante (décision 6)."
            )
        if version == str(unfinished):
            raise RefusRetraitError(f"{version} n'a jamais été publique : rien à retirer.")
        if remplacee_par in (version, str(unfinished)) or (
            remplacee_par and lire_retrait(folder / remplacee_par)
        ):
            raise RefusRetraitError(f"{remplacee_par} ne peut pas remplacer {version}.")
        found = lire_retrait(folder / version)
        if found is None:
            made = _retrait(folder, version, version, raison, _maintenant())
            found = replace(made, remplacee_par=remplacee_par)
            _poser(folder, RETRAIT, found)
        terminer(folder)
        return found


def terminer(folder: Path) -> None:
    """Bring every withdrawal of a dataset to its end; does nothing when all are."""
    known = [str(version) for version in versions(folder)]
    for version, following in zip(known, [*known[1:], None], strict=False):
        whole = lire_retrait(folder / version)
        if whole and following and lire_retrait(folder / following, RETRAIT_ECARTS) is None:
            diff = _retrait(folder, following, version, whole.raison, whole.retire_le)
            quoted = tuple(item for item in diff.fichiers if item.nom == DETAIL)
            if quoted:
                _poser(folder, RETRAIT_ECARTS, replace(diff, fichiers=quoted))
        tombstones = lire_retraits(folder / version)
        if tombstones:
            _vider(folder, version, tombstones)


def _retrait(folder: Path, version: str, cause: str, raison: str, moment: str) -> Retrait:
    files = lire_manifeste(folder, version)["fichiers"]
    held = tuple(Fichier(item["nom"], item["octets"], item["sha256"]) for item in files)
    return Retrait(folder.name, version, cause, moment, raison, held)


def _poser(folder: Path, name: str, retrait: Retrait) -> None:
    _remplacer(folder, folder / retrait.version / name, json_lisible(asdict(retrait)))


def _vider(folder: Path, version: str, retraits: dict[str, Retrait]) -> None:
    """Remove what is withdrawn, then list what is left: that list is the end of a withdrawal."""
    path = folder / version
    gone = {name for item in retraits.values() for name in item.noms}
    for name in sorted(gone):
        (path / name).unlink(missing_ok=True)
    synchroniser(path)
    files = lire_manifeste(folder, version)["fichiers"]
    left = {item["nom"]: item["sha256"] for item in files if item["nom"] not in gone}
    sums = sommes(left | _empreintes(path, (MANIFESTE, *retraits)))
    if not (path / SOMMES).exists() or (path / SOMMES).read_bytes() != sums:
        _remplacer(folder, path / SOMMES, sums)


def _empreintes(path: Path, names: Iterable[str]) -> dict[str, str]:
    return {name: sha256(path / name) for name in names}


def _remplacer(folder: Path, path: Path, content: bytes) -> None:
    # The draft is outside the version, where a killed one is nobody's business.
    remplacer(path, content, folder / f"{EN_COURS}{os.getpid()}.retrait")
    path.chmod(0o444)


def _maintenant() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
