"""The report of a control: its content, and its two files ``qualite.json`` and ``qualite.html``.

Belongs here: what a report holds, writing and reading it. Does not: the page's layout (``page``).
A report is public: it shows labels, counts and public keys, never a value that a rule refused.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication.fichiers import Fichier, ecrire, json_lisible
from orchestration.publication.sources import Extrait
from orchestration.quality.cadres import Mesures
from orchestration.quality.page import page
from orchestration.quality.regles import CRITIQUE

JSON = "qualite.json"
HTML = "qualite.html"


class RapportAbsentError(RuntimeError):
    """The candidate was not controlled; the message says what to run."""


@dataclass(frozen=True)
class Resultat:
    """Verdict of one rule. ``part`` is unexpected/evaluated; ``exemples`` are public row keys."""

    regle: str
    libelle: str
    severity: str
    success: bool
    evalues: int
    inattendus: int
    part: float
    mesure: str
    exemples: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Rapport:
    """A control of the ``fichiers``; ``reference`` is the version that drift was judged against.

    ``seuil`` and ``plan`` are those of the dataset (see ``Jeu``) when it was controlled.
    """

    jeu: str
    titre: str
    success: bool
    controle_le: str
    seuil: int | None
    plan: tuple[tuple[str, ...], ...]
    filiere: tuple[str, ...]
    reference: str | None
    fichiers: tuple[Fichier, ...]
    mesures: Mesures
    extraits: tuple[Extrait, ...]
    resultats: tuple[Resultat, ...]

    @property
    def echecs(self) -> tuple[Resultat, ...]:
        """Rules that failed, blocking or not."""
        return tuple(result for result in self.resultats if not result.success)

    @property
    def bloquantes(self) -> tuple[Resultat, ...]:
        """Rules whose failure blocks the publication."""
        return tuple(result for result in self.echecs if result.severity == CRITIQUE)


def ecrire_rapport(rapport: Rapport) -> None:
    """Write both files beside the candidate, where people look when it is blocked."""
    for name, content in fichiers_rapport(rapport).items():
        ecrire(settings.candidats(rapport.jeu) / name, content)


def fichiers_rapport(rapport: Rapport, version: str | None = None) -> dict[str, bytes]:
    """Return the bytes of both files; the page names the ``version`` once there is one."""
    return {JSON: json_lisible(asdict(rapport)), HTML: page(rapport, version).encode()}


def relire(jeu: Jeu) -> Rapport:
    """Read the report of the candidate. Raises :class:`RapportAbsentError`."""
    path = settings.candidats(jeu.nom) / JSON
    if not path.exists():
        raise RapportAbsentError(f"le candidat de {jeu.nom} n'a pas été contrôlé : « cpf run ».")
    content = json.loads(path.read_text(encoding="utf-8"))
    return Rapport(
        **content
        | {
            "plan": tuple(tuple(step) for step in content["plan"]),
            "filiere": tuple(content["filiere"]),
            "fichiers": tuple(Fichier(**item) for item in content["fichiers"]),
            "mesures": lire_mesures(content["mesures"]),
            "extraits": tuple(Extrait(**item) for item in content["extraits"]),
            "resultats": tuple(
                Resultat(**item | {"exemples": tuple(item["exemples"])})
                for item in content["resultats"]
            ),
        }
    )


def lire_mesures(content: dict[str, Any]) -> Mesures:
    """Rebuild the measures from the JSON of a report or of a manifest."""
    return Mesures(
        **content
        | {
            "colonnes": tuple((name, kind) for name, kind in content["colonnes"]),
            "niveaux": tuple((level, rows, count) for level, rows, count in content["niveaux"]),
        }
    )
