"""The folder of a version: data, reports, metadata, manifest and sums, none changed afterwards.

Belongs here: what a version holds. Does not: when it becomes public (``publier``).
"""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.description.documents import decrire_version
from orchestration.description.fiche import Fiche
from orchestration.description.site import lire_site
from orchestration.ecarts.fichiers import ecrire_ecarts
from orchestration.jeux import Jeu
from orchestration.publication.exemples import exemples
from orchestration.publication.fichiers import (
    Fichier,
    decrire,
    ecrire,
    json_lisible,
    lier,
    sha256,
    sommes,
    synchroniser,
)
from orchestration.publication.manifeste import manifeste
from orchestration.publication.versions import MANIFESTE, SOMMES, Pointeur, RefusError, Version
from orchestration.quality.rapport import Rapport, fichiers_rapport
from orchestration.secret.rapport import fichiers_secret, relire_secret


def construire(
    draft: Path,
    jeu: Jeu,
    rapport: Rapport,
    version: Version,
    now: dt.datetime,
    pointeur: Pointeur | None,
) -> dict[str, Any]:
    """Write in ``draft`` all that ``version`` holds; return its manifest.

    Raises :class:`RefusError` when a data file is no longer what was controlled.
    """
    draft.mkdir()
    source = settings.candidats(jeu.nom)
    with ThreadPoolExecutor() as hashing:
        list(hashing.map(lambda file: _reprendre(source / file.nom, draft, file), rapport.fichiers))
    reports = fichiers_rapport(rapport, str(version))
    secret = relire_secret(jeu)
    if secret:
        reports |= fichiers_secret(secret, str(version))
    for name, content in reports.items():
        ecrire(draft / name, content)
    precedente = pointeur.version if pointeur else None
    changes = ecrire_ecarts(draft, jeu, str(version), precedente, rapport.mesures.lignes)
    fiche = Fiche(
        jeu=jeu,
        site=lire_site(),
        version=str(version),
        publie_le=now,
        precedente=precedente,
        donnees=rapport.fichiers,
        rapports=tuple(decrire(draft / name) for name in (*reports, *changes)),
        mesures=rapport.mesures,
        extraits=rapport.extraits,
        exemples=exemples(draft / f"{jeu.nom}.parquet"),
    )
    documents = decrire_version(fiche)
    for name, content in documents.items():
        ecrire(draft / name, content)
    annexes = (*fiche.rapports, *(decrire(draft / name) for name in documents))
    manifest = manifeste(jeu, version, now, rapport, annexes, pointeur, fiche.exemples)
    ecrire(draft / MANIFESTE, json_lisible(manifest))
    known = {file.nom: file.sha256 for file in (*rapport.fichiers, *annexes)}
    ecrire(draft / SOMMES, sommes(known | {MANIFESTE: sha256(draft / MANIFESTE)}))
    for path in draft.iterdir():
        path.chmod(0o444)
    synchroniser(draft)
    return manifest


def _reprendre(source: Path, draft: Path, attendu: Fichier) -> None:
    """Take a data file by a hard link (a candidate is never rewritten in place) and check it."""
    target = draft / source.name
    if not source.exists():
        raise RefusError(f"{source} a disparu depuis le contrôle.")
    lier(source, target)
    if sha256(target) != attendu.sha256:
        raise RefusError(f"{source} a changé depuis le contrôle.")
