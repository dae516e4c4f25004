"""The page of a disclosure report: one HTML file, readable offline, on a phone and on paper."""

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.disclosure.gate.disclosure_report import HTML, JSON, DisclosureReport
from orchestration.files import indented_json, write
from orchestration.html import template_environment

_TEMPLATES = Path(__file__).parent / "templates"
_UNALLOCATED = "montant_non_ventile"
_COLUMN_WORDS = {
    "annee_mois": "mois",
    "siren_of_contractant": "organisme",
    "siret_of_contractant": "établissement",
    "code_certification": "certification",
    "code_departement_lieu_formation": "département",
    "code_departement_residence": "département",
    "code_nsf": "domaine de formation",
    "code_region_lieu_formation": "région",
    "code_region_residence": "région",
    "csp": "situation et catégorie",
    "genre": "genre",
    "modalite_presence": "modalité",
    "statut": "statut",
    "statut_dossier": "statut",
    "tranche_age": "tranche d'âge",
    "montant_personne": "la personne",
    "montant_titulaire": "droits du titulaire",
    "montant_reste_a_charge": "reste à charge",
    "montant_employeur": "employeur",
    "montant_france_travail": "France Travail",
    "montant_opco": "OPCO",
    "montant_region": "région",
    "montant_agefiph": "Agefiph",
    "montant_transitions_pro": "Transitions Pro",
    "montant_autre": "autre financeur",
}


def write_report(report: DisclosureReport) -> None:
    """Write both files beside the candidate."""
    for name, content in disclosure_files(report).items():
        write(settings.candidates(report.jeu) / name, content)


def disclosure_files(report: DisclosureReport, version: str | None = None) -> dict[str, bytes]:
    """Return the bytes of both files; the page names the ``version`` once there is one."""
    return {JSON: indented_json(asdict(report)), HTML: page(report, version).encode()}


def page(report: DisclosureReport, version: str | None) -> str:
    """Render the report; ``version`` is None for a candidate that is not published."""
    return (
        template_environment(_TEMPLATES)
        .get_template("secret.html.j2")
        .render(
            report=report,
            version=version,
            niveaux=niveaux(report),
            montants=montants(report),
            financeurs=financeurs(report),
            column_word=column_word,
        )
    )


def column_word(colonne: str) -> str:
    """Return the French word for a column."""
    return _COLUMN_WORDS.get(colonne, colonne)


def niveaux(report: DisclosureReport) -> list[dict[str, Any]]:
    """Return each level of the plan: what a row still says, shares, other thresholds."""
    plan = report.regles.plan
    by_level = {level.niveau: level for level in report.niveaux}
    rows = sum(item.lignes for item in report.niveaux) or 1
    files = sum(item.dossiers for item in report.niveaux) or 1
    euros = sum(Decimal(item.montant) for item in report.niveaux) or Decimal(1)
    levels, cumulated = [], 0.0
    for level in range(1, len(plan) + 2):
        item = by_level.get(level)
        share = item.dossiers / files if item else 0.0
        cumulated += share
        levels.append(
            {
                "niveau": level,
                "garde": [column_word(name) for step in plan[level - 1 :] for name in step],
                "abandonne": [column_word(name) for name in plan[level - 2]] if level > 1 else [],
                "lignes": item.lignes if item else 0,
                "part_lignes": item.lignes / rows if item else 0.0,
                "dossiers": item.dossiers if item else 0,
                "part": share,
                "cumul": min(cumulated, 1.0),
                "part_euros": float(Decimal(item.montant) / euros) if item else 0.0,
                "estimations": [
                    # (the first level is the definitive edition's alone)
                    {"seuil": other.seuil, "cumul": min(sum(other.parts[: level - 1]), 1.0)}
                    for other in report.estimations
                ],
            }
        )
    return levels


def montants(report: DisclosureReport) -> dict[str, float]:
    """Return the share of the rows that tell their amount, and of it what is told by financer."""
    rows = sum(item.lignes for item in report.editions) or 1
    total = sum(Decimal(level.montant) for level in report.niveaux) or Decimal(1)
    unallocated = sum(
        Decimal(item.euros) for item in report.financeurs if item.colonne == _UNALLOCATED
    )
    return {
        "lignes": sum(item.lignes_avec_montant for item in report.editions) / rows,
        "par_financeur": float((total - unallocated) / total),
    }


def financeurs(report: DisclosureReport) -> list[dict[str, Any]]:
    """Return the euros that rows tell of each financer, and how many rows do; largest first."""
    told = [item for item in report.financeurs if item.colonne != _UNALLOCATED and item.lignes]
    return [
        {"nom": column_word(item.colonne), "total": item.euros, "lignes": item.lignes}
        for item in sorted(told, key=lambda item: -Decimal(item.euros))
    ]
