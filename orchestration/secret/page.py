"""The page of a disclosure report: one HTML file, readable offline, on a phone and on paper.

Belongs here: what the template needs, and the words for columns. Does not: the report's content.
"""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.quality.page import environnement

if TYPE_CHECKING:
    from orchestration.secret.rapport import RapportSecret

_TEMPLATES = Path(__file__).parent / "templates"
_NON_VENTILE = "montant_non_ventile"
_MOTS = {
    "annee_entree": "année",
    "annee_validation": "année",
    "code_certification": "certification",
    "code_departement_lieu_formation": "département",
    "code_departement_residence": "département",
    "code_nsf": "domaine de formation",
    "code_region_lieu_formation": "région",
    "code_region_residence": "région",
    "csp": "situation et catégorie",
    "genre": "genre",
    "modalite_presence": "modalité",
    "mois_validation": "mois",
    "statut": "statut",
    "statut_dossier": "statut",
    "tranche_age": "tranche d'âge",
    "trimestre_entree": "trimestre",
    "trimestre_validation": "trimestre",
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


def page(rapport: "RapportSecret", version: str | None) -> str:
    """Render the report; ``version`` is None for a candidate that is not published."""
    return (
        environnement(_TEMPLATES)
        .get_template("secret.html.j2")
        .render(
            rapport=rapport,
            version=version,
            niveaux=niveaux(rapport),
            montants=montants(rapport),
            financeurs=financeurs(rapport),
            mot=mot,
        )
    )


def mot(colonne: str) -> str:
    """Return the French word for a column."""
    return _MOTS.get(colonne, colonne)


def niveaux(rapport: "RapportSecret") -> list[dict[str, Any]]:
    """Return each level of the plan: what a row still says, shares, other thresholds."""
    plan = rapport.regles.plan
    found = {item.niveau: item for item in rapport.niveaux}
    rows = sum(item.lignes for item in rapport.niveaux) or 1
    files = sum(item.dossiers for item in rapport.niveaux) or 1
    euros = sum(Decimal(item.montant) for item in rapport.niveaux) or Decimal(1)
    levels, cumulated = [], 0.0
    for level in range(1, len(plan) + 2):
        item = found.get(level)
        share = item.dossiers / files if item else 0.0
        cumulated += share
        levels.append(
            {
                "niveau": level,
                "garde": [mot(name) for step in plan[level - 1 :] for name in step],
                "abandonne": [mot(name) for name in plan[level - 2]] if level > 1 else [],
                "lignes": item.lignes if item else 0,
                "part_lignes": item.lignes / rows if item else 0.0,
                "dossiers": item.dossiers if item else 0,
                "part": share,
                "cumul": min(cumulated, 1.0),
                "part_euros": float(Decimal(item.montant) / euros) if item else 0.0,
                "estimations": [
                    {"seuil": other.seuil, "cumul": min(sum(other.parts[:level]), 1.0)}
                    for other in rapport.estimations
                ],
            }
        )
    return levels


def montants(rapport: "RapportSecret") -> dict[str, float]:
    """Return the shares of all euros that rows tell, that ventilations do, that nothing does."""
    total = sum(Decimal(item.montant) for item in rapport.niveaux)
    named = [item for item in rapport.financeurs if item.colonne != _NON_VENTILE]
    by_rows = sum(Decimal(item.par_lignes) for item in named)
    again = sum(Decimal(item.par_ventilation) for item in named)
    if not total:
        return {"lignes": 0.0, "ventilation": 0.0, "tu": 0.0}
    return {
        "lignes": float(by_rows / total),
        "ventilation": float(again / total),
        "tu": float((total - by_rows - again) / total),
    }


def financeurs(rapport: "RapportSecret") -> list[dict[str, Any]]:
    """Return, of what is told of each financer, the share that its rows tell; largest first."""
    told = [
        (item.colonne, Decimal(item.par_lignes), Decimal(item.par_ventilation))
        for item in rapport.financeurs
        if item.colonne != _NON_VENTILE
    ]
    return [
        {"nom": mot(name), "total": f"{rows + again:.2f}", "lignes": float(rows / (rows + again))}
        for name, rows, again in sorted(told, key=lambda item: -(item[1] + item[2]))
        if rows + again
    ]
