"""The disclosure report of a candidate of exact totals, in the same two files as that of rows.

It is public: rules, shares by table, counts that are rounded down; nothing of a cell.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.disclosure_report import HTML, JSON
from orchestration.disclosure.gate.outcomes import Finding, TableShare
from orchestration.files import File, indented_json, write
from orchestration.html import template_environment

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class TotalsReport:
    """What is told of each table, and what the attack made of it.

    ``retrouvees_sans_protection``: hidden totals of too few persons that sums would give back, were
    these alone hidden.
    """

    jeu: str
    titre: str
    success: bool
    controle_le: str
    seuil: int
    fichiers: tuple[File, ...]
    constats: tuple[Finding, ...]
    tableaux: tuple[TableShare, ...]
    retrouvees_sans_protection: int
    secondes: float

    @property
    def echecs(self) -> tuple[Finding, ...]:
        """Rules that something breaks."""
        return tuple(finding for finding in self.constats if not finding.success)


def read_totals_report(jeu: Dataset) -> TotalsReport | None:
    """Read the report of the candidate; None when the candidate was not controlled."""
    path = settings.candidates(jeu.nom) / JSON
    if not path.exists():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return TotalsReport(
        **content
        | {
            "fichiers": tuple(File(**item) for item in content["fichiers"]),
            "constats": tuple(Finding(**item) for item in content["constats"]),
            "tableaux": tuple(TableShare(**item) for item in content["tableaux"]),
        }
    )


def totals_refusal(jeu: Dataset, fichiers: tuple[File, ...]) -> str | None:
    """Say in French why these files may not be published; None when they passed the control."""
    report = read_totals_report(jeu)
    if report is None or report.fichiers != fichiers:
        return f"{jeu.nom} n'est pas publié : le secret n'a pas été contrôlé sur ces fichiers."
    if report.success:
        return None
    failed = ", ".join(finding.regle for finding in report.echecs)
    return (
        f"{jeu.nom} n'est pas publié, le secret n'est pas gardé : {failed}. "
        f"Rapport : {settings.candidates(jeu.nom) / HTML}"
    )


def write_totals_report(report: TotalsReport) -> None:
    """Write both files beside the candidate."""
    for name, content in totals_files(report).items():
        write(settings.candidates(report.jeu) / name, content)


def totals_files(report: TotalsReport, version: str | None = None) -> dict[str, bytes]:
    """Return the bytes of both files; the page names the ``version`` once there is one."""
    page = template_environment(_TEMPLATES).get_template("totaux.html.j2")
    return {
        JSON: indented_json(asdict(report)),
        HTML: page.render(report=report, version=version).encode(),
    }
