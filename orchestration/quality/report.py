"""The report of a control: its content, and its two files ``qualite.json`` and ``qualite.html``.

Belongs here: what a report holds, writing and reading it. Does not: the page's layout (``page``).
A report is public: it shows labels, counts and public keys, never a value that a rule refused.
"""

import json
from dataclasses import dataclass
from typing import Any

from orchestration import settings
from orchestration.candidates.deliveries import Extract
from orchestration.datasets import Dataset
from orchestration.files import File
from orchestration.quality.reader import Measures
from orchestration.quality.suite import CRITICAL

JSON = "qualite.json"
HTML = "qualite.html"


class MissingReportError(RuntimeError):
    """The candidate was not controlled; the message says what to run."""


@dataclass(frozen=True)
class Result:
    """Verdict of one rule. ``part`` is unexpected/evaluated; ``examples`` are public row keys."""

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
class Report:
    """A control of the ``fichiers``; ``reference`` is the version that drift was judged against.

    ``seuil`` and ``plan`` are those of the dataset (see ``Dataset``) when it was controlled.
    """

    jeu: str
    titre: str
    success: bool
    controle_le: str
    seuil: int | None
    plan: tuple[tuple[str, ...], ...]
    filiere: tuple[str, ...]
    reference: str | None
    fichiers: tuple[File, ...]
    mesures: Measures
    extraits: tuple[Extract, ...]
    resultats: tuple[Result, ...]

    @property
    def failures(self) -> tuple[Result, ...]:
        """Rules that failed, blocking or not."""
        return tuple(result for result in self.resultats if not result.success)

    @property
    def blocking_rules(self) -> tuple[Result, ...]:
        """Rules whose failure blocks the publication."""
        return tuple(result for result in self.failures if result.severity == CRITICAL)


def read_report(jeu: Dataset) -> Report:
    """Read the report of the candidate. Raises :class:`MissingReportError`."""
    path = settings.candidates(jeu.nom) / JSON
    if not path.exists():
        raise MissingReportError(f"le candidat de {jeu.nom} n'a pas été contrôlé : « cpf run ».")
    content = json.loads(path.read_text(encoding="utf-8"))
    return Report(
        **content
        | {
            "plan": tuple(tuple(step) for step in content["plan"]),
            "filiere": tuple(content["filiere"]),
            "fichiers": tuple(File(**record) for record in content["fichiers"]),
            "mesures": read_measures(content["mesures"]),
            "extraits": tuple(Extract(**record) for record in content["extraits"]),
            "resultats": tuple(
                Result(**record | {"exemples": tuple(record["exemples"])})
                for record in content["resultats"]
            ),
        }
    )


def read_measures(content: dict[str, Any]) -> Measures:
    """Rebuild the measures from the JSON of a report or of a manifest."""
    return Measures(
        **content
        | {
            "colonnes": tuple((name, kind) for name, kind in content["colonnes"]),
            "niveaux": tuple((level, rows, count) for level, rows, count in content["niveaux"]),
        }
    )
