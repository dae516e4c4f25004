"""Odd rows of the publisher's export: what is good is published, the rest is counted."""

import csv
import json
import re
from pathlib import Path

import dagster as dg
import pytest

from orchestration import settings
from orchestration.progress import instance
from tests.factories.csv_files import OFFER as ROW
from tests.factories.csv_files import SIRET, text, write
from tests.integration.conftest import DATASETS, World

OFFER = DATASETS[0]
CASES = settings.PROJECT.parent / "shared" / "cases" / "landing"
PUBLISHED = ("portail_code_sans_nom.csv", "portail_type_vide.csv", "portail_codes_flottants.csv")
MODEL = ROW | {"nom_departement": "", "nom_region": "", "nom_of": "ORGANISME"}
# Each would have blocked the whole dataset; those of the second list are set aside.
MENDED = [
    {"code_departement": "974", "code_region": "4"},
    {"type_referentiel": ""},
    {"code_formacode_1": "70332.0", "code_nsf_1": "326.0"},
    {"code_departement": "975", "code_region": ""},
    {"code_departement": "", "code_region": "", "nb_session_a_distance": "3"},
    {"libelle_niveau_sortie_formation": "Sans niveau"},
]
SET_ASIDE = [
    {"nb_action": "0"},
    {"code_nsf_1": "999"},
    {"frais_ttc_tot_max": "1000000"},
    {"code_rs": "-1"},
]


def _numbered(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"numero_formation": f"{SIRET}_{n}"} | row for n, row in enumerate(rows)]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, str]:
    """The export landed and published, and what ``cpf run`` said."""
    folder = tmp_path_factory.mktemp("offre")
    world = World(folder / "data")
    path = write(folder / "offre_2026-08-01.csv", text(_numbered(MENDED + SET_ASIDE), MODEL))
    world.cpf("land", "portail", str(path))
    done = world.cpf("run", "--select", OFFER)
    return world, done.stdout


def _rows(world: World) -> list[dict[str, str]]:
    version = world.version(OFFER)
    assert version
    with (version / f"{OFFER}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_what_is_good_is_published_and_the_rest_told(ran: tuple[World, str]) -> None:
    world, _ = ran
    rows = _rows(world)
    assert len(rows) == len(MENDED)
    places = {(row["code_departement"], row["nom_departement"], row["nom_region"]) for row in rows}
    assert places >= {
        ("974", "La Réunion", "La Réunion"),
        ("975", "Saint-Pierre-et-Miquelon", "Saint-Pierre-et-Miquelon"),
        ("", "", ""),
    }
    assert {row["type_referentiel"] for row in rows} == {"RS"}
    assert "70332" in {row["code_formacode_1"] for row in rows}
    assert {row["code_nsf_1"] for row in rows} == {"326"}
    told = world.cpf("rejets", "portail").stdout
    for number, change in enumerate(SET_ASIDE, len(MENDED) + 2):
        assert re.search(rf"^\s*{number}\s+{next(iter(change))}\s", told, re.MULTILINE), told


def test_terminal_dagster_and_report_tell_the_same_counts(ran: tuple[World, str]) -> None:
    world, said = ran
    (record,) = (world.data / "atterrissage" / "portail").glob("[!.]*/depot.json")
    landed = json.loads(record.read_text(encoding="utf-8"))
    counts = [landed["lus"], landed["rejetes"], landed["atterris"], 0, 0, len(_rows(world))]
    assert counts == [10, 4, 6, 0, 0, 6]

    assert re.search(r"portail\s+" + r"\s+".join(map(str, counts)), said), said
    version = world.version(OFFER)
    assert version
    report = json.loads((version / "qualite.json").read_text(encoding="utf-8"))
    (fate,) = report["devenir"]
    assert list(fate.values()) == ["portail", *counts]
    assert "remplacés par une version plus récente" in (version / "qualite.html").read_text()

    with settings.state_in(world.data), instance() as dagster:
        event = dagster.get_latest_materialization_event(dg.AssetKey(["atterrissage", "portail"]))
        assert event
        assert event.asset_materialization
        metadata = event.asset_materialization.metadata
        assert [
            metadata[name].value for name in ("lignes_lues", "lignes_rejetees", "lignes_atterries")
        ] == counts[:3]
        rejects = str(metadata["rejets"].value)
        assert "| offre_2026-08-01.csv | 8 | nb_action | nombre_hors_bornes |" in rejects
        (check,) = (
            evaluation
            for run in dagster.get_runs()
            for entry in dagster.all_logs(run.run_id)
            if entry.dagster_event
            and entry.dagster_event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION
            for evaluation in [entry.dagster_event.asset_check_evaluation_data]
            if evaluation.check_name == "qualite"
        )
    table = str(check.metadata["enregistrements"].value)
    assert "| portail | " + " | ".join(map(str, counts)) + " |" in table


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside the repository")
def test_the_cases_that_blocked_the_dataset_are_published(tmp_path: Path) -> None:
    """PG1, PG2 and PG3 as one export: each row was alone in refusing all the others."""
    rows: list[dict[str, str]] = []
    for name in PUBLISHED:
        with (CASES / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter=";"):
                rows.append(row | {"numero_formation": f"{row['siret_of']}_{len(rows)}"})
    world = World(tmp_path / "data")
    world.cpf("land", "portail", str(write(tmp_path / "offre.csv", text(rows, rows[0]))))
    world.cpf("run", "--select", OFFER)
    published = {row["numero_formation"][-1]: row for row in _rows(world)}
    assert len(published) == len(rows) == 6
    assert published["1"]["nom_departement"] == published["1"]["nom_region"] == "La Réunion"
    assert published["3"]["type_referentiel"] == "RS"
    mended = ("code_formacode_1", "code_formacode_2", "code_nsf_1")
    assert [published["5"][name] for name in mended] == ["70332", "46006", "326"]
