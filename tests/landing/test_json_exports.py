"""JSON exports of the portal, as an array or by lines; another JSON is named for what it is."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.landing.inspection import inspect
from orchestration.landing.intake.hints import Hints
from orchestration.landing.land import land
from orchestration.landing.public_folder import deliveries
from tests.factories.csv_files import OFFER, SIRET, in_vault, rejects, text, write

pytestmark = pytest.mark.usefixtures("data_folder")

MODEL = OFFER | {"nom_of": "", "nom_departement": "", "nom_region": "", "intitule_formation": ""}
ROWS = [
    {"nom_of": "Été ; « œuvre »"},
    {"numero_formation": f"{SIRET}_2", "code_departement": "", "code_region": ""},
    {"numero_formation": f"{SIRET}_3", "nb_action": "0"},
]
NAMED = "fichier JSON et non CSV : prendre l'export CSV"


def _records() -> list[dict[str, Any]]:
    """Rows as the API of a portal writes them: figures are numbers, nothing is null."""
    read = csv.DictReader(io.StringIO(text(ROWS, MODEL)), delimiter=";")
    figures = ("nb_", "nombre_", "frais_", "code_rs", "code_rncp")
    return [
        {
            name: None if value == "" else json.loads(value) if name.startswith(figures) else value
            for name, value in row.items()
        }
        for row in read
    ]


def _landed() -> list[tuple[Any, ...]]:
    return in_vault(f"select {', '.join(MODEL)} from coffre.atterrissage.portail_catalogue")


@pytest.mark.parametrize("form", ["array", "lines"])
def test_it_lands_as_the_csv_does(form: str, tmp_path: Path) -> None:
    lines = [json.dumps(row | {"liste": [1, 2]}, ensure_ascii=False) for row in _records()]
    content = f"[{', '.join(lines)}]" if form == "array" else "\n".join(lines)
    path = write(tmp_path / "portail.json", content)
    found = inspect(path, Hints())
    assert (found.export, found.encoding, found.separator, found.rows) == ("offre", "JSON", "", 3)
    (report,) = land("portail", [path])
    assert (report.status, report.atterris, report.rejetes) == ("atterri", 2, 1), report.error
    assert report.warnings == ("colonnes inconnues, laissées de côté : liste.",)
    (reject,) = rejects("portail")
    assert (reject["ligne"], reject["colonne"]) == (3, "nb_action")
    assert f'"numero_formation":"{SIRET}_3"' in reject["contenu"]
    from_json = _landed()
    land("portail", [write(tmp_path / "portail.csv", text(ROWS, MODEL))])
    assert len(from_json) == 2
    assert from_json == _landed()


def test_a_folder_knows_it_from_a_description(tmp_path: Path) -> None:
    write(tmp_path / "offre.json", json.dumps(_records()))
    write(tmp_path / "autre.json", json.dumps({"dataset_id": "x", "fields": []}))
    (delivery,) = deliveries(tmp_path)
    assert (delivery.path.name, delivery.source, delivery.problem) == ("offre.json", "portail", "")


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([{name: str(value) for name, value in row.items()} for row in _records()]),
        json.dumps([{k: "" if v is None else v for k, v in row.items()} for row in _records()]),
        json.dumps({"total_count": 3, "results": _records(), "a": 1, "b": 2, "c": 3}),
        "[]",
        '{"a": ' * 3000,
    ],
    ids=["texts only", "empty texts", "page of the API", "nothing", "deep"],
)
def test_another_json_is_named(content: str, tmp_path: Path) -> None:
    (report,) = land("portail", [write(tmp_path / "portail.json", content)])
    assert (report.status, NAMED in str(report.error)) == ("refuse", True), report.error


def test_a_truncated_one_is_refused(tmp_path: Path) -> None:
    """Whether the end is in what is looked at first, or far behind it."""
    for times in (1, 400):
        content = json.dumps(_records() * times)[:-40]
        (report,) = land("portail", [write(tmp_path / "portail.json", content)])
        assert report.status == "refuse"
        assert "JSON" in str(report.error)
