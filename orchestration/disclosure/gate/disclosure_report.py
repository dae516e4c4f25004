"""The disclosure report of a candidate, as ``secret.json`` and ``secret.html`` hold it.

It is public: rules, shares, counts of groups and public keys, never a person nor a small count of
persons.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.outcomes import Attack, Finding, Proof, Widths
from orchestration.disclosure.gate.utility import (
    Edition,
    Estimation,
    FinanceurTotals,
    Level,
    Suite,
    Waiting,
)
from orchestration.files import File

JSON = "secret.json"
HTML = "secret.html"


@dataclass(frozen=True)
class Rules:
    """The rules that were applied: our choice, said in every release."""

    seuil: int
    dominance: float
    organismes: int
    largeur: int
    mois_avant_definitif: int
    plan: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class DisclosureReport:
    """What was published of whom, and what the attack made of it: no value of the vault."""

    jeu: str
    titre: str
    success: bool
    controle_le: str
    regles: Rules
    fichiers: tuple[File, ...]
    constats: tuple[Finding, ...]
    personnes: Attack
    largeurs: Widths
    sans_protection: Proof
    secondes: float
    niveaux: tuple[Level, ...]
    editions: tuple[Edition, ...]
    suites: tuple[Suite, ...]
    en_attente: Waiting
    estimations: tuple[Estimation, ...]
    financeurs: tuple[FinanceurTotals, ...]

    @property
    def echecs(self) -> tuple[Finding, ...]:
        """Rules that something breaks."""
        return tuple(finding for finding in self.constats if not finding.success)


def read_disclosure_report(jeu: Dataset) -> DisclosureReport | None:
    """Read the report of the candidate; None when the candidate was not controlled."""
    path = settings.candidates(jeu.nom) / JSON
    return _read(path) if path.exists() else None


def disclosure_refusal(jeu: Dataset, fichiers: tuple[File, ...]) -> str | None:
    """Say in French why these files may not be published; None when they passed the control."""
    if not jeu.seuil:
        return None
    report = read_disclosure_report(jeu)
    if report and (report.fichiers, report.regles.seuil) == (fichiers, jeu.seuil):
        if report.success:
            return None
        failed = ", ".join(finding.regle for finding in report.echecs)
        return (
            f"{jeu.nom} n'est pas publié, le secret n'est pas gardé : {failed}. "
            f"Rapport : {settings.candidates(jeu.nom) / HTML}"
        )
    return f"{jeu.nom} n'est pas publié : le secret n'a pas été contrôlé sur ces fichiers."


def _read(path: Path) -> DisclosureReport:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    rules = content["regles"]
    return DisclosureReport(
        **content
        | {
            "regles": Rules(**rules | {"plan": tuple(map(tuple, rules["plan"]))}),
            "fichiers": tuple(File(**item) for item in content["fichiers"]),
            "constats": tuple(Finding(**item) for item in content["constats"]),
            "personnes": Attack(**content["personnes"]),
            "largeurs": Widths(**content["largeurs"]),
            "sans_protection": Proof(**content["sans_protection"]),
            "niveaux": tuple(Level(**item) for item in content["niveaux"]),
            "editions": tuple(Edition(**item) for item in content["editions"]),
            "suites": tuple(Suite(**item) for item in content["suites"]),
            "en_attente": Waiting(**content["en_attente"]),
            "estimations": tuple(
                Estimation(item["seuil"], tuple(item["parts"])) for item in content["estimations"]
            ),
            "financeurs": tuple(FinanceurTotals(**item) for item in content["financeurs"]),
        }
    )
