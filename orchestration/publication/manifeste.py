"""The manifest of a version: what binds its files, its sources, its code and its control.

Belongs here: its content. Does not: writing it (``publier``) nor reading it (``versions``).
"""

import datetime as dt
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from importlib import metadata
from typing import Any

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication.fichiers import Fichier, sha256
from orchestration.publication.registre import definitif_jusqu_au
from orchestration.publication.versions import Pointeur, Version
from orchestration.quality.rapport import Rapport

PACKAGE = "cpf-open-data"


def manifeste(
    jeu: Jeu,
    version: Version,
    publie_le: dt.datetime,
    rapport: Rapport,
    annexes: tuple[Fichier, ...],
    precedente: Pointeur | None,
    exemples: Mapping[str, str],
) -> dict[str, Any]:
    """Describe a version. Hashing the previous manifest makes all versions one chain."""
    lignes = rapport.mesures.lignes
    return {
        "jeu": jeu.nom,
        "version": str(version),
        "titre": jeu.titre,
        "licence": jeu.licence,
        "publie_le": publie_le.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seuil": jeu.seuil,
        "plan": [list(step) for step in jeu.plan],
        "definitif_jusqu_au": definitif_jusqu_au(
            jeu,
            max(
                (item.date_extraction for item in rapport.extraits if item.source == "dossiers"),
                default=None,
            ),
        ),
        "fichiers": [
            *(asdict(file) | {"lignes": lignes} for file in rapport.fichiers),
            *(asdict(file) for file in annexes),
        ],
        "filiere": list(rapport.filiere),
        "extraits": [asdict(extrait) for extrait in rapport.extraits],
        "mesures": asdict(rapport.mesures),
        "exemples": dict(exemples),
        "controle": {
            "controle_le": rapport.controle_le,
            "regles": len(rapport.resultats),
            "reussies": sum(result.success for result in rapport.resultats),
            "alertes": [result.regle for result in rapport.echecs],
            "reference": rapport.reference,
        },
        "code": code(),
        "manifeste_dbt_sha256": _dbt(),
        "version_precedente": precedente
        and {"version": precedente.version, "manifest_sha256": precedente.manifest_sha256},
    }


def code() -> dict[str, Any]:
    """Return the commit and whether files changed since; without git, the package's version."""
    commit = _git("rev-parse", "HEAD")
    if commit:
        return {"commit": commit, "modifie": bool(_git("status", "--porcelain"))}
    return {"version": metadata.version(PACKAGE)}


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(settings.PROJECT), *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _dbt() -> str | None:
    path = settings.dbt_target() / "target" / "manifest.json"
    return sha256(path) if path.exists() else None
