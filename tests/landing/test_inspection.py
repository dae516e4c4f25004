"""``cpf inspect``: what a file is, which column is what, and a mapping that lands it."""

import tomllib
from pathlib import Path

import pytest

from orchestration.landing.inspection import TOP, inspect
from orchestration.landing.intake.hints import Hints, read_hints
from orchestration.landing.land import land
from tests.factories.csv_files import DOSSIER, OFFER, text, write
from tests.factories.public_exports import ENTRY, PURCHASE, USER

MODELS = {"offre": OFFER, "achats": PURCHASE, "usagers": USER, "entrees-sorties": ENTRY}
FORMER = {"date_chargement": "date_extract", "code_rs": "code_inventaire", "siret_of": "siret"}


@pytest.mark.parametrize("export", MODELS)
def test_each_export_is_recognised(export: str, tmp_path: Path) -> None:
    found = inspect(write(tmp_path / "f.csv", text([{}, {}], MODELS[export])), Hints())
    assert (found.export, found.rows, found.without_key) == (export, 2, 0), found
    assert (found.encoding, found.separator) == ("UTF-8", "point-virgule")
    assert any(f"cpf land portail/{export} " in remark for remark in found.remarks)
    roles = {column.name: column.role for column in found.columns}
    told = tomllib.loads(found.mapping)
    assert told.pop("jeu") == export
    assert told["colonnes"] == {role: name for name, role in roles.items() if role}


@pytest.mark.parametrize(
    ("names", "vintage"),
    [({}, "C"), (FORMER, "A")],
)
def test_the_vintage_of_an_offer_is_told(
    names: dict[str, str], vintage: str, tmp_path: Path
) -> None:
    model = {names.get(name, name): value for name, value in OFFER.items()}
    found = inspect(write(tmp_path / "f.csv", text([{}], model)), Hints())
    assert str(found.vintage).startswith(f"{vintage} ")


def test_the_form_is_told(tmp_path: Path) -> None:
    spoilt = text([{}], PURCHASE).replace(", ", " ").replace(";", "\t").encode("windows-1252")
    found = inspect(write(tmp_path / "f.csv", spoilt), Hints())
    assert (found.export, found.separator) == ("achats", "tabulation")
    assert found.encoding.startswith("Windows-1252")


def test_values_are_the_most_frequent_and_rows_without_key_are_counted(tmp_path: Path) -> None:
    rows = [{"intitule_certification": f"Titre {rank}"} for rank in range(40)]
    rows += [{"date validation": ""}] * 3
    found = inspect(write(tmp_path / "f.csv", text(rows, PURCHASE)), Hints())
    by_name = {column.name: column for column in found.columns}
    titles = by_name["intitule_certification"]
    assert len(titles.values) == TOP
    assert titles.values[0] == ("TOSA Word", 3)
    assert (by_name["date validation"].filled, found.without_key) == (40, 3)


def test_what_is_unknown_is_no_error(tmp_path: Path) -> None:
    found = inspect(write(tmp_path / "f.csv", "a;b\n1;2\n"), Hints())
    assert (found.export, found.problem, found.mapping) == (None, None, "")
    assert [column.values for column in found.columns] == [(("1", 1),), (("2", 1),)]
    told = inspect(write(tmp_path / "f.json", '[{"a": 1}]'), Hints())
    assert "JSON" in str(told.problem)


def test_values_of_persons_are_not_shown(tmp_path: Path) -> None:
    found = inspect(write(tmp_path / "f.csv", text([{}], DOSSIER)), Hints())
    assert found.export is None
    assert any("cpf land dossiers" in remark for remark in found.remarks)
    assert all(column.values == () for column in found.columns)
    named = inspect(write(tmp_path / "g.csv", text([{}], USER | {"Prénom": "Zoé"})), Hints())
    assert "Zoé" not in repr(named)


def test_the_wide_form_is_told(tmp_path: Path) -> None:
    content = "trimestre;region;nb_dossiers_femme;nb_dossiers_homme\n2024-T1;Bretagne;1;2\n"
    found = inspect(write(tmp_path / "f.csv", content), Hints())
    assert any("orme large" in remark for remark in found.remarks)


def test_a_mapping_that_was_mended_lands_what_was_not_recognised(tmp_path: Path) -> None:
    path = write(tmp_path / "usagers_2024-07-01.csv", "Periode;Volume;Sexe\n2024-T1;12;F\n")
    assert land("portail_usagers", [path])[0].status == "refuse"
    told = inspect(path, Hints(), asked="usagers")
    mended = told.mapping + 'trimestre_entree = "Periode"\nnb_dossiers = "Volume"\n'
    hints = read_hints(None, write(tmp_path / "m.toml", mended))
    (report,) = land("portail_usagers", [path], hints=hints)
    assert (report.status, report.atterris) == ("atterri", 1), report
