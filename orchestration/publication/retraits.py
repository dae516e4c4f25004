"""Tombstones: what says, in the folder of a version, that files of it were withdrawn, and why.

Belongs here: reading them. Does not: withdrawing (``retirer``), nor checking (``verifier``).

``retrait.json`` stands for the whole version; ``retrait_ecarts.json`` for its diff alone, which
quotes rows of the version before and goes when that one is withdrawn. See docs/decisions/0008.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from orchestration.publication.fichiers import Fichier
from orchestration.publication.versions import HistoriqueError

RETRAIT = "retrait.json"
RETRAIT_ECARTS = "retrait_ecarts.json"


class RetraitError(HistoriqueError):
    """A tombstone is unreadable."""


@dataclass(frozen=True)
class Retrait:
    """Files withdrawn from a version. ``cause`` is the version that was withdrawn.

    ``remplacee_par``: the version to use instead, when somebody said which.
    """

    jeu: str
    version: str
    cause: str
    retire_le: str
    raison: str
    fichiers: tuple[Fichier, ...]
    remplacee_par: str | None = None

    @property
    def noms(self) -> frozenset[str]:
        """Names of the files withdrawn."""
        return frozenset(item.nom for item in self.fichiers)


def lire_retrait(dossier: Path, nom: str = RETRAIT) -> Retrait | None:
    """Read a tombstone in the folder of a version. Raises :class:`RetraitError`."""
    path = dossier / nom
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(Fichier(**item) for item in content.pop("fichiers"))
        return Retrait(fichiers=files, **content)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise RetraitError(f"{path} est illisible : le restaurer d'une sauvegarde.") from None


def lire_retraits(dossier: Path) -> dict[str, Retrait]:
    """Read every tombstone of a version, by file name. Raises :class:`RetraitError`."""
    found = {name: lire_retrait(dossier, name) for name in (RETRAIT, RETRAIT_ECARTS)}
    return {name: item for name, item in found.items() if item}
