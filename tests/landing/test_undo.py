"""A landing is undone: set aside, taken back, landed again with a newer date; and told."""

import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration import settings
from orchestration.cli.app import app
from orchestration.landing.consultation import states
from orchestration.landing.intake.deposit_record import note_restored
from orchestration.landing.intake.history import current, deposits
from orchestration.landing.land import land, land_pending
from tests.factories.csv_files import DOSSIER, FINANCEMENT, ORGANISME, in_vault, text, write

pytestmark = pytest.mark.usefixtures("data_folder")

RUNNER = CliRunner()
TODAY = dt.datetime.now(dt.UTC).date()


def _list(folder: Path, day: str, name: str) -> Path:
    return write(folder / f"liste_{day}.csv", text([{"denomination": name}], ORGANISME))


def _names() -> list[str]:
    rows = in_vault("select denomination from coffre.atterrissage.organismes")
    return [name for (name,) in rows]


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """An old delivery and a newer one, both landed."""
    old, new = _list(tmp_path, "2026-10-01", "ANCIEN"), _list(tmp_path, "2026-11-01", "NOUVEAU")
    assert [report.status for report in land("organismes", [old, new])] == ["atterri"] * 2
    assert _names() == ["NOUVEAU"]
    return old, new


def test_a_deposit_is_set_aside_then_taken_back(two: tuple[Path, Path]) -> None:
    old, new = two
    command = ["land", "organismes", "--retirer", "--raison", "liste tronquée", str(new)]
    done = RUNNER.invoke(app, command)
    assert done.exit_code == 0
    assert "liste tronquée" in done.stdout.replace("\n", " ")
    assert _names() == ["ANCIEN"]
    assert [state.etat.split()[0] for state in states("organismes")] == ["lu", "retiré"]
    assert in_vault(
        "select fichier, courant, retire_le is not null from coffre.atterrissage.depots "
        "order by fichier"
    ) == [(old.name, True, False), (new.name, False, True)]

    assert [report.status for report in land("organismes", [new])] == ["repris"]
    assert _names() == ["NOUVEAU"]
    record = json.loads((deposits("organismes")[1].directory / "depot.json").read_text())
    assert [event["evenement"] for event in record["historique"]] == ["retiré", "repris"]
    assert record["historique"][0]["raison"] == "liste tronquée"


def test_a_deposit_is_taken_back_without_its_file(two: tuple[Path, Path]) -> None:
    new = two[1]
    assert RUNNER.invoke(app, ["land", "organismes", "--retirer", new.name]).exit_code == 0
    new.unlink()
    assert RUNNER.invoke(app, ["land", "organismes", "--reprendre", new.name]).exit_code == 0
    assert _names() == ["NOUVEAU"]
    both = ["land", "organismes", "--retirer", "--reprendre", new.name]
    assert RUNNER.invoke(app, both).exit_code == 2


def test_all_deposits_set_aside_leave_an_empty_table(two: tuple[Path, Path]) -> None:
    names = [str(path) for path in two]
    assert RUNNER.invoke(app, ["land", "organismes", "--retirer", *names]).exit_code == 0
    assert _names() == []


def test_what_is_set_aside_is_not_taken_back_by_a_run(tmp_path: Path) -> None:
    delivered = settings.extracts("organismes")
    path = _list(delivered, "2026-11-01", "NOUVEAU")
    assert [report.status for report in land_pending("organismes")] == ["atterri"]
    assert RUNNER.invoke(app, ["land", "organismes", "--retirer", path.name]).exit_code == 0
    (report,) = land_pending("organismes")
    assert report.status == "deja_atterri"
    assert "« cpf land organismes » le reprend" in report.warnings[0]
    assert _names() == []


def test_an_unknown_deposit_is_said_and_nothing_is_set_aside(two: tuple[Path, Path]) -> None:
    done = RUNNER.invoke(app, ["land", "organismes", "--retirer", two[1].name, "inconnu.csv"])
    assert done.exit_code == 1
    assert "aucun dépôt de organismes ne porte ce nom" in done.stderr
    assert _names() == ["NOUVEAU"]


