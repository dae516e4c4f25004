"""The thirteen pitfalls of offer against demand, each by rows in which it would show."""

import datetime as dt
import re

import pytest

from orchestration import settings
from tests.factories.small_diagnostic import Diagnosis, offers, purchases, total

JUNE, DECEMBER = dt.date(2025, 6, 30), dt.date(2025, 12, 31)


def test_1_remote_rows_are_in_no_region() -> None:
    diagnosis = Diagnosis(
        [*offers(40), *offers(60, region=None)], [*purchases(80), *purchases(300, region=None)]
    )
    here = diagnosis.row("REG-11")
    assert (here["formations"], here["dossiers"]) == (40, 80)
    assert (here["achats_par_formation"], here["achats_par_formation_reference"]) == (2, 2)
    remote = diagnosis.row("DISTANCE")
    assert (remote["formations"], remote["dossiers"], remote["indice_tension"]) == (60, 300, None)
    assert float(diagnosis.row("FR")["part_distance"]) == pytest.approx(300 / 380, abs=1e-4)


def test_2_a_training_of_two_places_counts_once_in_each_and_once_in_france() -> None:
    rows = [
        *offers(0, departement="75", names=["a"]),
        *offers(0, departement="92", names=["a"]),
        *offers(0, region="84", departement="69", names=["a", "b"]),
    ]
    bought = [*purchases(30), *purchases(30, region="84")]
    diagnosis = Diagnosis(rows, bought)
    counted = {row["territoire"]: row["formations"] for row in diagnosis.rows("code = 'RS1'")}
    assert counted == {
        "FR": 2, "FR-PRESENTIEL": 2, "REG-11": 1, "REG-84": 2, "DEP-75": 1, "DEP-92": 1, "DEP-69": 2
    }  # fmt: skip
    # The reference counts it in each région: else what is expected would not be what is bought.
    regions = diagnosis.rows("code = 'RS1' and niveau_territoire = 'region'")
    assert sum(row["dossiers_attendus"] for row in regions) == 60
    assert {row["sessions"] for row in regions} == {2}


def test_3_no_purchase_told_is_not_no_sale() -> None:
    row = Diagnosis(offers(5), purchases(30, region="84")).row("REG-11")
    assert (row["dossiers"], row["constat"]) == (0, "aucun achat localisé publié")


def test_4_what_is_grouped_lowers_reliability_and_is_said() -> None:
    told = [*purchases(60, departement="75"), *purchases(40, departement="92")]
    rolled = purchases(100, departement="REGROUPE")
    offer = [row for x in ("75", "92") for row in offers(3, departement=x, siren=f"{x}0000000")]
    whole = Diagnosis(offer, told).row("DEP-75")
    hidden = Diagnosis(offer, told + rolled).row("DEP-75")
    assert (whole["part_localisee"], hidden["part_localisee"]) == (1, 0.5)
    assert (whole["dossiers"], hidden["dossiers"]) == (60, 60)
    assert (whole["fiabilite"], hidden["fiabilite"]) == ("moyenne", "faible")
    assert (whole["classable"], hidden["classable"]) == ("oui", "non")
    # Less than half of it is somewhere: an index, no word.
    less = Diagnosis(offer, told + rolled + purchases(10)).row("DEP-75")
    assert whole["classe_tension"] is not None
    assert (less["indice_tension"] is None, less["classe_tension"]) == (False, None)


def test_5_a_stock_is_the_mean_of_its_versions() -> None:
    versions = [
        *offers(0, names=["a", "b", "c"], day=JUNE, version="2025.06.1"),
        *offers(0, names=["a"], day=DECEMBER, version="2026.01.1"),
    ]
    diagnosis = Diagnosis(versions, [*purchases(30), *purchases(10, year=2024)])
    row = diagnosis.row("REG-11")
    assert (row["formations"], row["nb_versions"], row["offre_hors_periode"]) == (2, 2, "non")
    before = diagnosis.row("REG-11", annee=2024)
    assert (before["formations"], before["nb_versions"]) == (1, 1)
    assert (before["offre_hors_periode"], before["classable"]) == ("oui", "non")


