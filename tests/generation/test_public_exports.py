"""The four public exports of the demo: the publisher's names, its sums, and no dossier left."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from orchestration.generation.generator import generate_public
from orchestration.generation.public_exports import DATASETS
from orchestration.generation.scales import fraction
from orchestration.landing.inspection import inspect
from orchestration.landing.intake import schemas
from orchestration.landing.intake.hints import Hints

Rows = list[dict[str, str]]
EXPORTS = {
    "offre": "offre",
    "achats": "achats",
    "usagers": "usagers",
    "entrees_sorties": "entrees-sorties",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    generate_public(fraction(0.002), "2021-06", 7, folder)
    return folder


def _file(folder: Path, name: str) -> Path:
    return folder / f"{DATASETS[name]}_2021-06-30.csv"


def _rows(folder: Path, name: str) -> Rows:
    with _file(folder, name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_nothing_but_the_four_and_the_registers_is_left(folder: Path) -> None:
    registers = {
        "export-fiches-csv-2021-06-30.zip",
        "export-fiches-rs-v4-1-2021-06-30.zip",
        "organismes_2021-06-30.csv",
    }
    four = {_file(folder, x).name for x in DATASETS}
    assert {path.name for path in folder.iterdir()} == four | registers


@pytest.mark.parametrize("name", EXPORTS)
def test_each_is_recognised_for_what_it_is(name: str, folder: Path) -> None:
    found = inspect(_file(folder, name), Hints())
    assert (found.export, found.without_key) == (EXPORTS[name], 0)
    assert found.rows > 300
    assert [column.name for column in found.columns if column.role is None] == []


def test_the_offer_has_the_columns_of_the_last_vintage_in_their_order(folder: Path) -> None:
    assert list(_rows(folder, "offre")[0]) == list(schemas.SOURCES["portail"]["catalogue"])


def test_the_offer_has_the_odd_rows_of_the_publisher(folder: Path) -> None:
    """A place whose code has no name; a certification without type or code."""
    rows = _rows(folder, "offre")
    unnamed = [x for x in rows if x["code_departement"] and not x["nom_departement"]]
    inactive = [x for x in rows if not x["type_referentiel"]]
    assert 0 < len(unnamed) < 0.02 * len(rows)
    assert 0 < len(inactive) < 0.1 * len(rows)
    assert all((x["code_rs"], x["code_rncp"]) == ("-1", "-1") for x in inactive)
    assert all(
        (x["code_rs"] == "-1") != (x["code_rncp"] == "-1") for x in rows if x not in inactive
    )


def test_entries_of_a_quarter_are_those_of_the_users(folder: Path) -> None:
    """The same dossiers, but for those whose place is not told and what is masked."""
    entered: dict[str, int] = defaultdict(int)
    for row in _rows(folder, "entrees_sorties"):
        quarter = f"{row['annee']}-T{(int(row['mois']) + 2) // 3}"
        entered[quarter] += int(row["entrees_formation"])
    users: dict[str, int] = defaultdict(int)
    masked: dict[str, int] = defaultdict(int)
    for row in _rows(folder, "usagers"):
        users[row["trimestre_entree"]] += int(row["nb_dossiers"] or 0)
        masked[row["trimestre_entree"]] += not row["nb_dossiers"]
    assert set(users) <= set(entered)
    for quarter, count in users.items():
        assert count + masked[quarter] <= entered[quarter]
        # A masked row is that of one to four persons.
        assert entered[quarter] <= 1.05 * (count + 5 * masked[quarter])


def test_what_few_share_is_masked_whole(folder: Path) -> None:
    rows = _rows(folder, "usagers")
    assert {bool(row["nb_dossiers"]) for row in rows} == {True, False}
    for row in rows:
        if row["nb_dossiers"]:
            assert int(row["nb_titulaires"]) >= 5
        else:
            assert not [x for name, x in row.items() if name.startswith("montant") and x]


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    generate_public(fraction(0.002), "2021-06", 7, tmp_path)
    for name in DATASETS:
        assert _file(folder, name).read_bytes() == _file(tmp_path, name).read_bytes()
