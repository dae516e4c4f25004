"""Publications of a small mart, with reports made by hand."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication import publier
from orchestration.publication.candidat import Candidat, preparer
from orchestration.publication.publier import Publication
from orchestration.publication.verifier import verifier
from tests.unit import petit_etat, petits_jeux, rapports


def candidat_de(jeu: Jeu, dossiers: int = 40) -> Candidat:
    """Export a small mart; other ``dossiers`` (of the datasets that count them), other bytes."""
    rows = petits_jeux.lignes(jeu.nom)
    if jeu.personnes:
        rows[0]["nb_dossiers"] = dossiers
    petit_etat.construire_mart(jeu, rows)
    return preparer(jeu)


def publier_jeu(jeu: Jeu, dossiers: int = 40) -> Publication:
    """Export, report a success, publish."""
    jeu = sans_registre(jeu)
    candidat = candidat_de(jeu, dossiers)
    return publier.publier(jeu, candidat, rapports.rapport(jeu, candidat))


def sans_registre(jeu: Jeu) -> Jeu:
    """Return ``jeu`` as one whose persons nothing keeps: these tests have no vault."""
    return replace(jeu, registre=None)


def dossier(jeu: Jeu) -> Path:
    """Folder of the versions."""
    return settings.publications(jeu.nom)


def pointeur(jeu: Jeu) -> dict[str, Any]:
    """Content of ``current.json``."""
    content: dict[str, Any] = json.loads((dossier(jeu) / "current.json").read_text())
    return content


def est_integre(jeu: Jeu) -> bool:
    """Tell whether everything published verifies."""
    found = verifier(settings.publications(), jeu.nom)
    return bool(found) and all(item.ok for item in found)