def test_5_a_version_where_it_is_not_offered_counts_for_none() -> None:
    versions = [
        *offers(0, names=["a", "b"], day=JUNE, version="2025.06.1"),
        *offers(3, "RS2", day=DECEMBER, version="2026.01.1"),
    ]
    assert Diagnosis(versions).row("REG-11", "RS1")["formations"] == 1


def test_6_exceptions_are_in_neither() -> None:
    bought = [
        *purchases(30),
        *purchases(500, "CPF206", nsf="311", kind=None),
        *purchases(40, "REGROUPE", nsf="311"),
        *purchases(20, "REGROUPE", nsf="326"),
        *purchases(7, "REGROUPE", nsf="REGROUPE"),
    ]
    diagnosis = Diagnosis(offers(5), bought)
    assert diagnosis.rows("code in ('CPF206', '311')") == []
    # A domain without exceptions is that of a certification, whichever.
    assert diagnosis.row("REG-11", "326")["dossiers"] == 50
    assert diagnosis.row("REG-11", "ENSEMBLE")["dossiers"] == 50


def test_7_place_of_training_is_never_divided_by_place_of_residence() -> None:
    """Nothing of the users is read."""
    folder = settings.PROJECT / "models" / "intermediate" / "diagnostic"
    read = {
        name
        for path in folder.glob("*.sql")
        for name in re.findall(r"source\('publies', '(\w+)'\)", path.read_text(encoding="utf-8"))
    }
    assert not [name for name in read if "usagers" in name]
    assert "entree_sortie_formation" in read


def test_8_a_year_that_has_hardly_begun_has_neither_class_nor_rank() -> None:
    def of(months: int) -> Diagnosis:
        bought = purchases(60, months=range(1, months + 1))
        return Diagnosis([*offers(4), *offers(40, region="84")], bought)

    five, six = of(5).row("REG-11"), of(6).row("REG-11")
    assert (five["mois_couverts"], five["classe_tension"], five["classable"]) == (5, None, "non")
    assert (six["mois_couverts"], six["classable"]) == (6, "oui")
    assert five["indice_tension"] == six["indice_tension"] is not None
    assert six["classe_tension"] == "offre très rare"


def test_8_a_month_that_is_not_over_is_not_counted() -> None:
    rows = [*purchases(24, year=2025), *purchases(20, year=2026, months=[1, 2])]
    # The rows are of 20 January 2026.
    diagnosis = Diagnosis(offers(5), rows)
    assert {row["annee"] for row in diagnosis.rows("dossiers > 0")} == {2025}


def test_8_thirteen_months_are_provisional_and_the_same_months_are_compared() -> None:
    rows = [
        *purchases(240, year=2023),
        *purchases(240, year=2024),
        *purchases(90, year=2025, months=range(1, 7)),
    ]
    diagnosis = Diagnosis(offers(5), rows)
    provisional = {
        row["annee"]: row["provisoire"] for row in diagnosis.rows("territoire = 'REG-11'")
    }
    assert provisional == {2023: "non", 2024: "oui", 2025: "oui"}
    # 90 against the 120 of the same six months, not the 240 of the year.
    assert float(diagnosis.row("REG-11")["evolution_pourcentage"]) == -25


def test_9_no_evolution_without_the_breaks_of_its_two_years() -> None:
    rows = [row for year in (2021, 2022, 2023, 2025) for row in purchases(120, year=year)]
    diagnosis = Diagnosis(offers(5), rows)
    said = diagnosis.row("REG-11", annee=2022)
    assert float(said["evolution"]) == 0
    assert "Qualiopi obligatoire" in said["ruptures"]
    assert "Fin du report des droits DIF" in said["ruptures"]
    assert "Premier confinement" not in said["ruptures"]


