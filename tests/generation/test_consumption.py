"""The dossiers and financements that are generated: format, revisions, magnitudes, defects."""

import dataclasses
from pathlib import Path

import duckdb
import numpy as np
import pytest
from lxml import etree

from orchestration.generation import consumption, demand, invented_certifications, reference
from orchestration.generation.generator import generate
from orchestration.generation.rates import RATES, Rates
from orchestration.generation.scales import fraction
from tests.factories.generated import NS, load, scalar

COLUMNS = (
    "id_dossier;id_titulaire;date_validation;date_entree;date_sortie;date_derniere_modification;"
    "statut_dossier;genre;date_naissance;code_commune_residence;code_departement_residence;"
    "situation;csp;code_certification;code_formacode;siret_of;numero_formation;numero_session;"
    "code_departement_lieu;modalite_presence;nombre_heures;prix"
)


def test_dossiers_have_the_contract_s_header_and_line_ends(extracts: Path) -> None:
    octets = (extracts / "dossiers" / "dossiers_2022-03.csv").read_bytes()
    assert b"\r" not in octets
    rows = octets.decode("utf-8").splitlines()
    assert rows[0] == COLUMNS
    assert {row.count(";") for row in rows} == {21}


def test_financements_sum_to_the_price_to_the_cent(base: duckdb.DuckDBPyConnection) -> None:
    key = "id_dossier, date_derniere_modification"
    deviations = base.execute(
        f"with sommes as (select {key}, sum(montant::decimal(12, 2)) as total"
        f" from (select distinct {key}, code_financeur, montant from financements) group by all)"
        f" select count(*) filter (total is null), count(*) filter (total <> prix::decimal(12, 2)),"
        f" count(*) from (select distinct {key}, prix from versions where prix not like '-%')"
        f" left join sommes using ({key})"
    ).fetchone()
    assert deviations is not None
    without, wrong, total = deviations
    assert wrong == 0
    assert without / total < 5 * RATES.sans_financement


def test_later_months_revise_older_ones_for_more_than_a_year(
    base: duckdb.DuckDBPyConnection,
) -> None:
    assert 1.5 <= scalar(base, "select count(*) / count(distinct id_dossier) from versions") <= 1.85
    validation_date = "try_cast(date_validation as date)"
    late_revisions = scalar(
        base,
        f"select count(*) from versions where strftime({validation_date}, '%Y-%m') < livraison"
        f" and date_derniere_modification::date - {validation_date} > 366",
    )
    assert late_revisions > 20
    delivered_early = (
        f"select count(*) from versions where strftime({validation_date}, '%Y-%m') > livraison"
    )
    assert scalar(base, delivered_early) == 0
    outside_month = (
        "select count(*) from versions where left(date_derniere_modification, 7) <> livraison"
    )
    assert scalar(base, outside_month) == 0


def test_a_version_is_identified_by_its_dossier_and_date(base: duckdb.DuckDBPyConnection) -> None:
    duplicates = (
        "select count(*) from (select distinct * exclude (livraison) from versions"
        " where id_dossier is not null)"
        " group by id_dossier, date_derniere_modification having count(*) > 1"
    )
    assert base.execute(duplicates).fetchall() == []


@pytest.mark.parametrize(
    ("measure", "target", "tolerance"),
    [
        ("avg((code_certification = 'CPF206')::integer)", 0.22, 0.03),
        ("avg(prix::double) filter (code_certification = 'CPF206')", 1020, 60),
        ("avg(nombre_heures::double) filter (code_certification = 'CPF206')", 18, 1.5),
        ("avg(prix::double)", 1760, 150),
        ("avg((genre = 'F')::integer)", 0.49, 0.035),
        ("avg((situation = 'DEMANDEUR_EMPLOI')::integer)", 0.345, 0.035),
        ("avg((csp = 'CADRE')::integer)", 0.17, 0.03),
        ("avg((date_validation::date - date_naissance::date < 25 * 365.25)::integer)", 0.1, 0.025),
        ("avg((statut_dossier like '%annul%' or statut_dossier = 'Rejeté')::integer)", 0.07, 0.02),
        ("count(*)", 2780, 5),
    ],
)
def test_shares_of_2024(
    base: duckdb.DuckDBPyConnection, measure: str, target: float, tolerance: float
) -> None:
    query = f"select {measure} from dossiers where date_validation like '2024%'"
    assert scalar(base, query) == pytest.approx(target, abs=tolerance)


