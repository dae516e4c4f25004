"""Files as others publish them (``shared/cases/landing``), each with what must come of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestration import settings
from orchestration.cli.app import app
from orchestration.landing.intake.history import current
from orchestration.landing.land import LandingReport, land
from tests.factories.csv_files import in_vault, rejects

CASES = settings.PROJECT.parent / "shared" / "cases" / "landing"
pytestmark = [
    pytest.mark.usefixtures("data_folder"),
    pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside the repository"),
]
# Those whose outcome is a publication: tests/integration/test_odd_records.py.
PUBLISHED = {"PG1", "PG2", "PG3"}


def _cases() -> dict[str, dict[str, Any]]:
    path = CASES / "cases.json"
    content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"cases": []}
    return {case["id"]: case for case in content["cases"]}


def _land(case: str) -> list[LandingReport]:
    declared = _cases()[case]
    return [land(declared["source"], [CASES / name])[0] for name in declared["files"]]


def _current(source: str) -> list[str]:
    return [deposit.fichier for deposit in current(source)]


def dgefp_list_of_data_gouv() -> None:
    (report,) = _land("OF1")
    assert (report.status, report.lus, report.atterris, report.rejetes) == ("atterri", 3, 3, 0)
    assert report.warnings == ()
    assert in_vault(
        "select date_derniere_declaration::varchar, debut_exercice::varchar, nb_stagiaires "
        "from coffre.atterrissage.organismes where numero_declaration_activite = '01970000001'"
    ) == [("2026-05-18", "2025-01-01", 120)]
    assert in_vault(
        "select actions_de_formation from coffre.atterrissage.organismes "
        "where numero_declaration_activite = '11750000002'"
    ) == [(None,)]


def dgefp_list_of_its_portal() -> None:
    (report,) = _land("OF2")
    assert (report.lus, report.atterris, report.rejetes) == (2, 2, 0)
    assert in_vault(
        "select code_postal, date_derniere_declaration::varchar "
        "from coffre.atterrissage.organismes where numero_declaration_activite = '01970000001'"
    ) == [("97122", "2026-05-18")]


def a_delivery_whose_every_record_is_rejected() -> None:
    good, bad = _land("SN1")
    assert (good.status, bad.status) == ("atterri", "refuse")
    assert "tous les enregistrements (1) sont rejetés : " in str(bad.error)
    assert "(d'abord ligne " in str(bad.error)
    assert _current("edof") == ["edof_bon_2026-11-01.xml"]


def a_landing_is_undone() -> None:
    good, other = _land("SN3")
    files = [CASES / name for name in _cases()["SN3"]["files"]]
    assert good.status == "atterri"
    if other.status == "atterri":  # its dates are now read: it is no longer rejected
        assert _current("organismes") == [files[1].name]
    command = ["land", "organismes", "--date", "2026-11-29", str(files[0])]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert _current("organismes") == [files[0].name]


def a_date_in_the_future() -> None:
    future, recent = _land("DT1")
    assert future.status == "refuse"
    assert "date d'extraction dans le futur (31/12/2099)" in str(future.error)
    assert recent.status == "atterri"
    assert _current("edof") == ["edof_catalogue_2026-11-28.xml"]


def a_new_column_is_told() -> None:
    (report,) = _land("PN1")
    assert (report.status, report.atterris) == ("atterri", 1)
    assert report.warnings == ("colonnes inconnues, laissées de côté : mode_acces.",)


def an_index_of_pandas_is_told() -> None:
    (report,) = _land("PN2")
    assert (report.status, report.atterris) == ("atterri", 1)
    assert report.warnings == ("colonnes inconnues, laissées de côté : colonne 1 (sans nom).",)


def collectivites_are_places() -> None:
    (report,) = _land("GE1")
    assert (report.atterris, report.rejetes) == (4, 0)
    places = in_vault(
        "select code_departement, code_region from coffre.atterrissage.portail_catalogue"
    )
    assert places == [("35", "53"), ("975", "975"), ("977", "977"), ("978", "978")]


def a_dossier_from_anywhere() -> None:
    (report,) = _land("GE2")
    assert (report.atterris, report.rejetes) == (4, 0)
    assert in_vault(
        "select code_departement_residence, prix::varchar from coffre.atterrissage.dossiers"
    ) == [("978", "1330.00"), ("975", "1330.00"), ("99", "1330.00"), ("35", "1330.00")]


def an_ampersand_is_named() -> None:
    (report,) = _land("MS1")
    assert report.status == "refuse"
    assert "ligne 5, colonne 91 : « & » non échappé (écrire &amp;)" in str(report.error)
    assert "tronqué" not in str(report.error)


def json_is_named() -> None:
    (report,) = _land("MS2")
    assert report.status == "refuse"
    assert "fichier JSON et non CSV : prendre l'export CSV" in str(report.error)


def a_member_and_an_empty_register_are_named() -> None:
    member, register = _land("MS3")
    assert [member.status, register.status] == ["refuse", "refuse"]
    assert "un seul des dix fichiers de l'export" in str(member.error)
    assert "export XML du registre" in str(register.error)
    assert "prendre export-fiches-csv-*.zip" in str(register.error)


def misplaced_elements_are_named() -> None:
    land("edof", [CASES / "edof_code_certifinfo.xml"])
    (reject,) = rejects("edof")
    assert (reject["colonne"], reject["motif"]) == ("certification", "element_inattendu")
    report = land("edof", [CASES / "edof_session_deux_fois.xml"])[0]
    assert report.status == "refuse"
    assert "element_inattendu 1 fois" in str(report.error)
    assert "colonne session : élément inconnu, répété ou mal placé" in str(report.error)


def rejects_are_read() -> None:
    """The files of the case are whole now: that of another one still has a reject."""
    for name in _cases()["RJ1"]["files"]:
        source = "organismes" if name.startswith("of_") else "portail"
        assert land(source, [CASES / name])[0].rejetes == 0
    land("edof", [CASES / "edof_code_certifinfo.xml"])
    shown = CliRunner().invoke(app, ["rejets"], env={"COLUMNS": "80"})
    assert shown.exit_code == 0
    assert "of_datagouv_2026.csv" in shown.stdout
    (reject,) = rejects("edof")
    line = f"{reject['ligne']}"
    assert "Rejets de edof_code_certifinfo.xml : 1" in shown.stdout
    assert all(word in shown.stdout for word in (line, "certification", "element_inattendu"))
    assert "85556" not in shown.stdout
    content = CliRunner().invoke(app, ["rejets", "edof", "--contenu"])
    assert "<code-CERTIFINFO>85556</code-CERTIFINFO>" in content.stdout.replace("\n", "")


CHECKS: dict[str, Callable[[], None]] = {
    "OF1": dgefp_list_of_data_gouv,
    "OF2": dgefp_list_of_its_portal,
    "SN1": a_delivery_whose_every_record_is_rejected,
    "SN3": a_landing_is_undone,
    "DT1": a_date_in_the_future,
    "PN1": a_new_column_is_told,
    "PN2": an_index_of_pandas_is_told,
    "GE1": collectivites_are_places,
    "GE2": a_dossier_from_anywhere,
    "MS1": an_ampersand_is_named,
    "MS2": json_is_named,
    "MS3": a_member_and_an_empty_register_are_named,
    "MS4": misplaced_elements_are_named,
    "RJ1": rejects_are_read,
}


@pytest.mark.parametrize("case", CHECKS)
def test_case(case: str) -> None:
    CHECKS[case]()


def test_every_case_is_tried() -> None:
    assert set(_cases()) == set(CHECKS) | PUBLISHED
    assert all((CASES / name).exists() for case in _cases().values() for name in case["files"])
