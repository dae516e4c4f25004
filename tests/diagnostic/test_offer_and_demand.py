"""The known answers of the diagnosis, by the models' own SQL: fractions worked out by hand."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.factories.rendered_models import Edit, Models
from tests.factories.small_diagnostic import Diagnosis, Row, offers, purchases, total

TOY = {"11": (40, 240), "84": (20, 120), "53": (20, 40)}
UNDAMPED = Models(Edit("dbt_project.yml", "amorti: 10", "amorti: 0"))


def toy(more: dict[str, tuple[int, int]] | None = None, models: Models | None = None) -> Diagnosis:
    """Offers and purchases by région, one certification."""
    places = TOY | (more or {})
    return Diagnosis(
        [row for region, (offered, _) in places.items() for row in offers(offered, region=region)],
        [row for region, (_, bought) in places.items() for row in purchases(bought, region=region)],
        models=models,
    )


@pytest.mark.parametrize(
    ("region", "undamped", "damped", "classe", "rapport"),
    [
        ("11", 1 / 11, 2 / 23, "équilibre proche de la moyenne", 1.2),
        ("84", 1 / 11, 1 / 12, "équilibre proche de la moyenne", 1.2),
        ("53", -3 / 7, -0.375, "offre abondante", 0.4),
    ],
)
def test_the_toy(region: str, undamped: float, damped: float, classe: str, rapport: float) -> None:
    row = toy().row(f"REG-{region}")
    assert float(row["indice_tension"]) == pytest.approx(damped, abs=1e-6)
    assert row["classe_tension"] == classe
    assert float(row["dossiers"] / row["dossiers_attendus"]) == pytest.approx(rapport)
    bare = toy(models=UNDAMPED).row(f"REG-{region}")
    assert float(bare["indice_tension"]) == pytest.approx(undamped, abs=1e-6)


def test_what_is_expected_adds_up_to_what_is_bought() -> None:
    rows = toy().rows("niveau_nomenclature = 'nsf' and niveau_territoire = 'region'")
    assert len(rows) == len(TOY)
    assert {float(row["achats_par_formation_reference"]) for row in rows} == {5}
    assert sum(row["dossiers_attendus"] for row in rows) == sum(row["dossiers"] for row in rows)


# Beside a région that keeps the reference at five purchases for a training.
@pytest.mark.parametrize(
    ("offered", "bought", "attendus", "undamped", "damped"),
    [
        (5, 0, 25, -1, -0.5556),
        (0, 30, 0, 1, 0.6),
        (1, 8, 5, 0.2308, 0.0909),
    ],
)
def test_the_ends_of_the_index(
    offered: int, bought: int, attendus: int, undamped: float, damped: float
) -> None:
    filled = {"28": (offered, bought), "94": (100, 5 * (100 + offered) - bought)}
    for models, expected in ((UNDAMPED, undamped), (None, damped)):
        diagnosis = Diagnosis(
            [row for x in filled for row in offers(filled[x][0], region=x)],
            [row for x in filled for row in purchases(filled[x][1], region=x)],
            models=models,
        )
        row = diagnosis.row("REG-28", niveau="certification")
        assert row["dossiers_attendus"] == attendus
        assert float(row["indice_tension"]) == pytest.approx(expected, abs=1e-4)


def test_nothing_offered_and_nothing_bought_has_no_row_and_no_index() -> None:
    diagnosis = Diagnosis(offers(10), purchases(50, "RS2"))
    assert diagnosis.rows("dossiers = 0 and formations = 0") == []
    # Offered everywhere, bought nowhere: nothing to expect, nothing to compare.
    row = diagnosis.row("REG-11", niveau="certification")
    assert (row["dossiers"], row["dossiers_attendus"], row["indice_tension"]) == (0, 0, None)
    # Bought, offered nowhere: no ratio of reference.
    assert diagnosis.row("REG-11", "RS2")["indice_tension"] is None


@pytest.mark.parametrize(
    ("demande", "offre", "expected"),
    [
        ((60, 30, 10), (20, 50, 30), 0.4),
        ((240, 120, 40), (40, 20, 20), 0.15),
        ((60, 30, 30), (20, 10, 10), 0),
        ((60, 0, 0), (0, 50, 30), 1),
    ],
)
def test_duncan(demande: Sequence[int], offre: Sequence[int], expected: float) -> None:
    places = ("11", "84", "53")
    diagnosis = Diagnosis(
        [row for x, n in zip(places, offre, strict=True) for row in offers(n, region=x)],
        [row for x, n in zip(places, demande, strict=True) for row in purchases(n, region=x)],
    )
    row = diagnosis.row("FR-PRESENTIEL")
    assert float(row["inadequation_geographique"]) == pytest.approx(expected)
    assert diagnosis.row("FR")["inadequation_geographique"] is None


@pytest.mark.parametrize(
    ("sessions", "hhi", "equivalents"),
    [
        ((20, 20, 20, 20, 20), 0.2, 5),
        ((7,), 1, 1),
        ((50, 30, 20), 0.38, 2.63),
        ((90, 5, 5), 0.815, 1.23),
        ((34, 33, 33), 0.3334, 3.00),
    ],
)
def test_concentration(sessions: Sequence[int], hhi: float, equivalents: float) -> None:
    offer = [
        row
        for rank, count in enumerate(sessions)
        for row in offers(1, siren=f"{rank:09d}", sessions=count)
    ]
    row = Diagnosis(offer).row("REG-11")
    assert float(row["hhi_sessions"]) == pytest.approx(hhi)
    assert float(row["equivalent_organismes"]) == pytest.approx(equivalents)
    assert row["organismes"] == len(sessions)


def _at(prices: Sequence[float]) -> list[Row]:
    return [
        row
        for rank, price in enumerate(prices)
        for row in offers(1, siren=f"{rank % 3:09d}", price=price, names=[f"f{rank}"])
    ]


@pytest.mark.parametrize(
    ("prices", "quartiles", "dispersion"),
    [
        ((1000, 1200, 1500, 1500, 2000), (1200, 1500, 1500), 0.1111),
        ((900, 900, 900, 900, 900), (900, 900, 900), 0),
    ],
)
def test_displayed_prices(
    prices: Sequence[float], quartiles: tuple[float, ...], dispersion: float
) -> None:
    row = Diagnosis(_at(prices)).row("REG-11")
    assert (row["prix_q1"], row["prix_median"], row["prix_q3"]) == quartiles
    assert float(row["dispersion_prix"]) == pytest.approx(dispersion)


def test_prices_of_four_trainings_are_not_told_and_are_right() -> None:
    """The answers for four prices hold where four are enough."""
    prices = (500, 1000, 4000, 8000)
    assert Diagnosis(_at(prices)).row("REG-11")["prix_median"] is None
    four = Models(Edit("dbt_project.yml", "formations_prix: 5", "formations_prix: 4"))
    row = Diagnosis(_at(prices), models=four).row("REG-11")
    assert (row["prix_q1"], row["prix_median"], row["prix_q3"]) == (875, 2500, 5000)
    assert float(row["dispersion_prix"]) == pytest.approx(0.7021)
    flat = Diagnosis(_at((900,) * 4), models=four).row("REG-11")
    assert flat["dispersion_prix"] == 0


def test_a_price_paid_against_the_displayed_one() -> None:
    row = Diagnosis(_at((1000, 1200, 1500, 1500, 2000)), purchases(20, euros=1200)).row("REG-11")
    assert row["prix_moyen"] == 1200
    assert float(row["ecart_prix_achete"]) == pytest.approx(-0.2)
    few = Diagnosis(_at((1000, 1200, 1500, 1500, 2000)), purchases(19, euros=1200)).row("REG-11")
    assert few["ecart_prix_achete"] is None


def _specialised(offered: int = 20, bought: int = 40) -> Diagnosis:
    """RS1 in 11: ``offered`` of 100 against 80 of 1,000; ``bought`` of 1,000, 400 of 8,000."""
    return Diagnosis(
        [
            *offers(offered),
            *offers(100 - offered, "RS2", nsf="310"),
            *offers(80 - offered, region="84"),
            *offers(820 + offered, "RS2", region="84", nsf="310"),
        ],
        [
            *purchases(bought),
            *purchases(1000 - bought, "RS2", nsf="310"),
            *purchases(400 - bought, region="84"),
            *purchases(6600 + bought, "RS2", region="84", nsf="310"),
        ],
    )


def test_location_quotients_and_their_words() -> None:
    row = _specialised().row("REG-11", "326")
    assert (float(row["lq_offre"]), float(row["lq_demande"])) == (2.5, 0.8)
    # An exact border belongs to the band.
    assert row["lecture"] == "offre abondante, demande proche de la moyenne"
    assert row["indice_tension"] < 0


@pytest.mark.parametrize(
    ("offered", "bought", "lecture"),
    [
        (20, 20, "offre abondante, demande faible"),
        (20, 300, "offre abondante, demande forte"),
        (19, 300, "effectif trop faible pour une lecture"),
        (20, 19, "effectif trop faible pour une lecture"),
    ],
)
def test_readings(offered: int, bought: int, lecture: str) -> None:
    assert _specialised(offered, bought).row("REG-11", "326")["lecture"] == lecture


@pytest.mark.parametrize(
    ("before", "after", "evolution", "percent"),
    [(200, 260, 0.1304, 30), (0, 50, 1, None), (50, 0, -1, -100), (12, 30, 0.4286, None)],
)
def test_evolution(before: int, after: int, evolution: float, percent: float | None) -> None:
    # Another certification, so that both years are told whatever this one does.
    others = [*purchases(120, "RS2", year=2024), *purchases(120, "RS2", year=2025)]
    rows = [*purchases(before, year=2024), *purchases(after, year=2025), *others]
    row = Diagnosis(offers(1), rows).row("REG-11", niveau="certification")
    assert float(row["evolution"]) == pytest.approx(evolution, abs=1e-4)
    assert row["evolution_pourcentage"] == percent


def test_coverage() -> None:
    diagnosis = Diagnosis(
        [*offers(2), *offers(1, "RNCP3"), *offers(1, "RS2", region="84")],
        [*purchases(50), *purchases(30, "RS2"), *purchases(20, "RNCP3")],
    )
    assert float(diagnosis.row("REG-11", "326")["couverture"]) == pytest.approx(0.7)
    assert float(diagnosis.row("REG-11", "ENSEMBLE")["couverture"]) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("bought", "bodies", "elsewhere", "expected"),
    [(60, 3, 0, "bonne"), (60, 2, 0, "moyenne"), (60, 3, 10, "moyenne"), (60, 3, 20, "faible"),
     (19, 3, 0, "faible"), (20, 1, 0, "moyenne")],
)  # fmt: skip
def test_reliability(bought: int, bodies: int, elsewhere: int, expected: str) -> None:
    offer = [row for rank in range(bodies) for row in offers(1, siren=f"{rank:09d}")]
    bought_rows = [*purchases(bought), *(purchases(elsewhere, region="NR") if elsewhere else [])]
    row = Diagnosis(offer, bought_rows).row("REG-11")
    assert row["fiabilite"] == expected
    assert row["classable"] == ("oui" if expected != "faible" else "non")


def _exact(**codes: Any) -> list[Row]:
    """Totals of a year, by domain and région: more than rows tell."""
    return [
        total("annee", 500),
        total("annee_nsf", 500, code_nsf="326"),
        total("annee_region_nsf", 320, code_nsf="326", code_region_lieu_formation="11"),
        total("annee_region_nsf", codes.get("other", 180), code_nsf="326",
              code_region_lieu_formation="84"),
    ]  # fmt: skip


def test_exact_totals_answer_before_rows() -> None:
    rows = [*purchases(100), *purchases(50, region="84"), *purchases(350, region="REGROUPE")]
    by_rows = Diagnosis(offers(40), rows).row("REG-11", "326")
    assert (by_rows["dossiers"], by_rows["demande_lue"]) == (100, "detail")
    assert float(by_rows["part_localisee"]) == pytest.approx(150 / 500)
    exact = Diagnosis(offers(40), rows, _exact()).row("REG-11", "326")
    assert (exact["dossiers"], exact["demande_lue"], exact["part_localisee"]) == (320, "totaux", 1)


def test_a_secret_total_is_not_none() -> None:
    rows = [*purchases(100), *purchases(50, region="84"), *purchases(350, region="REGROUPE")]
    diagnosis = Diagnosis(offers(40), rows, _exact(other=None))
    hidden = diagnosis.row("REG-84", "326")
    assert (hidden["dossiers"], hidden["demande_lue"]) == (50, "detail")
    assert float(hidden["part_localisee"]) == pytest.approx(370 / 500)


def test_totals_with_exceptions_do_not_answer() -> None:
    """311 has driving licences, of no register: its totals count them."""
    rows = [*purchases(100, nsf="311"), *purchases(900, "CPF206", nsf="311", kind=None)]
    totals = [total("annee", 1000), total("annee_nsf", 1000, code_nsf="311")]
    row = Diagnosis(offers(1, nsf="311"), rows, totals).row("FR", "311")
    assert (row["dossiers"], row["demande_lue"]) == (100, "detail")
