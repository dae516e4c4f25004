"""The export of purchases (``moncompteformation_formations_engagees``): 14 names are known."""

from orchestration.landing.intake.codes import padded, without_sentinel
from orchestration.landing.sources.exports import financer_words as financers
from orchestration.landing.sources.exports import values
from orchestration.landing.sources.exports.certification_codes import (
    CERTIFICATION,
    certification_repairs,
)
from orchestration.landing.sources.exports.definition import Export, Figure
from orchestration.landing.sources.exports.roles import Roles

NAME = "portail_achats"
_NAMES = {
    "mois_validation": (
        *("date_validation", "date_de_validation", "mois_de_validation"),
        *("annee_mois", "annee_mois_validation"),
    ),
    "annee_validation": ("annee_de_validation",),
    **CERTIFICATION,
    "domaine_formation_nsf": ("libelle_nsf", "domaine_nsf"),
    "code_nsf": (),
    "libelle_formacode_principal": ("libelle_code_formacode_principal",),
    "code_formacode_principal": (),
    "modalite_presence": ("modalite_de_presence",),
    "region_lieu_formation": ("nom_region_lieu_formation",),
    "departement_lieu_formation": ("nom_departement_lieu_formation",),
    "code_region_lieu_formation": (),
    "code_departement_lieu_formation": (),
    "statut_dossier": ("statut_du_dossier",),
    "nb_dossiers": ("nb_dossier", "nombre_dossiers", "nombre_de_dossiers"),
    "nb_titulaires": (
        *("nb_titulaire", "nombre_titulaires", "nombre_de_titulaires"),
        *("nb_stagiaire", "nb_stagiaires", "nombre_stagiaires", "nombre_de_stagiaires"),
    ),
    "prix_moyen": (),
    "duree_moyenne": (),
    "montant_engage": ("montants_engages", "montant_total_engage"),
    "date_chargement": ("date_extract",),
}

ROLES = Roles(
    names=_NAMES,
    patterns=financers.column_of,
    required=(
        ("mois_validation",),
        ("code_rncp", "code_rs", "code_certifinfo"),
        ("intitule_certification",),
        ("statut_dossier",),
        ("nb_dossiers",),
        ("montant_engage",),
    ),
    also=financers.COLUMNS,
)

EXPORT = Export(
    source=NAME,
    dataset="achats",
    roles=ROLES,
    period="mois_validation",
    period_pattern="[0-9]{4}-(0[1-9]|1[0-2])",
    figures=(
        Figure("nb_dossiers", whole=True),
        Figure("nb_titulaires", whole=True),
        Figure("prix_moyen"),
        Figure("duree_moyenne"),
        Figure("montant_engage"),
        *(Figure(name) for name in financers.COLUMNS),
    ),
    filled=("mois_validation", "statut_dossier"),
    repairs={
        "mois_validation": values.month("mois_validation", "annee_validation"),
        **certification_repairs(),
        "domaine_formation_nsf": without_sentinel("domaine_formation_nsf"),
        "code_nsf": f"regexp_replace({padded('code_nsf', 3)}, '[A-Za-z]+$', '')",
        "libelle_formacode_principal": without_sentinel("libelle_formacode_principal"),
        "code_formacode_principal": f"nullif({padded('code_formacode_principal', 5)}, '-1')",
        "modalite_presence": values.modality(without_sentinel("modalite_presence")),
        "region_lieu_formation": without_sentinel("region_lieu_formation"),
        "departement_lieu_formation": without_sentinel("departement_lieu_formation"),
        "code_region_lieu_formation": padded("code_region_lieu_formation", 2),
        "code_departement_lieu_formation": (
            f"upper({padded('code_departement_lieu_formation', 2)})"
        ),
        "statut_dossier": values.status("statut_dossier"),
    },
    places=("lieu_formation",),
    known={
        "statut_dossier": ("statuts", "statut_dossier"),
        "modalite_presence": ("modalites", "libelle"),
    },
)
