"""The pointer of a dataset in a bucket: read, judged, replaced in one conditional request.

Belongs here: when it may move. Does not: the versions that it names (``pousser``, ``tirer``).
"""

import json
from dataclasses import asdict
from pathlib import Path

from orchestration.objets.erreurs import ConflitError, IntegriteError
from orchestration.objets.seau import Seau
from orchestration.publication.fichiers import json_lisible, sha256
from orchestration.publication.versions import MANIFESTE, POINTEUR, Pointeur, lire_version

_ESSAIS = 5


def decoder(contenu: bytes, lieu: str) -> Pointeur:
    """Read a pointer's bytes. Raises ``IntegriteError``."""
    try:
        found = Pointeur(**json.loads(contenu))
        if lire_version(found.version):
            return found
    except (ValueError, TypeError):
        pass
    raise IntegriteError(f"{lieu} est illisible.")


def deplacer(seau: Seau, folder: Path, pointeur: Pointeur) -> bool:
    """Make the bucket's pointer that of ``folder``; False when it was already.

    The caller holds the folder, so ``pointeur`` is the local one to the end. A bucket's pointer is
    replaced only if it names a version that was published here: it goes back only with the local
    pointer, and never over somebody else's. Another push in between makes this one look again.
    """
    name = f"{folder.name}/{POINTEUR}"
    for _ in range(_ESSAIS):
        read = seau.lire(name)
        theirs = decoder(read.octets, seau.lieu(name)) if read else None
        if theirs == pointeur:
            return False
        if theirs and not _publie_ici(folder, theirs):
            raise ConflitError(
                f"{seau.lieu(name)} désigne {theirs.version}, qui n'a pas été publiée ici : "
                "le pointeur n'est pas déplacé. Un préfixe n'a qu'un seul publicateur."
            )
        if seau.remplacer(name, json_lisible(asdict(pointeur)), read):
            return True
    raise ConflitError(f"{seau.lieu(name)} change sans cesse : un autre dépôt est en cours.")


def _publie_ici(folder: Path, pointeur: Pointeur) -> bool:
    path = folder / pointeur.version / MANIFESTE
    return path.exists() and sha256(path) == pointeur.manifest_sha256