def test_10_a_certification_that_another_replaces_is_followed_as_one() -> None:
    bought = [
        *purchases(120, "RNCP10", year=2024),
        *purchases(12, "RNCP10", year=2025),
        *purchases(108, "RNCP20", year=2025),
        *purchases(120, "RS5", year=2024),
        *purchases(60, "RS5", year=2025),
    ]
    offer = [*offers(3, "RNCP20"), *offers(2, "RNCP10"), *offers(1, "RS5")]
    diagnosis = Diagnosis(offer, bought, successions=[("RNCP10", "RNCP20"), ("RNCP20", "RNCP30")])
    for code in ("RNCP10", "RNCP20"):
        row = diagnosis.row("REG-11", code)
        assert (row["lignee"], row["evolution"]) == ("RNCP30", None)
    lineage = diagnosis.row("REG-11", "RNCP30", niveau="lignee")
    assert (lineage["dossiers"], lineage["formations"], lineage["evolution"]) == (120, 5, 0)
    assert lineage["libelle"] == "Certification RNCP20"
    # One that nobody replaces fell.
    alone = diagnosis.row("REG-11", "RS5")
    assert (alone["lignee"], float(alone["evolution_pourcentage"])) == (None, -50)


def test_10_a_circle_of_certifications_ends() -> None:
    diagnosis = Diagnosis(
        [*offers(1, "RS1"), *offers(1, "RS2")], successions=[("RS1", "RS2"), ("RS2", "RS1")]
    )
    assert {row["lignee"] for row in diagnosis.rows()} == {None}


def test_11_a_price_of_nothing_is_none_and_a_giant_moves_no_quartile() -> None:
    def of(*prices: float) -> Diagnosis:
        return Diagnosis(
            [
                row
                for rank, price in enumerate(prices)
                for row in offers(0, siren=f"{rank % 3:09d}", price=price, names=[f"f{rank}"])
            ]
        )

    sound = (1000, 1200, 1500, 1500, 2000)
    plain, zeros = of(*sound).row("REG-11"), of(*sound, 0, 0, 0, 0).row("REG-11")
    assert zeros["prix_q1"] == plain["prix_q1"] == 1200
    assert zeros["formations"] == 9
    giant = of(*sound[:4], 25_000).row("REG-11")
    assert (giant["prix_median"], giant["prix_q3"]) == (1500, 1500)
    # Five prices, of which one is nothing: four.
    assert of(*sound[:4], 0).row("REG-11")["prix_median"] is None


def test_12_bodies_are_counted_by_siren() -> None:
    rows = [
        row
        for number in range(4)
        for row in offers(0, establishment=f"{number:05d}", names=[f"f{number}"])
    ]
    row = Diagnosis(rows, purchases(60)).row("REG-11")
    assert (row["formations"], row["organismes"], row["equivalent_organismes"]) == (4, 1, 1)
    assert row["fiabilite"] == "moyenne"


def test_13_an_administrative_drop_of_the_offer_is_said() -> None:
    rows = [*purchases(24, year=2025), *purchases(2, year=2026, months=[1])]
    offer = [
        *offers(0, names=["a", "b"], day=dt.date(2026, 9, 30), version="2026.10.1"),
        *offers(0, names=["a"], day=dt.date(2026, 10, 31), version="2026.11.1"),
    ]
    row = Diagnosis(offer, rows).row("REG-11", annee=2026)
    assert row["formations"] == 1.5
    assert "Offres RNCP sans blocs déclarés masquées" in row["ruptures"]


def test_totals_of_a_year_that_grew_since_do_not_answer() -> None:
    """A first version tells years that have not ended; later these are told by their months."""
    rows = purchases(60, months=range(1, 7))
    stale = [total("annee", 50), total("annee_nsf", 50, code_nsf="326")]
    assert Diagnosis(offers(1), rows, stale).row("FR", "326")["demande_lue"] == "detail"
    fresh = [total("annee", 60), total("annee_nsf", 60, code_nsf="326")]
    assert Diagnosis(offers(1), rows, fresh).row("FR", "326")["demande_lue"] == "totaux"
