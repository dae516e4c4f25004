"""``cpf push``: the publications as they are here, in a bucket, without a wrong moment.

Belongs here: the order of writes. Does not: requests (``seau``), what is public (``publier``).
Killed anywhere, a reader of the bucket has the old current version or the new one, whole: objects
appear at once, a version's files come before its manifest, and the pointer comes last of all.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration import settings
from orchestration.objets.erreurs import ConflitError, IntegriteError, ObjetsError
from orchestration.objets.plan import Plan, lire_sommes, planifier, retires
from orchestration.objets.pointeur import deplacer
from orchestration.objets.seau import Contenu, Dire, Seau, different
from orchestration.objets.vitrine import pousser_site
from orchestration.publication.integrite import problemes_version
from orchestration.publication.versions import (
    POINTEUR,
    SOMMES,
    Pointeur,
    lire_manifeste,
    lire_pointeur,
)


@dataclass(frozen=True)
class Envoi:
    """What one push of a dataset sent: objects and bytes (none: everything was there)."""

    jeu: str
    version: str
    objets: int
    octets: int


def pousser(destination: str, jeux: Sequence[str] = (), *, dire: Dire) -> list[Envoi]:
    """Push every version of ``jeux`` (default: all that are published), then the site.

    Raises ``AdresseError``, ``ObjetsError``, ``HistoriqueError``.
    """
    seau = Seau(destination)
    published = [path.parent.name for path in settings.publications().glob(f"*/{POINTEUR}")]
    for missing in sorted(set(jeux) - set(published)):
        raise ObjetsError(f"{missing} n'a aucune version publiée ici : rien à déposer.")
    sent = [_pousser_jeu(seau, jeu, dire) for jeu in sorted(jeux or published)]
    pousser_site(seau, published, dire)
    return sent


def _pousser_jeu(seau: Seau, jeu: str, dire: Dire) -> Envoi:
    folder = settings.publications(jeu)
    with _fige(folder):
        pointeur = lire_pointeur(folder)
        if pointeur is None:
            raise ObjetsError(f"{jeu} n'a aucune version publiée ici : rien à déposer.")
        listed = seau.lister(f"{jeu}/")
        sent = [
            size
            for version, digest in reversed(list(_chaine(folder, pointeur)))
            for size in _pousser_version(seau, folder / version, digest, listed, dire)
        ]
        moved = deplacer(seau, folder, pointeur)
    if moved:
        dire(f"{jeu} : {pointeur.version} est la version courante de {seau.adresse}")
    return Envoi(jeu, pointeur.version, len(sent) + int(moved), sum(sent))


def _chaine(folder: Path, pointeur: Pointeur) -> Iterator[tuple[str, str]]:
    """Versions that were public, newest first, with the hash of their manifests."""
    version, digest = pointeur.version, pointeur.manifest_sha256
    while True:
        yield version, digest
        previous = lire_manifeste(folder, version)["version_precedente"]
        if not previous:
            return
        version, digest = previous["version"], previous["manifest_sha256"]


def _pousser_version(
    seau: Seau,
    version: Path,
    manifest_sha256: str,
    listed: dict[str, int],
    dire: Dire,
) -> list[int]:
    """Bring one version to the bucket; return the sizes of the objects sent."""
    prefix = f"{version.parent.name}/{version.name}/"
    sizes = {
        name.removeprefix(prefix): size for name, size in listed.items() if name.startswith(prefix)
    }
    bound = [file["nom"] for file in lire_manifeste(version.parent, version.name)["fichiers"]]
    written = (version / SOMMES).read_bytes()
    sums = lire_sommes(written, str(version / SOMMES))
    theirs = seau.lire(prefix + SOMMES) if SOMMES in sizes else None
    if theirs and theirs.octets != written:
        _refuser_ancien(seau.lieu(prefix + SOMMES), theirs, sums, bound)
    plan = planifier(sums, bound, sizes)
    # Its list is the last object of a version: when it is there, all were, with their hashes.
    whole = theirs is not None and theirs.octets == written
    for name in plan.a_comparer:
        same = sizes[name] == (version / name).stat().st_size
        if not same or (not whole and seau.sha256(prefix + name) != sums[name]):
            raise ConflitError(different(seau.lieu(prefix + name)))
    if whole and not plan.a_deposer and not plan.a_retirer:
        return []
    _refuser_abime(version, manifest_sha256)
    dire(f"{version.parent.name} : dépôt de {version.name} ({len(plan.a_deposer) + 1} objets)")
    return _executer(seau, version, plan, sums, theirs)


def _executer(
    seau: Seau, version: Path, plan: Plan, sums: dict[str, str], theirs: Contenu | None
) -> list[int]:
    prefix = f"{version.parent.name}/{version.name}/"
    for name in plan.a_deposer:
        seau.deposer(prefix + name, version / name, sums[name])
    for name in plan.a_retirer:
        seau.retirer(prefix + name)
    written = (version / SOMMES).read_bytes()
    if (theirs is None or theirs.octets != written) and not seau.remplacer(
        prefix + SOMMES, written, theirs
    ):
        known = seau.lire(prefix + SOMMES)
        if known is None or known.octets != written:
            raise ConflitError(different(seau.lieu(prefix + SOMMES)))
    return [(version / name).stat().st_size for name in (*plan.a_deposer, SOMMES)]


def _refuser_ancien(lieu: str, theirs: Contenu, sums: dict[str, str], bound: list[str]) -> None:
    """A list may differ for one reason: more was withdrawn here since. Never the other way."""
    before = lire_sommes(theirs.octets, lieu)
    kept = {name: digest for name, digest in before.items() if name in sums}
    withdrawn = retires(before, bound) < retires(sums, bound)
    if not withdrawn or any(sums[name] != digest for name, digest in kept.items()):
        raise ConflitError(different(lieu))


def _refuser_abime(version: Path, manifest_sha256: str) -> None:
    problems = problemes_version(version, manifest_sha256)
    if problems:
        raise IntegriteError(
            f"{version} n'est pas déposée : {' ; '.join(problems)}. Voir « cpf verify »."
        )


@contextmanager
def _fige(folder: Path) -> Iterator[None]:
    """Keep publications and withdrawals of a dataset waiting: its folder stays as it is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)
