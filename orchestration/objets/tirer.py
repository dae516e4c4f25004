"""``cpf pull``: versions of a bucket, checked as ``cpf verify`` does, in a folder.

Belongs here: the order of writes. Does not: requests (``seau``), checking hashes (``verifier``).
Everything is fetched beside and checked, then renamed; the pointer comes last.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.objets.erreurs import IntegriteError, ObjetsError
from orchestration.objets.plan import lire_sommes
from orchestration.objets.pointeur import decoder
from orchestration.objets.seau import Dire, Seau
from orchestration.publication.fichiers import remplacer
from orchestration.publication.integrite import problemes_version
from orchestration.publication.versions import (
    EN_COURS,
    MANIFESTE,
    POINTEUR,
    SOMMES,
    Pointeur,
    lire_manifeste,
    lire_pointeur,
    lire_version,
)


@dataclass(frozen=True)
class Reception:
    """A version that is now in the folder, verified; ``octets`` is 0 when it was there already."""

    jeu: str
    version: str
    octets: int


def tirer(
    source: str,
    dossier: Path,
    jeux: Sequence[str] = (),
    *,
    toutes: bool,
    dire: Dire,
) -> list[Reception]:
    """Fetch the current version of ``jeux`` (default: all of the bucket), or every one.

    Raises ``AdresseError``, ``ObjetsError``, ``HistoriqueError``.
    """
    seau = Seau(source)
    received = [
        item
        for jeu in jeux or seau.dossiers()
        if not jeu.startswith(".")
        for item in _tirer_jeu(seau, jeu, dossier, toutes, dire)
    ]
    for missing in sorted(set(jeux) - {item.jeu for item in received}):
        raise ObjetsError(f"{seau.lieu(missing)} : aucune version publiée.")
    if not received:
        raise ObjetsError(f"{seau.adresse} : aucune version publiée.")
    return received


def _tirer_jeu(
    seau: Seau,
    jeu: str,
    dossier: Path,
    toutes: bool,
    dire: Dire,
) -> list[Reception]:
    name = f"{jeu}/{POINTEUR}"
    read = seau.lire(name)
    if read is None:
        return []
    pointeur = decoder(read.octets, seau.lieu(name))
    folder = dossier / jeu
    folder.mkdir(parents=True, exist_ok=True)
    _refuser_retour(folder, pointeur)
    received: list[Reception] = []
    version, digest = pointeur.version, pointeur.manifest_sha256
    while True:
        received.append(_tirer_version(seau, folder, version, digest, dire))
        previous = lire_manifeste(folder, version)["version_precedente"]
        if not toutes or not previous:
            break
        version, digest = previous["version"], previous["manifest_sha256"]
    remplacer(folder / POINTEUR, read.octets, folder / f"{EN_COURS}{POINTEUR}")
    return received


def _refuser_retour(folder: Path, pointeur: Pointeur) -> None:
    known = lire_pointeur(folder)
    here, there = (lire_version(item.version) if item else None for item in (known, pointeur))
    if here and there and here > there:
        raise ObjetsError(f"{folder} a déjà {here}, plus récente que celle du seau ({there}).")


def _tirer_version(seau: Seau, folder: Path, version: str, digest: str, dire: Dire) -> Reception:
    if lire_version(version) is None:
        raise IntegriteError(f"{seau.lieu(folder.name)} : version illisible.")
    target = folder / version
    if target.exists():
        _refuser_abime(target, digest, str(target))
        return Reception(folder.name, version, 0)
    with tempfile.TemporaryDirectory(prefix=EN_COURS, dir=folder) as beside:
        draft = Path(beside) / folder.name / version
        draft.mkdir(parents=True)
        size = _telecharger(seau, draft)
        _refuser_abime(draft, digest, seau.lieu(f"{folder.name}/{version}"))
        draft.rename(target)
    dire(f"{folder.name} : {version} reçue et vérifiée")
    return Reception(folder.name, version, size)


def _telecharger(seau: Seau, draft: Path) -> int:
    prefix = f"{draft.parent.name}/{draft.name}/"
    listed = seau.lire(prefix + SOMMES)
    if listed is None:
        raise IntegriteError(f"{seau.lieu(prefix + SOMMES)} manque : la version est incomplète.")
    names = {*lire_sommes(listed.octets, seau.lieu(prefix + SOMMES)), MANIFESTE, SOMMES}
    for name in sorted(names):
        with (draft / name).open("xb") as file:
            for block in seau.blocs(prefix + name):
                file.write(block)
    return sum(path.stat().st_size for path in draft.iterdir())


def _refuser_abime(version: Path, manifest_sha256: str, lieu: str) -> None:
    problems = problemes_version(version, manifest_sha256)
    if problems:
        raise IntegriteError(f"{lieu} est refusée : {' ; '.join(problems)}.")
