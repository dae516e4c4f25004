"""The folder of one version: what is wrong in it, from its own files alone.

Belongs here: hashes of one folder, its tombstones included. Does not: the chain of versions
(``verifier``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from orchestration.publication.fichiers import sha256, sommes
from orchestration.publication.retraits import (
    RETRAIT,
    RETRAIT_ECARTS,
    Retrait,
    RetraitError,
    lire_retraits,
)
from orchestration.publication.versions import (
    MANIFESTE,
    SOMMES,
    ManifesteError,
    lire_manifeste,
    lire_version,
)

_TOMBSTONES = (RETRAIT, RETRAIT_ECARTS)


@dataclass(frozen=True)
class Dossier:
    """A version's folder as it is: its files, its manifest, the hash of that, its tombstones."""

    chemin: Path
    presents: frozenset[str]
    manifeste: Mapping[str, Any]
    empreinte: str
    retraits: Mapping[str, Retrait]

    @property
    def attendus(self) -> dict[str, str]:
        """Hash of every file that the manifest binds, withdrawn or not."""
        return {file["nom"]: file["sha256"] for file in self.manifeste["fichiers"]}

    def sommes(self, retraits: tuple[str, ...]) -> bytes:
        """Return what SHA256SUMS holds once these tombstones have taken effect."""
        gone = {name for item in retraits for name in self.retraits[item].noms}
        left = {name: digest for name, digest in self.attendus.items() if name not in gone}
        marks = {name: sha256(self.chemin / name) for name in retraits}
        return sommes({**left, **marks, MANIFESTE: self.empreinte})


def problemes_version(
    dossier: Path, manifest_sha256: str | None, *, nom_garde: bool = True
) -> list[str]:
    """Say what is wrong in the folder of a version; ``manifest_sha256`` is what binds it.

    ``nom_garde``: the folder has its own name, in the folder of its dataset.
    """
    found = frozenset(path.name for path in dossier.iterdir()) if dossier.is_dir() else frozenset()
    if MANIFESTE not in found:
        return [f"{MANIFESTE} manque"]
    digest = sha256(dossier / MANIFESTE)
    problems = []
    if manifest_sha256 and digest != manifest_sha256:
        problems.append(f"{MANIFESTE} a changé")
    try:
        manifest = lire_manifeste(dossier.parent, dossier.name)
        retraits = lire_retraits(dossier)
        folder = Dossier(dossier, found, manifest, digest, retraits)
        bound = (manifest["jeu"], manifest["version"], folder.attendus)
    except RetraitError as error:
        return [*problems, str(error)]
    except (ManifesteError, KeyError, TypeError):
        return problems or [f"{MANIFESTE} est illisible"]
    if nom_garde and bound[:2] != (dossier.parent.name, dossier.name):
        problems.append(f"{MANIFESTE} décrit {manifest['jeu']} {manifest['version']}")
    known = manifest_sha256 is not None
    return [*problems, *_retraits(folder), *_fichiers(folder), *_sommes(folder, known=known)]


def inacheve(dossier: Path) -> bool:
    """Tell whether a withdrawal was interrupted here: SHA256SUMS does not tell of it yet."""
    tombstones = [name for name in _TOMBSTONES if (dossier / name).exists()]
    # As bytes: what somebody changed may be no text any more.
    listed = (dossier / SOMMES).read_bytes() if (dossier / SOMMES).exists() else b""
    return any(f"  {name}\n".encode() not in listed for name in tombstones)


def est_version(dossier: Path) -> bool:
    """Tell whether a folder is that of one version, whatever its name has become."""
    marks = {MANIFESTE, SOMMES, *_TOMBSTONES}
    named = lire_version(dossier.name) is not None
    return dossier.is_dir() and (named or any((dossier / name).is_file() for name in marks))


def _retraits(folder: Dossier) -> Iterator[str]:
    of = (folder.manifeste["jeu"], folder.manifeste["version"])
    for name, item in folder.retraits.items():
        held = {file.nom: file.sha256 for file in item.fichiers}
        if (item.jeu, item.version) != of or not held.items() <= folder.attendus.items():
            yield f"{name} ne s'accorde pas avec {MANIFESTE}"


def _fichiers(folder: Dossier) -> Iterator[str]:
    withdrawn = {name for item in folder.retraits.values() for name in item.noms}
    pending = inacheve(folder.chemin)
    for name, wanted in sorted(folder.attendus.items()):
        if name not in folder.presents:
            if name not in withdrawn:
                yield f"{name} manque"
        elif name in withdrawn and not pending:
            yield f"{name} est en trop : il a été retiré"
        elif not (folder.chemin / name).is_file() or sha256(folder.chemin / name) != wanted:
            yield f"{name} a changé"
    for name in sorted(folder.presents - set(folder.attendus) - {MANIFESTE, SOMMES, *_TOMBSTONES}):
        yield f"{name} est en trop"


def _sommes(folder: Dossier, *, known: bool) -> Iterator[str]:
    """Compare SHA256SUMS with what it must be, or was before a withdrawal that was interrupted."""
    if SOMMES not in folder.presents:
        yield f"{SOMMES} manque"
        return
    written = (folder.chemin / SOMMES).read_bytes()
    tombstones = tuple(folder.retraits)
    stages = [
        some for size in range(len(tombstones) + 1) for some in combinations(tombstones, size)
    ]
    if written in {folder.sommes(stage) for stage in stages}:
        return
    changed = [
        name
        for name in (MANIFESTE, *tombstones)
        if f"{sha256(folder.chemin / name)}  {name}\n".encode() not in written
    ]
    # Bound by the chain the manifest is right; alone, nothing says which of the two has changed.
    if changed and not (known and changed == [MANIFESTE]):
        yield f"{', '.join(changed)} ou {SOMMES} a changé : leurs empreintes ne s'accordent plus"
    else:
        yield f"{SOMMES} a changé"
