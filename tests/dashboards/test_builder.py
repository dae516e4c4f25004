"""« Construire le vôtre »: charts of any dataset, said by their address, and what is refused."""

from pathlib import Path

import pandas as pd
import pytest
from lxml import html

from tests.dashboards.conftest import Get
from tests.factories.small_dashboards import CURRENT
from tests.factories.small_datasets import ENTRIES, PURCHASES, USERS

pytestmark = pytest.mark.xdist_group("tableaux")

HOME = "/tableaux-de-bord/construire"
TOTALS = f"{USERS}_totaux"


def test_the_form_leads_to_a_chart(get: Get) -> None:
    page = html.fromstring(get(HOME, jeu=USERS).content)
    offered = page.xpath("//select[@name='dimension']/option/@value")
    assert {"genre", "csp", "trimestre_entree"} <= set(offered)
    answer = get(
        HOME, jeu=USERS, forme="barres", dimension="csp", operation="ratio",
        colonne="montant_engage", par="nb_dossiers", filtre="genre", valeur="Femme",
    )  # fmt: skip
    assert answer.status_code == 303
    path = answer.headers["Location"]
    assert path == f"{HOME}/{USERS}/barres~csp~ratio~montant_engage~nb_dossiers?genre=Femme"
    assert get(path).status_code == 200


def test_a_built_chart_is_counted_without_sql(get: Get, publications: Path) -> None:
    frame = pd.read_parquet(publications / PURCHASES / CURRENT / f"{PURCHASES}.parquet")
    path = f"{HOME}/{PURCHASES}/barres~code_nsf~somme~nb_dossiers"
    figure = get(f"{path}.json", annee_validation="2023").json()
    frame = frame[frame["annee_validation"] == 2023]
    expected = frame.groupby("code_nsf")["nb_dossiers"].sum().to_dict()
    told = {row["code"]: row["valeur"] for row in figure["donnees"]}
    assert told.pop("NON_VENTILE") == expected.pop("REGROUPE")
    assert told == expected
    assert {row["diffusion"] for row in figure["donnees"][:-1]} == {"minimum"}
    for kind in ("csv", "svg", "png", "md"):
        assert get(f"{path}.{kind}", annee_validation="2023").status_code == 200


def test_exits_are_not_divided_by_entries(get: Get) -> None:
    exits, entries = "sorties_realisation_totale", "entrees_formation"
    path = f"{HOME}/{ENTRIES}/barres~raison_sociale_of_contractant"
    assert get(f"{path}~somme~{entries}").status_code == 200
    refused = get(f"{path}~ratio~{exits}~{entries}")
    assert refused.status_code == 400
    assert "n'est pas un taux de réussite" in html.fromstring(refused.content).text_content()


def test_periods_come_in_order(get: Get) -> None:
    rows = get(f"{HOME}/{PURCHASES}/periode~mois_validation~lignes.json").json()["donnees"]
    codes = [row["code"] for row in rows]
    assert codes == sorted(codes)
    assert rows[0]["libelle"] == "janvier 2022"


def test_it_works_on_a_package_of_somebody_else(get: Get) -> None:
    path = f"{HOME}/meteo/barres~Ville~somme~pluie"
    rows = get(f"{path}.json").json()["donnees"]
    assert [(row["libelle"], row["valeur"], row["unite"]) for row in rows] == [
        ("Brest", 30.5, "mm"), ("Nîmes <i>", 1.5, "mm"),
    ]  # fmt: skip
    # "annee" means something else in the address of a dashboard.
    rows = get(f"{path}.json", annee_="2025").json()["donnees"]
    assert [row["valeur"] for row in rows] == [20, 1.5]
    page = get(path)
    assert "<i>" not in page.text
    assert get("/integrer/construire/meteo/barres~Ville~lignes").status_code == 200
    asked = get("/oembed", url=page.url).json()
    assert "/integrer/construire/meteo/barres~Ville~somme~pluie" in asked["html"]


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        (f"{USERS}/barres~csp~somme~nb_titulaires", 400, "s'additionnent pas"),
        (f"{USERS}/barres~csp~ratio~montant_engage~nb_titulaires", 400, "titulaires"),
        (f"{USERS}/barres~csp~moyenne~prix_moyen", 400, "moyenne de moyennes"),
        (f"{USERS}/barres~csp~somme~annee_entree", 400, "pas une quantité"),
        (f"{TOTALS}/barres~csp~somme~nb_dossiers", 400, "en choisir un"),
        (f"{USERS}/barres~csp~somme~genre", 400, "nombres"),
        (f"{USERS}/barres~csp~somme", 400, "demande 1 colonne"),
        (f"{USERS}/periode~csp~lignes", 400, "périodes"),
        (f"{USERS}/camembert~csp~lignes", 404, "formes"),
        (f"{USERS}/barres~couleur~lignes", 404, "couleur"),
        (f"{USERS}/barres~csp~puissance~nb_dossiers", 404, "puissance"),
        ("inconnu/barres~csp~lignes", 404, "inconnu"),
        (f"{USERS}/barres~csp~lignes?couleur=bleu", 400, "couleur"),
    ],
)
def test_what_would_be_wrong_is_refused_in_one_line(
    get: Get, path: str, status: int, word: str
) -> None:
    page, _, query = f"{HOME}/{path}".partition("?")
    answer = get(f"{page}.json" + (f"?{query}" if query else ""))
    assert answer.status_code == status
    assert word in answer.json()["erreur"]
    assert "\n" not in answer.json()["erreur"]


def test_totals_are_counted_once_a_table_is_chosen(get: Get) -> None:
    path = f"{HOME}/{TOTALS}/barres~tranche_age~somme~nb_dossiers.json"
    assert get(path, tableau="annee_age", annee_entree="2023").json()["total"] > 0
