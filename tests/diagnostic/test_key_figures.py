"""The known answers of the key figures, by the models' own SQL, and the query that gives each."""

import datetime as dt
from typing import Any

import pytest

from tests.factories.small_diagnostic import (
    ENTRIES,
    KEPT,
    PURCHASES,
    TOTALS,
    USERS,
    KeyFigures,
    Row,
    offers,
    purchases,
    total,
)

PUBLIC = {"edition": "producteur"}
YEAR_OLD = dt.date(2027, 2, 3)


def bought(count: int, year: int = 2025, month: int = 1, **changes: Any) -> Row:
    """Dossiers of one month, as their publisher publishes them."""
    [row] = purchases(count, year=year, months=[month], euros=None)
    return row | PUBLIC | {"trimestre_validation": f"{year}-T1", "valeur_du": YEAR_OLD} | changes


def test_a_mean_price_is_a_ratio_of_sums() -> None:
    rows = [bought(10, montant_engage=10_000), bought(90, month=2, montant_engage=45_000)]
    figures = KeyFigures(**{PURCHASES: rows})
    assert figures.value("prix_moyen") == 550
    assert figures.value("montant_engage") == 55_000
    # Dossiers of which no euro is told are in neither.
    silent = [*rows, bought(100, month=3)]
    assert KeyFigures(**{PURCHASES: silent}).value("prix_moyen") == 550


def test_an_hour_costs_what_those_with_hours_cost() -> None:
    rows = [
        bought(10, montant_engage=10_000, duree_moyenne=20),
        bought(90, montant_engage=45_000, duree_moyenne=0),
    ]
    assert KeyFigures(**{PURCHASES: rows}).value("prix_horaire") == 50


STATUSES = {
    "Clos - Réalisation Totale": 60,
    "Clos - Réalisation Partielle": 20,
    "Clos - Non Réalisé annulé titulaire": 15,
    "Clos - Non Réalisé annulé OF": 3,
    "Dossier annulé gestionnaire": 1,
    "Rejeté": 1,
}


@pytest.mark.parametrize("by_totals", [True, False])
def test_rates_of_statuses(by_totals: bool) -> None:
    if by_totals:
        rows = [
            total("annee_statut", count, statut_dossier=name, edition="definitive")
            for name, count in STATUSES.items()
        ]
        figures = KeyFigures(**{TOTALS: rows})
    else:
        rows = [bought(count, statut_dossier=name) for name, count in STATUSES.items()]
        figures = KeyFigures(**{PURCHASES: rows})
    assert figures.value("taux_realisation") == 0.75
    assert figures.value("taux_annulation") == 0.20


def test_a_rate_of_cohorts_that_are_not_thirteen_months_old_is_not_told() -> None:
    young = {"valeur_du": dt.date(2026, 1, 20)}
    rows = [bought(count, statut_dossier=name, **young) for name, count in STATUSES.items()]
    assert KeyFigures(**{PURCHASES: rows}).value("taux_annulation") is None
    provisional = [
        total("annee_statut", count, statut_dossier=name, edition="provisoire")
        for name, count in STATUSES.items()
    ]
    assert KeyFigures(**{TOTALS: provisional}).value("taux_annulation") is None


def test_a_secret_part_makes_no_share_and_few_dossiers_make_none() -> None:
    def types(*counts: int | None) -> KeyFigures:
        kinds = zip(("RNCP", "RS", None), counts, strict=True)
        rows = [total("annee_type", count, type_referentiel=kind) for kind, count in kinds]
        return KeyFigures(**{TOTALS: rows})

    assert types(20, 50, 30).value("part_rs") == 0.5
    assert types(20, 50, 30).value("part_exceptions") == 0.3
    assert types(20, None, 30).value("part_rncp") is None
    assert types(4, 5, 10).value("part_rs") is None
    assert types(5, 5, 10).value("part_rs") == 0.25


def test_financers_and_what_is_not_told_of_them() -> None:
    row = total("annee", 100, euros=1000, montant_employeur=200, montant_non_ventile=100)
    figures = KeyFigures(**{TOTALS: [row | {"montant_reste_a_charge": 300}]})
    [share] = figures.rows("chiffre = 'part_financeur_employeur'")
    assert (float(share["valeur"]), float(share["part_non_ventilee"])) == (0.2, 0.1)
    assert figures.value("reste_a_charge_moyen") == 3
    # An empty cell is not a zero.
    assert figures.value("part_financeur_opco") is None


