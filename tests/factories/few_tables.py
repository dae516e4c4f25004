"""Fewer tables of totals: in a world of a few hundred dossiers each makes rows step back, until
nothing is left that could leak.
"""

from dataclasses import replace

from orchestration.datasets import Dataset
from tests.factories.rendered_models import PROJECT_FILE, Edit
from tests.factories.small_datasets import PURCHASES, USERS

# What other tables have in common; in a real world nobody is to publish without them.
MARGINS = {
    PURCHASES: {
        "mois_nsf": "[mois_validation, code_nsf]",
        "annee_certification_suivie": "[annee_validation, certification_suivie]",
    },
    USERS: {
        "annee_genre": "[annee_entree, genre]",
        "annee_region_genre": "[annee_entree, code_region_residence, genre]",
        "annee_region_age": "[annee_entree, code_region_residence, tranche_age]",
        "annee_region_csp": "[annee_entree, code_region_residence, csp]",
        "annee_departement": "[annee_entree, code_departement_residence]",
        "annee_departement_genre": "[annee_entree, code_departement_residence, genre]",
        "annee_departement_age": "[annee_entree, code_departement_residence, tranche_age]",
    },
}
FEW = tuple(
    Edit(PROJECT_FILE, f"      {name}: {what}\n", "")
    for margins in MARGINS.values()
    for name, what in margins.items()
)


def with_few_tables(dataset: Dataset) -> Dataset:
    """Return ``dataset`` with the tables that its models make, once edited by ``FEW``."""
    margins = MARGINS[dataset.nom]
    return replace(
        dataset, tables=tuple(table for table in dataset.tables if table.nom not in margins)
    )
