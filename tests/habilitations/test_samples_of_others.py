"""On the real samples: every signal is explained by its two sources, with their dates."""

import csv
import datetime as dt
import io
import re
import zipfile

import duckdb
import pytest

from orchestration import kept_catalogues, settings, warehouse
from orchestration.landing.land import land
from tests.factories.authorisation_cases import OFFER, Row, build_signals
from tests.factories.rendered_models import Models

SAMPLES = settings.PROJECT.parent / "shared" / "samples"
CATALOGUE = SAMPLES / "catalogue_nsf326_2024-07.csv"
REGISTER = SAMPLES / "export-fiches-csv-2024-02-22.zip"
pytestmark = [
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real samples are not here"),
    pytest.mark.usefixtures("data_folder"),
]
SEEDS = ("departements", "regions", "signaux", "certificateurs_dispenses", "corrections_signaux")


def _signals(register_day: dt.date | None) -> list[Row]:
    """Land both samples, build the offer of the export, then the signals."""
    (landed,) = land("portail", [CATALOGUE])
    assert landed.status == "atterri", landed.error
    (register,) = land("certifications", [REGISTER], date=register_day)
    assert register.status == "atterri", register.error
    kept_catalogues.expose()
    models = Models()
    with warehouse.vault() as connection:
        for schema in ("staging", "intermediate", "marts", "nomenclatures"):
            connection.execute(f"create schema if not exists coffre.{schema}")
        for name in SEEDS:
            _seed(connection, name)
        connection.execute(
            "create table coffre.intermediate.int_portail__entrees_sorties (annee_mois varchar, "
            "siret_of_contractant varchar, code_certification varchar, entrees_formation bigint)"
        )
        for layer, step in (
            ("staging", "stg_portail__catalogue"),
            ("intermediate", "int_offre__portail"),
        ):
            connection.execute(f"create table coffre.{layer}.{step} as {models.sql(step)}")
        connection.execute(
            f"create table coffre.marts.{OFFER} as from coffre.intermediate.int_offre__portail"
        )
        return list(build_signals(connection, models).values())


def _seed(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    path = settings.PROJECT / "seeds" / f"{name}.csv"
    connection.execute(
        f"create table coffre.nomenclatures.{name} as "
        f"from read_csv('{path}', header = true, all_varchar = true)"
    )
    if name == "corrections_signaux":
        connection.execute(
            f"alter table coffre.nomenclatures.{name} alter date_correction type date"
        )


def _cards() -> dict[str, dict[str, str]]:
    """The cards of the real register by code, read again without any of our code."""
    with zipfile.ZipFile(REGISTER) as archive:
        (name,) = (x for x in archive.namelist() if "Standard" in x)
        text = archive.read(name).decode("utf-8-sig")
    return {row["Numero_Fiche"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}


def _sold() -> set[tuple[str, str]]:
    """Who sells what in the real sample."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select distinct lpad(siret::varchar, 14, '0'), if(code_rncp::int > 0, "
            "'RNCP' || code_rncp::int, 'RS' || code_inventaire::int) "
            f"from read_csv('{CATALOGUE}', all_varchar = true)"
        ).fetchall()
    return set(rows)


def test_a_register_of_another_month_judges_nothing_and_says_both_dates() -> None:
    rows = _signals(None)
    assert len(rows) > 10
    assert {row["code_signal"] for row in rows} == {"S9"}
    for row in rows:
        assert row["severite"] is None
        assert (row["date_catalogue"] - row["date_repertoire"]).days > 31
        assert row["date_repertoire"] == dt.date(2024, 2, 22)


def test_every_signal_is_explained_by_its_two_sources() -> None:
    rows = _signals(dt.date(2024, 7, 11))
    cards, sold = _cards(), _sold()
    assert cards
    for row in rows:
        assert (row["siret_of"], row["code_certification"]) in sold
        assert 0 <= (row["date_catalogue"] - row["date_repertoire"]).days <= 31
        known = row["code_certification"] in cards
        assert (row["code_signal"] == "S7") == (not known)
        assert (row["lien_fiche"] is not None) == known
        assert row["libelle_signal"]
        assert not re.search(r"[{}]", row["libelle_signal"])
        assert row["motifs"].split(",")[0] == row["code_signal"]
        assert not row["etat_connu"], "a CSV tells no state"
    assert {row["code_signal"] for row in rows} >= {"S7"}
