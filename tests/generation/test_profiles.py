"""Shares that readers compare are not flat: by domain, place, age and modality."""

import duckdb
import pytest

from orchestration.generation import invented_certifications, reference
from tests.factories.generated import scalar

AGE = "(date_validation::date - date_naissance::date) / 365.25"


@pytest.fixture(scope="session")
def profiles(base: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Tables ``secteurs`` (code, secteur) and ``demandeurs`` (code, taux), beside ``base``."""
    catalog = invented_certifications.build(0.002, 7)  # the extracts' own scale and seed
    base.execute("create or replace table secteurs (code varchar, secteur varchar)")
    base.executemany(
        "insert into secteurs values (?, ?)",
        [(c.code, c.sector.secteur) for c in catalog.certifications],
    )
    base.execute("create or replace table taux (code varchar, taux integer)")
    base.executemany(
        "insert into taux values (?, ?)",
        [(d.code, d.taux_chomage) for d in reference.departements()],
    )
    return base


def _by_sector(
    base: duckdb.DuckDBPyConnection, measure: str, where: str = "true"
) -> dict[str, float]:
    return dict(
        base.execute(
            f"select secteur, avg(({measure})::integer) from dossiers inner join secteurs"
            f" on code_certification = code where {where} group by 1 having count(*) > 150"
        ).fetchall()
    )


def test_domains_have_their_own_share_of_women(profiles: duckdb.DuckDBPyConnection) -> None:
    women = _by_sector(profiles, "genre = 'F'")
    assert women["soin"] > 0.65
    assert women["logistique"] < 0.25
    assert 0.4 < women["langues"] < 0.6


def test_domains_have_their_own_ages(profiles: duckdb.DuckDBPyConnection) -> None:
    young = _by_sector(profiles, f"{AGE} < 25")
    assert young["conduite"] > 0.12
    assert young["accompagnement"] < 0.07


def test_some_trainings_are_abandoned_more_than_others(profiles: duckdb.DuckDBPyConnection) -> None:
    closed = "statut_dossier like 'Clos%'"
    half_done = _by_sector(profiles, "statut_dossier = 'Clos - Réalisation Partielle'", closed)
    assert half_done["langues"] > 1.4 * half_done["conduite"]
    share = "select avg((statut_dossier <> 'Clos - Réalisation Totale')::integer) from dossiers"
    remote, there = (
        scalar(profiles, f"{share} where {closed} and modalite_presence = '{modality}'")
        for modality in ("A_DISTANCE", "PRESENTIEL")
    )
    assert remote > 1.3 * there


def test_job_seekers_are_not_as_many_everywhere(profiles: duckdb.DuckDBPyConnection) -> None:
    share = (
        "select avg((situation = 'DEMANDEUR_EMPLOI')::integer) from dossiers"
        " inner join taux on code_departement_residence = code"
    )
    assert scalar(profiles, f"{share} where taux >= 12") > 0.42
    assert scalar(profiles, f"{share} where taux <= 6") < 0.34


def test_financers_depend_on_the_age(profiles: duckdb.DuckDBPyConnection) -> None:
    share = (
        "select avg((code_financeur = '{}')::integer) from financements"
        " inner join dossiers using (id_dossier, date_derniere_modification)"
    )
    employer, region = (share.format(name) for name in ("EMPLOYEUR", "REGION"))
    assert scalar(profiles, f"{employer} where {AGE} >= 40") > 1.5 * scalar(
        profiles, f"{employer} where {AGE} < 25"
    )
    assert scalar(profiles, f"{region} where {AGE} < 25") > 1.5 * scalar(
        profiles, f"{region} where {AGE} >= 40"
    )


def test_the_remote_share_changes_with_the_years(profiles: duckdb.DuckDBPyConnection) -> None:
    remote = dict(
        profiles.execute(
            "select left(date_validation, 4), avg((modalite_presence = 'A_DISTANCE')::integer)"
            " from dossiers group by 1"
        ).fetchall()
    )
    assert remote["2020"] > remote["2022"] > remote["2024"] > 0.1


def test_old_years_are_settled_and_the_last_months_are_not(
    profiles: duckdb.DuckDBPyConnection,
) -> None:
    settled = (
        "select avg((statut_dossier like 'Clos%')::integer) from dossiers where date_validation"
    )
    assert scalar(profiles, f"{settled} < '2023'") > 0.9
    assert scalar(profiles, f"{settled} >= '2024-11'") < 0.5
