"""The page that explains the method to readers says what the code does."""

import re

from orchestration import settings
from orchestration.datasets import Dataset, variables
from tests.factories.small_datasets import ENTRIES, PURCHASES, USERS

PAGE = (settings.PROJECT / "docs" / "methode.md").read_text(encoding="utf-8")
WORDS = {
    "statut_dossier": "statut",
    "modalite_presence": "modalité",
    "csp": "situation ou catégorie",
    "statut": "statut",
    "code_departement_lieu_formation": "département",
    "code_departement_residence": "département",
    "code_region_lieu_formation": "région",
    "code_region_residence": "région",
    "code_certification": "certification",
    "code_nsf": "domaine",
    "tranche_age": "tranche d'âge",
    "genre": "genre",
    "siret_of_contractant": "établissement",
    "siren_of_contractant": "organisme",
    "annee_mois": "mois",
}


def test_the_page_is_short_and_says_the_thresholds(datasets: dict[str, Dataset]) -> None:
    secret = variables()["secret"]
    assert len(PAGE.splitlines()) <= 88
    purchases, users = datasets[PURCHASES].seuil, datasets[USERS].seuil
    assert f"**{purchases} personnes distinctes** (achats) ou **{users}** (usagers)" in PAGE
    counted = datasets[ENTRIES].seuil
    assert f"chaque compteur des entrées et sorties,\nd'au moins **{counted}** :" in PAGE
    assert f"est de 0 ou d'au moins\n{counted} dossiers" in PAGE
    assert f"**{secret['part_dominante']:.0%}**".replace("%", " %") in PAGE
    assert f"**{secret['organismes_minimum']} organismes**" in PAGE
    assert f"**{secret['largeur_minimale']} personnes**" in PAGE
    assert f"**{secret['mois_avant_definitif']} mois**" in PAGE
    assert set(re.findall(r"au moins (\d+) \(", PAGE)) == {str(purchases)}
    assert set(re.findall(r"\d+ \((\d+)\) personnes", PAGE)) == {str(users)}


def test_the_page_says_what_each_level_gives_up(datasets: dict[str, Dataset]) -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.splitlines()
        if re.match(r"\| \d", line)
    ]
    for place, name in enumerate((PURCHASES, USERS, ENTRIES), start=1):
        plan = datasets[name].plan
        assert [int(row[0]) for row in rows] == list(range(1, len(plan) + 2))
        for row, step in zip(rows[1:], plan, strict=True):
            for column in step:
                assert WORDS[column] in row[place]


def test_the_page_names_the_financers_that_are_never_or_seldom_told() -> None:
    secret = variables()["secret"]
    assert set(secret["financeurs_sensibles"]) == {
        "montant_employeur",
        "montant_france_travail",
        "montant_transitions_pro",
    }
    assert secret["financeurs_nationaux"] == ["montant_agefiph"]
    assert "Employeur, France Travail, Transitions Pro : s'il reste" in PAGE
    assert "Agefiph : jamais" in PAGE