def test_driving_licences_and_the_ten_largest() -> None:
    sizes = {f"RS{x}": 10 + x for x in range(12)}
    rows = [total("annee_certification", n, code_certification=x) for x, n in sizes.items()]
    rows += [total("annee_certification", 34, code_certification="CPF206"), total("annee", 300)]
    figures = KeyFigures(**{TOTALS: rows})
    assert figures.value("part_permis") == pytest.approx(34 / 300, abs=1e-4)
    ten = sorted([*sizes.values(), 34], reverse=True)[:10]
    assert figures.value("part_top10") == pytest.approx(sum(ten) / 300, abs=1e-4)
    by_rows = [bought(n, code_certification=x) for x, n in sizes.items()]
    by_rows.append(bought(34, code_certification="CPF206"))
    public = KeyFigures(**{PURCHASES: by_rows})
    assert public.value("part_top10") == pytest.approx(
        sum(ten) / (sum(sizes.values()) + 34), abs=1e-4
    )


def test_remote_is_of_what_has_a_modality() -> None:
    rows = [
        bought(30, modalite_presence="À distance"),
        bought(50, modalite_presence="En présentiel"),
        bought(20, modalite_presence="Mixte"),
        bought(25, modalite_presence="NR"),
    ]
    [row] = KeyFigures(**{PURCHASES: rows}).rows("chiffre = 'part_distance' and perimetre = 'FR'")
    assert (float(row["valeur"]), float(row["part_non_ventilee"])) == (0.3, 0.2)


def _users(count: int, **told: Any) -> Row:
    row = {"trimestre_entree": "2025-T1", "annee_entree": 2025, "nb_dossiers": count}
    known = {"genre": "Femme", "csp": "Cadre", "situation": "En emploi ou autre situation"}
    return row | PUBLIC | known | {"tranche_age": "50 ans et plus"} | told


def test_users_are_shared_over_what_is_known() -> None:
    rows = [
        _users(40),
        _users(40, genre="Homme", csp="Employé", tranche_age="25-39 ans"),
        _users(20, genre="NR", csp="Demandeur d'emploi", situation="Demandeur d'emploi"),
    ]
    figures = KeyFigures(**{USERS: rows})
    assert figures.value("entrees", "2025-T1") == 100
    assert figures.value("part_femmes", "2025-T1") == 0.5
    assert figures.value("part_demandeurs_emploi", "2025-T1") == 0.2
    assert figures.value("part_cadres", "2025-T1") == 0.4
    assert figures.value("part_50_ans", "2025-T1") == 0.6
    [women] = figures.rows("chiffre = 'part_femmes' and periode = '2025-T1'")
    assert float(women["part_non_ventilee"]) == 0.2


def test_the_offer_of_its_own_version() -> None:
    def version(day: dt.date, name: str, *trainings: str) -> list[Row]:
        return [
            row | {"nombre_heures_total_mean": hours}
            for training, hours in zip(trainings, (0, 10, 30, 50), strict=False)
            for row in offers(0, day=day, version=name, names=[training], siren=training * 9)
        ]

    rows = [
        *version(dt.date(2024, 6, 15), "2024.06.1", "1", "2"),
        *version(dt.date(2025, 6, 28), "2025.06.1", "2", "3", "4", "5"),
    ]
    rows[0]["frais_ttc_tot_mean"] = 0
    figures = KeyFigures(**{KEPT: rows})
    told = {x: figures.value(x, "2025-06") for x in ("formations", "organismes", "certifications")}
    assert told == {"formations": 4, "organismes": 4, "certifications": 1}
    # Hours that nobody declared are none.
    assert figures.value("duree_mediane", "2025-06") == 30
    assert figures.value("prix_affiche_median", "2024-06") == 1000
    assert figures.value("renouvellement_offre", "2025-06") is None  # of four trainings: too few
    [row] = figures.rows("chiffre = 'formations' and periode = '2024-06' and perimetre = 'FR'")
    assert (row["version_source"], row["provisoire"]) == ("2024.06.1", "non")


def test_what_is_new_in_the_offer() -> None:
    def version(day: dt.date, name: str, numbers: range) -> list[Row]:
        return offers(0, day=day, version=name, names=[f"f{x}" for x in numbers])

    rows = [
        *version(dt.date(2024, 6, 15), "2024.06.1", range(40)),
        *version(dt.date(2025, 6, 28), "2025.06.1", range(30, 70)),
    ]
    assert KeyFigures(**{KEPT: rows}).value("renouvellement_offre", "2025-06") == 0.75


def test_ten_bodies_of_all_entries() -> None:
    rows = [
        {"annee": 2025, "siren_of_contractant": f"{x:09d}", "entrees_formation": 10}
        for x in range(12)
    ]
    rows.append({"annee": 2025, "siren_of_contractant": "REGROUPE", "entrees_formation": 80})
    assert KeyFigures(**{ENTRIES: rows}).value("concentration_entrees") == 0.5