def test_titulaires_have_several_dossiers_and_one_identity(
    base: duckdb.DuckDBPyConnection,
) -> None:
    ratio = scalar(base, "select count(*) / count(distinct id_titulaire) from dossiers")
    assert ratio == pytest.approx(8.6 / 5.75, abs=0.08)
    identities = scalar(
        base,
        "select max(n) from (select count(distinct date_naissance) as n from dossiers group by"
        " id_titulaire)",
    )
    assert identities == 1


def test_the_flat_participation_starts_in_may_2024_and_spares_job_seekers(
    base: duckdb.DuckDBPyConnection,
) -> None:
    base.execute(
        "create or replace view participations as select dossiers.*, montant"
        " from dossiers left join financements on dossiers.id_dossier = financements.id_dossier"
        " and dossiers.date_derniere_modification = financements.date_derniere_modification"
        " and code_financeur = 'RESTE_A_CHARGE'"
    )
    part = (
        "select avg((montant >= 80)::integer) from (select coalesce(montant::double, 0) as montant"
    )
    after = f"{part} from participations where date_validation >= '2024-05-02' and situation"
    assert scalar(base, f"{after} = 'EN_EMPLOI')") > 0.9
    assert scalar(base, f"{after} = 'DEMANDEUR_EMPLOI')") < 0.2
    assert scalar(base, f"{part} from participations where date_validation < '2024-05-02')") < 0.2


def test_places_include_corsica_overseas_and_remote(base: duckdb.DuckDBPyConnection) -> None:
    residences = {
        row[0]: row[1]
        for row in base.execute(
            "select code_departement_residence, any_value(code_commune_residence) from dossiers"
            " where code_departement_residence is not null group by all"
        ).fetchall()
    }
    # Some live overseas or abroad, where no département is.
    far = {code for code in residences if code in consumption.FAR_PLACES}
    assert far
    assert all(residences.pop(code) is None for code in far)
    assert set(residences) == {d.code for d in reference.departements()}
    assert all(commune.startswith(code) for code, commune in residences.items())
    assert all(len(commune) == 5 for commune in residences.values())
    deviations = "select count(*) from dossiers where (modalite_presence = 'A_DISTANCE')"
    assert scalar(base, f"{deviations} <> (code_departement_lieu is null)") == 0


def test_dossiers_refer_to_the_offer_two_times_in_five(
    base: duckdb.DuckDBPyConnection, extracts: Path
) -> None:
    root = etree.parse(next((extracts / "edof").iterdir())).getroot()
    numbers = {
        f"{formation.findtext(f'.//{NS}SIRET', '').strip()}_{formation.get('numero')}"
        for formation in root.iter(f"{NS}formation")
    }
    references = [n for (n,) in base.execute("select numero_formation from dossiers").fetchall()]
    assert 0.2 < np.mean([number in numbers for number in references]) < 0.5


def test_price_factors_give_each_year_its_mean_price() -> None:
    factors = demand.factors(invented_certifications.build(1.0, 1))
    ordinary = factors[~factors["exception"]].set_index("annee")["facteur"]
    assert ordinary.is_monotonic_increasing
    assert 0.8 < ordinary[2024] < 1.2


def test_each_defect_of_dossiers_appears_at_its_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    high_rates = {field.name: 0.2 for field in dataclasses.fields(Rates)}
    monkeypatch.setattr(consumption, "RATES", Rates(**high_rates))
    generate(fraction(0.002), "2020-03", 3, tmp_path)
    base = load(tmp_path)
    mesures = {
        "siret_of like chr(9) || '%'": "versions",
        "try_cast(date_validation as date) is null": "versions",
        "prix like '-%'": "versions",
        "id_dossier is null": "versions",
        "genre is null": "versions",
        "csp is null": "versions",
        "code_departement_residence is null": "versions",
        "nombre_heures is null": "versions",
        "code_formacode is null": "versions",
        "code_certification similar to 'RS98\\d{3}'": "versions",
        "code_financeur = 'POLE_EMPLOI'": "financements",
    }
    for measure, table in mesures.items():
        part = scalar(base, f"select avg(({measure})::integer) from {table}")
        assert part == pytest.approx(0.2, abs=0.06), measure
    assert scalar(base, "select count(*) - count(distinct versions) from versions") > 100
    orphans = "select count(*) from financements where id_dossier like 'D9%'"
    assert scalar(base, orphans) > 100
