"""Which column of a public export plays which role: known names, and what is like them."""

import pytest

from orchestration.landing.intake.hints import Hints
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.sources.exports import entries, purchases, users
from orchestration.landing.sources.exports.roles import Roles, guesses, refuse

PURCHASES = {
    "\ufeffdate validation": "mois_validation",
    "année de validation": "annee_validation",
    "Statut_Dossier": "statut_dossier",
    "Montant engagé (€)": "montant_engage",
    "montant_engage_employeur": "montant_employeur",
    "Montant financé par Pôle emploi": "montant_france_travail",
    "abondement OPCO": "montant_opco",
    "montant_region": "montant_region",
    "montant_engage_titulaire": "montant_titulaire",
    "reste à charge titulaire": "montant_reste_a_charge",
    "montant_moyen_employeur": None,
    "commentaire": None,
    "nombre de stagiaires": "nb_titulaires",
    "code_inventaire": "code_rs",
    "montant conseil régional": "montant_region",
    "Montant FT": "montant_france_travail",
    "Montant Transition Pro": "montant_transitions_pro",
    "montant_agefiph": "montant_agefiph",
    "Financement de l'État": "montant_autre",
    "montant non ventilé": "montant_non_ventile",
    "participation_titulaire": "montant_reste_a_charge",
    "part_entreprise": "montant_employeur",
    # A word is whole: « ft » is not in « offt », nor « pe » in « type ».
    "montant_type": None,
    "RSRNCP": "type_referentiel",
    "Nom région lieu formation": "region_lieu_formation",
}
USERS = {
    "classe_age": "tranche_age",
    "Classe d'âge": "tranche_age",
    "tranche_d_age": "tranche_age",
    "situation_titulaire": "situation",
    "statut_dossier": "statut",
    "montant_engage": "montant_engage",
    "pourcentage": None,
    "Région de domiciliation": "region_residence",
    "region_domiciliation": "region_residence",
    "Date entrée formation": "trimestre_entree",
    "trimestre d'entrée": "trimestre_entree",
    "Nombre d'usagers": "nb_titulaires",
    "Nombre de dossiers": "nb_dossiers",
    "entrees_formation": "nb_dossiers",
    "code_dep": "code_departement_residence",
    "Code région": "code_region_residence",
    "CSP": "csp",
    "Catégorie socio-professionnelle": "csp",
    "Civilité": "genre",
    "Année": "annee_entree",
    "abondement_region": "montant_region",
    "montant_titulaires": "montant_titulaire",
}
ENTRIES = {
    "siret": "siret_of_contractant",
    "siret_of": "siret_of_contractant",
    "raison_sociale": "raison_sociale_of_contractant",
    "code_inventaire": "code_rs",
    "Entrées formation": "entrees_formation",
    "taux_sortie": None,
}


@pytest.mark.parametrize(
    ("roles", "column", "role"),
    [
        (roles, column, role)
        for roles, known in (
            (purchases.ROLES, PURCHASES),
            (users.ROLES, USERS),
            (entries.ROLES, ENTRIES),
        )
        for column, role in known.items()
    ],
)
def test_a_name_has_its_role(roles: Roles, column: str, role: str | None) -> None:
    assert guesses(roles, [column], Hints(), "f.csv")[0].role == role


def test_a_mapping_wins_over_names() -> None:
    hints = Hints(pairs=(("trimestre_entree", "Periode"), ("dossiers", "nb_dossiers")))
    columns = ["trimestre_entree", "Période", "DOSSIERS", "nb_dossiers"]
    found = guesses(users.ROLES, columns, hints, "f.csv")
    assert [guess.role for guess in found] == [None, "trimestre_entree", "nb_dossiers", None]


def test_a_label_is_the_name_that_the_description_gives_it() -> None:
    hints = Hints(technical_names={"effectif": "nb_dossiers"})
    assert guesses(users.ROLES, ["Effectif"], hints, "f.csv")[0].role == "nb_dossiers"


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ((("trimestre_entree", "Absente"),), "Absente"),
        ((("bidule", "machin"),), "bidule"),
    ],
)
def test_a_wrong_mapping_is_said(pairs: tuple[tuple[str, str], ...], said: str) -> None:
    with pytest.raises(LandingError, match=said):
        guesses(users.ROLES, ["trimestre"], Hints(pairs=pairs), "f.csv")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["trimestre", "genre"], "nb_dossiers"),
        (["trimestre", "nb_dossiers"], "region_residence ou .*csp"),
        (["trimestre", "Trimestre", "genre", "nb_dossiers"], "« trimestre » et « Trimestre »"),
        (["trimestre", "genre", "nb_dossiers_femme", "nb_dossiers_homme"], "(?i)forme large"),
    ],
)
def test_what_cannot_land_is_said(columns: list[str], said: str) -> None:
    found = guesses(users.ROLES, columns, Hints(), "f.csv")
    with pytest.raises(LandingError, match=said):
        refuse(users.ROLES, found, "f.csv")


def test_the_wide_form_of_purchases_is_said() -> None:
    columns = ["mois_validation", "nb_dossiers_femme", "nb_dossiers_homme"]
    with pytest.raises(LandingError, match="Forme large"):
        refuse(purchases.ROLES, guesses(purchases.ROLES, columns, Hints(), "f.csv"), "f.csv")