MONTHS = [
    row | PUBLIC | {"trimestre_validation": f"{row['mois_validation'][:4]}-T1"}
    for year in (2024, 2025)
    for month in range(1, 13)
    for row in purchases(100 * (year - 2023) + month, year=year, months=[month])
]


def _month(periode: str, rows: list[Row]) -> Row:
    [row] = KeyFigures(**{PURCHASES: rows}).rows(
        f"chiffre = 'dossiers_valides' and periode = '{periode}' and perimetre = 'FR'"
    )
    return row


def test_month_year_on_year_cumulative_twelve_months() -> None:
    march = _month("2025-03", MONTHS)
    assert (march["valeur"], march["valeur_un_an_avant"]) == (203, 103)
    assert float(march["evolution_pourcentage"]) == 97.1
    assert (march["cumul"], march["cumul_un_an_avant"]) == (606, 306)
    assert float(march["evolution_cumul_pourcentage"]) == 98.0
    # April 2024 to March 2025.
    assert march["douze_mois"] == sum(100 + x for x in range(4, 13)) + 606
    assert march["provisoire"] == "oui"
    assert _month("2024-11", MONTHS)["provisoire"] == "non"
    assert _month("2024-12", MONTHS)["provisoire"] == "oui"


def test_a_sum_with_a_hole_is_none() -> None:
    holed = [row for row in MONTHS if row["mois_validation"] != "2025-02"]
    march = _month("2025-03", holed)
    assert (march["cumul"], march["douze_mois"], march["evolution_cumul_pourcentage"]) == (
        None,
    ) * 3
    assert _month("2025-01", holed)["douze_mois"] is not None


def test_a_price_has_no_sum_and_breaks_are_said() -> None:
    figures = KeyFigures(**{PURCHASES: MONTHS})
    prices = figures.rows("chiffre = 'prix_moyen' and grain = 'mois'")
    assert {(row["cumul"], row["douze_mois"]) for row in prices} == {(None, None)}
    said = {row["periode"]: row["ruptures"] or "" for row in prices if row["perimetre"] == "FR"}
    assert "Participation forfaitaire de 100 €" in said["2024-05"]
    assert "Participation forfaitaire de 100 €" in said["2025-05"]
    assert "Participation" not in said["2024-04"]
    assert "de 100 €" not in said["2025-06"]
    # Its indexations are said as well, and those before the data are not.
    assert "portée à 102,23 €" in said["2025-06"]
    assert "Ouverture de l'application" not in "".join(said.values())


def test_a_period_that_is_not_over_is_not_told() -> None:
    """Rows are told until December 2025."""
    rows = [*MONTHS, bought(40, year=2026)]
    figures = KeyFigures(**{PURCHASES: rows})
    assert figures.value("dossiers_valides", "2026-01") is None
    assert figures.value("dossiers_valides", "2026") is None
    assert figures.value("dossiers_valides", "2025") is not None


def test_exact_totals_come_before_rows() -> None:
    exact = [total("annee_region", 500, code_region_lieu_formation="11")]
    figures = KeyFigures(**{PURCHASES: MONTHS, TOTALS: exact})
    assert figures.value("dossiers_valides", perimetre="REG-11") == 500
    ours = [row | {"edition": "definitive"} for row in MONTHS]
    # By région our rows are a minimum: without totals nothing is told.
    assert KeyFigures(**{PURCHASES: ours}).value("dossiers_valides", perimetre="REG-11") is None
    assert KeyFigures(**{PURCHASES: ours}).value("dossiers_valides", "2025-03") == 203


def test_the_query_of_each_figure_gives_its_value() -> None:
    rows = [
        row | {"modalite_presence": mode, "statut_dossier": status, "duree_moyenne": 7}
        for row in MONTHS
        for mode, status in (("Mixte", "Rejeté"), ("À distance", "Clos - Réalisation Totale"))
    ]
    totals = [total("annee", 400, euros=9000, montant_opco=90, montant_non_ventile=10)]
    figures = KeyFigures(
        **{PURCHASES: rows, TOTALS: totals, USERS: [_users(40)], KEPT: offers(30, price=1234.5)}
    )
    told = figures.rows()
    assert len({row["chiffre"] for row in told}) >= 20
    for row in told:
        assert figures.asked_again(row) == pytest.approx(float(row["valeur"]), abs=6e-5), row


def test_every_figure_that_is_defined_is_read() -> None:
    connection = KeyFigures().connection
    defined = {
        x
        for (x,) in connection.execute(
            "select chiffre from coffre.nomenclatures.chiffres"
        ).fetchall()
    }
    from tests.factories.rendered_models import Models

    read = Models().sql("int_chiffres__lectures") + Models().sql("int_chiffres__renouvellement")
    assert {name for name in defined if f"'{name}'" not in read} == set()