def test_the_same_bytes_with_a_newer_date_are_current_again(two: tuple[Path, Path]) -> None:
    old, _ = two
    assert [report.status for report in land("organismes", [old])] == ["deja_atterri"]
    (report,) = land("organismes", [old], dt.date(2026, 11, 2))
    assert (report.status, report.date) == ("atterri", dt.date(2026, 11, 2))
    assert _names() == ["ANCIEN"]
    assert [state.etat.split()[0] for state in states("organismes")] == ["retiré", "remplacé", "lu"]
    assert [report.status for report in land("organismes", [old])] == ["deja_atterri"]


def test_the_same_list_of_another_day_is_a_newer_one(two: tuple[Path, Path]) -> None:
    """A list that has come back to what it was: the newest file says so, whatever its bytes."""
    again = write(two[0].with_name("liste_2026-11-15.csv"), two[0].read_bytes())
    assert [report.status for report in land("organismes", [again])] == ["atterri"]
    assert _names() == ["ANCIEN"]


def test_a_delta_with_a_newer_date_counts_once(tmp_path: Path) -> None:
    path = write(tmp_path / "financements_2023-03.csv", text([{}], FINANCEMENT))
    land("financements", [path])
    assert [x.status for x in land("financements", [path], dt.date(2023, 5, 1))] == ["atterri"]
    assert in_vault("select count(*) from coffre.atterrissage.financements") == [(1,)]
    assert [str(x.date_extraction) for x in current("financements")] == ["2023-05-01"]
    (older, _) = deposits("financements")
    note_restored(older, "as if the landing had been killed before it set it aside")
    assert [str(x.date_extraction) for x in current("financements")] == ["2023-05-01"]


@pytest.mark.parametrize("source", ["organismes", "financements"])
def test_the_future_is_refused(source: str, tmp_path: Path) -> None:
    model = {"organismes": ORGANISME, "financements": FINANCEMENT}[source]
    day = TODAY + dt.timedelta(days=3)
    path = write(tmp_path / f"x_{day}.csv", text([{}], model))
    (report,) = land(source, [path])
    assert report.status == "refuse"
    assert f"dans le futur ({day:%d/%m/%Y})" in str(report.error)
    (given,) = land(source, [path], day)
    assert given.status == "refuse"
    assert land(source, [path], TODAY)[0].status == "atterri"


def test_the_current_month_is_no_future(tmp_path: Path) -> None:
    path = write(tmp_path / f"financements_{TODAY:%Y-%m}.csv", text([{}], FINANCEMENT))
    (report,) = land("financements", [path])
    assert (report.status, report.date) == ("atterri", TODAY)


def test_an_older_delivery_says_that_it_will_not_be_read(two: tuple[Path, Path]) -> None:
    older = _list(two[0].parent, "2026-09-01", "PLUS VIEUX")
    (report,) = land("organismes", [older])
    assert report.status == "atterri"
    assert report.warnings[0].startswith(
        "plus ancien que la livraison courante (liste_2026-11-01.csv, du 01/11/2026) : il ne "
        "sera pas lu"
    )
    assert _names() == ["NOUVEAU"]


def test_rejects_are_told_by_line_and_their_text_only_on_request(tmp_path: Path) -> None:
    rows = [{"id_dossier": f"D{n}", "prix": "douze" if n == 2 else "12"} for n in range(4)]
    path = write(tmp_path / "dossiers_2023-03.csv", text(rows, DOSSIER))
    land("dossiers", [path])
    shown = RUNNER.invoke(app, ["rejets", "dossiers"])
    assert shown.exit_code == 0
    assert "Rejets de dossiers_2023-03.csv : 1" in shown.stdout
    assert all(word in shown.stdout for word in ("4 ", "prix", "nombre_invalide"))
    hidden = (DOSSIER["id_titulaire"], DOSSIER["date_naissance"], "douze")
    assert not [word for word in hidden if word in shown.stdout]
    asked = RUNNER.invoke(app, ["rejets", "dossiers", "--depot", path.name, "--contenu"])
    assert all(word in asked.stdout for word in hidden)
    assert RUNNER.invoke(app, ["rejets", "dossiers", "--depot", "autre.csv"]).exit_code == 1
    assert RUNNER.invoke(app, ["rejets", "inconnue"]).exit_code == 2
