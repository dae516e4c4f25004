"""The export of entries and exits (``entree_sortie_formation``): its 14 columns are known."""

from orchestration.landing.intake.codes import padded, without_sentinel
from orchestration.landing.sources.exports import values
from orchestration.landing.sources.exports.certification_codes import (
    CERTIFICATION,
    certification_repairs,
)
from orchestration.landing.sources.exports.definition import Export, Figure
from orchestration.landing.sources.exports.roles import Roles

NAME = "portail_entrees_sorties"
MEASURES = ("entrees_formation", "sorties_realisation_partielle", "sorties_realisation_totale")

ROLES = Roles(
    names={
        "annee_mois": ("mois_annee",),
        "annee": (),
        "mois": (),
        **CERTIFICATION,
        "siret_of_contractant": ("siret_of", "siret", "siret_contractant"),
        "raison_sociale_of_contractant": ("raison_sociale", "raison_sociale_of", "nom_of"),
        **dict.fromkeys(MEASURES, ()),
        "date_chargement": ("date_extract",),
    },
    patterns=lambda _plain: None,
    required=(
        ("annee_mois", "mois"),
        ("annee_mois", "annee"),
        ("siret_of_contractant",),
        ("intitule_certification",),
        *((name,) for name in MEASURES),
    ),
)

EXPORT = Export(
    source=NAME,
    dataset="entrees-sorties",
    roles=ROLES,
    period="annee_mois",
    period_pattern="[0-9]{4}-(0[1-9]|1[0-2])",
    figures=tuple(Figure(name, whole=True) for name in MEASURES),
    filled=("annee_mois", "siret_of_contractant"),
    repairs={
        "annee_mois": values.month("coalesce(annee_mois, mois)", "annee"),
        **certification_repairs(),
        "siret_of_contractant": padded("siret_of_contractant", 14),
        "raison_sociale_of_contractant": without_sentinel("raison_sociale_of_contractant"),
    },
    patterns={
        "siret_of_contractant": ("[0-9]{14}", "siret_invalide", "quatorze chiffres attendus")
    },
)
