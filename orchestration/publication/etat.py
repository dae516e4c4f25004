"""Where each dataset stands: its current version, and what the last control said.

Belongs here: reading what publications and controls left. Does not: printing, nor hashing files.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.jeux import Jeu, lire_jeux
from orchestration.publication.versions import HistoriqueError, courante
from orchestration.quality.rapport import Rapport, RapportAbsentError, relire
from orchestration.secret.rapport import relire_secret

JAMAIS = "jamais publié"


@dataclass(frozen=True)
class EtatJeu:
    """State of a dataset; ``controle`` is a short French sentence, ``extrait`` an ISO date.

    ``blocages`` says in French which critical rules refused the last candidate, and by how much.
    """

    jeu: str
    titre: str
    version: str | None
    publie_le: str | None
    lignes: int | None
    seuil: int | None
    controle: str
    chemin: Path | None
    extrait: str | None
    blocages: tuple[str, ...] = ()


def etat() -> list[EtatJeu]:
    """State of every declared dataset."""
    return [_etat(jeu) for jeu in lire_jeux().values()]


def _etat(jeu: Jeu) -> EtatJeu:
    folder = settings.publications(jeu.nom)
    try:
        manifest, unreadable = courante(folder), ""
    except HistoriqueError as error:
        manifest, unreadable = None, str(error)
    try:
        rapport = relire(jeu)
    except RapportAbsentError:
        rapport = None
    blocages = _blocages(jeu, rapport)
    return EtatJeu(
        jeu=jeu.nom,
        titre=jeu.titre,
        version=manifest["version"] if manifest else None,
        publie_le=manifest["publie_le"] if manifest else None,
        lignes=manifest["mesures"]["lignes"] if manifest else None,
        seuil=manifest["seuil"] if manifest else jeu.seuil,
        controle=unreadable or _controle(manifest, rapport, list(blocages)),
        blocages=tuple(blocages.values()),
        chemin=folder / manifest["version"] if manifest else None,
        extrait=max((item["date_extraction"] for item in manifest["extraits"]), default=None)
        if manifest
        else None,
    )


def _blocages(jeu: Jeu, rapport: Rapport | None) -> dict[str, str]:
    """Say, rule by rule, what refused the last candidate: quality, then secret."""
    secret = relire_secret(jeu)
    return {
        rule.regle: f"{rule.libelle} : {rule.mesure}"
        for rule in (rapport.bloquantes if rapport else ())
    } | {
        item.regle: f"{item.libelle} : {item.anomalies} sur {item.examines} (secret.html)"
        for item in (secret.echecs if secret else ())
    }


def _controle(
    manifest: dict[str, Any] | None, rapport: Rapport | None, bloquantes: list[str]
) -> str:
    if bloquantes:
        return "bloqué : " + ", ".join(bloquantes)
    if manifest is None:
        return "contrôlé, pas encore publié" if rapport else JAMAIS
    if rapport is None or rapport.controle_le == manifest["controle"]["controle_le"]:
        return "publié"
    published = {file["nom"]: file["sha256"] for file in manifest["fichiers"]}
    same = all(published.get(file.nom) == file.sha256 for file in rapport.fichiers)
    return "inchangé" if same else "contrôlé, pas encore publié"
