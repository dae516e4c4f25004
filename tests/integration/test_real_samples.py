"""Real data, as the samples give it: it lands, and what it should become is what is published."""

import csv
import io
import json
from pathlib import Path

import pytest

from orchestration import settings
from tests.integration.conftest import DATASETS, World

SAMPLES = settings.PROJECT.parent / "shared" / "samples"
OFFER = DATASETS[0]
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real samples are not here")


def _rows(world: World, query: str) -> list[dict[str, str]]:
    answer = world.cpf("sql", "--csv", query).stdout
    return list(csv.DictReader(io.StringIO(answer), delimiter=";"))


def _deposits(world: World, source: str) -> list[dict[str, object]]:
    result = (world.data / "atterrissage" / source).glob("*/depot.json")
    return [json.loads(path.read_text()) for path in result]


@pytest.fixture(scope="module")
def edof(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("edof") / "data")
    world.cpf("land", "edof", str(SAMPLES / "edof_catalogue_exemple.xml"))
    world.cpf("land", "certifications", str(SAMPLES / "export-fiches-csv-2024-02-22.zip"))
    world.cpf("run", "--select", OFFER)
    return world


@pytest.fixture(scope="module")
def portail(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("portail") / "data")
    world.cpf("land", "portail", str(SAMPLES / "catalogue_nsf326_2024-07.csv"))
    world.cpf("run", "--select", OFFER)
    return world


@pytest.mark.xdist_group("edof")
def test_the_official_example_gives_one_row(edof: World) -> None:
    [row] = _rows(edof, f"select * from {OFFER}")
    assert (row["type_referentiel"], row["code_rncp"], row["code_rs"]) == ("RNCP", "40344", "-1")
    assert float(row["frais_ttc_tot_mean"]) == 600.60
    assert (row["nombre_heures_total_mean"], row["nb_session_active"]) == ("21", "1")
    assert (row["code_departement"], row["nom_region"]) == ("91", "Île-de-France")
    assert row["intitule_certification"] == ""


@pytest.mark.xdist_group("edof")
def test_the_missing_title_is_counted(edof: World) -> None:
    from orchestration import settings, warehouse

    with settings.state_in(edof.data), warehouse.vault(read_only=True) as connection:
        result = connection.execute(
            "select valeur from coffre.intermediate.int_offre__bilan "
            "where indicateur = 'certifications_absentes_du_registre'"
        ).fetchone()
    assert result == (1,)


@pytest.mark.xdist_group("edof")
def test_the_ten_register_files_land_without_a_tab(
    edof: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    [deposit] = _deposits(edof, "certifications")
    tables = deposit["tables"]
    assert isinstance(tables, dict)
    assert len(tables) == 10
    assert all(rows > 0 for rows in tables.values())
    for path in (edof.data / "atterrissage" / "certifications").glob("*/*.parquet"):
        if path.name != "rejets.parquet":
            text = repr(duckdb.sql(f"select * from read_parquet('{path}')").fetchall())
            assert "\\t" not in text, path.name


@pytest.mark.xdist_group("portail")
def test_the_830_real_rows_are_published_or_rejected(portail: World) -> None:
    [deposit] = _deposits(portail, "portail")
    published = len(_rows(portail, f"select numero_formation from {OFFER}"))
    assert deposit["lus"] == 830
    assert deposit["lus"] == published + int(str(deposit["rejetes"]))
    reasons = deposit["rejets_par_motif"]
    assert isinstance(reasons, dict)
    assert sum(reasons.values()) == deposit["rejetes"]


@pytest.mark.xdist_group("portail")
def test_zero_padding_is_restored(portail: World) -> None:
    source = SAMPLES / "catalogue_nsf326_2024-07.csv"
    with source.open(encoding="utf-8", newline="") as file:
        real = {
            (row["numero_formation"], row["code_departement"])
            for row in csv.DictReader(file, delimiter=";")
            if row["numero_formation"]
        }
    rows = _rows(portail, f"select * from {OFFER}")
    padded = {(number, place and place.zfill(2)) for number, place in real}
    assert {(row["numero_formation"], row["code_departement"]) for row in rows} <= padded
    assert any(place and len(place) == 1 for _, place in real)
    for row in rows:
        for column in ("siret_of", "code_region", "code_formacode_1", "code_nsf_1"):
            width = {"siret_of": 14, "code_region": 2, "code_formacode_1": 5, "code_nsf_1": 3}
            assert len(row[column]) in (0, width[column])


@pytest.mark.xdist_group("portail")
def test_the_invariants_hold(portail: World) -> None:
    broken = _rows(
        portail,
        f"""select count(*) as n from {OFFER} where
        (code_rs = -1) = (code_rncp = -1)
        or not (frais_ttc_tot_min <= frais_ttc_tot_mean and frais_ttc_tot_mean <= frais_ttc_tot_max)
        or nb_session_a_distance > nb_session_active
        or (code_departement is not null and nb_session_a_distance > 0)
        or not starts_with(numero_formation, siret_of || '_')
        or (libelle_niveau_sortie_formation is not null and type_referentiel <> 'RNCP')
        or date_chargement <> (select max(date_chargement) from {OFFER})""",
    )
    assert broken == [{"n": "0"}]
    assert Path(str(portail.version(OFFER))).is_dir()
