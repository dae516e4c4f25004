"""The disclosure report of a candidate: what ``secret.json`` and ``secret.html`` hold.

Belongs here: what a report holds, writing and reading it. Does not: the page's layout (``page``).
A report is public: rules, shares, counts of groups and public keys, never a person nor a small
count of persons.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication.fichiers import Fichier, ecrire, json_lisible
from orchestration.secret.constats import Constat
from orchestration.secret.detail import Estimation, Financeur, Niveau, Unanimite
from orchestration.secret.etroits import Largeurs
from orchestration.secret.page import page
from orchestration.secret.relations import Attaque
from orchestration.secret.sans_protection import Preuve

JSON = "secret.json"
HTML = "secret.html"


@dataclass(frozen=True)
class Regles:
    """The rules that were applied: our choice, said in every release."""

    seuil: int
    dominance: float
    largeur: int
    plan: tuple[tuple[str, ...], ...]
    ventilation: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class RapportSecret:
    """What was published of whom, and what the attack made of it.

    ``premiere`` when the rows follow no published version; else what was attacked is what enters.
    """

    jeu: str
    titre: str
    success: bool
    controle_le: str
    premiere: bool
    regles: Regles
    fichiers: tuple[Fichier, ...]
    constats: tuple[Constat, ...]
    personnes: Attaque
    montants: Attaque
    largeurs: Largeurs
    sans_protection: Preuve
    secondes: float
    niveaux: tuple[Niveau, ...]
    estimations: tuple[Estimation, ...]
    financeurs: tuple[Financeur, ...]
    unanimites: tuple[Unanimite, ...]

    @property
    def echecs(self) -> tuple[Constat, ...]:
        """Rules that something breaks."""
        return tuple(item for item in self.constats if not item.success)


def ecrire_rapport(rapport: RapportSecret) -> None:
    """Write both files beside the candidate."""
    for name, content in fichiers_secret(rapport).items():
        ecrire(settings.candidats(rapport.jeu) / name, content)


def fichiers_secret(rapport: RapportSecret, version: str | None = None) -> dict[str, bytes]:
    """Return the bytes of both files; the page names the ``version`` once there is one."""
    return {JSON: json_lisible(asdict(rapport)), HTML: page(rapport, version).encode()}


def relire_secret(jeu: Jeu) -> RapportSecret | None:
    """Read the report of the candidate; None when the candidate was not controlled."""
    path = settings.candidats(jeu.nom) / JSON
    return _lire(path) if path.exists() else None


def refus_secret(jeu: Jeu, fichiers: tuple[Fichier, ...]) -> str | None:
    """Say in French why these files may not be published; None when they passed the control."""
    if not jeu.seuil:
        return None
    rapport = relire_secret(jeu)
    if rapport and (rapport.fichiers, rapport.regles.seuil) == (fichiers, jeu.seuil):
        if rapport.success:
            return None
        failed = ", ".join(item.regle for item in rapport.echecs)
        return (
            f"{jeu.nom} n'est pas publié, le secret n'est pas gardé : {failed}. "
            f"Rapport : {settings.candidats(jeu.nom) / HTML}"
        )
    return f"{jeu.nom} n'est pas publié : le secret n'a pas été contrôlé sur ces fichiers."


def _lire(path: Path) -> RapportSecret:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    rules = content["regles"]
    steps = {name: tuple(map(tuple, rules[name])) for name in ("plan", "ventilation")}
    return RapportSecret(
        **content
        | {
            "regles": Regles(**rules | steps),
            "fichiers": tuple(Fichier(**item) for item in content["fichiers"]),
            "constats": tuple(Constat(**item) for item in content["constats"]),
            "personnes": Attaque(**content["personnes"]),
            "montants": Attaque(**content["montants"]),
            "largeurs": Largeurs(**content["largeurs"]),
            "sans_protection": Preuve(**content["sans_protection"]),
            "niveaux": tuple(Niveau(**item) for item in content["niveaux"]),
            "estimations": tuple(
                Estimation(item["seuil"], tuple(item["parts"])) for item in content["estimations"]
            ),
            "financeurs": tuple(Financeur(**item) for item in content["financeurs"]),
            "unanimites": tuple(
                Unanimite(item["colonne"], item["lignes"], tuple(item["exemples"]))
                for item in content["unanimites"]
            ),
        }
    )
