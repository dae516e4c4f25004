"""The public exports of purchases, users, entries and exits: forms, values, masks, financers."""

import datetime as dt
import gzip
import io
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration import settings
from orchestration.landing.intake import schemas
from orchestration.landing.intake.hints import read_hints
from orchestration.landing.intake.history import current
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.land import LandingReport, land
from tests.factories.csv_files import in_vault, text, write
from tests.factories.public_exports import ENTRY, PURCHASE, USER

SAMPLE = settings.PROJECT.parent / "shared" / "samples" / "catalogue_nsf326_2024-07.csv"
VINTAGES: dict[str, dict[str, str]] = {
    "A, in another case": {"date_extract": "Date_Extract"},
    "B′": {"siret": "siret_of"},
    "C": {
        "siret": "siret_of",
        "date_extract": "date_chargement",
        "code_inventaire": "code_rs",
    },
    "facets": {"type_referentiel": "rsrncp"},
}
ACHATS, USAGERS, ENTREES = "portail_achats", "portail_usagers", "portail_entrees_sorties"
MODELS = {ACHATS: PURCHASE, USAGERS: USER, ENTREES: ENTRY}


def _land(folder: Path, source: str, content: str | bytes, **more: Any) -> LandingReport:
    return land(source, [write(folder / f"{source}_2024-08-01.csv", content)], **more)[0]


def _landed(source: str, columns: str = "* exclude (_fichier, _sha256)") -> list[tuple[Any, ...]]:
    return in_vault(f"select {columns} from coffre.atterrissage.{source}")


def _one(folder: Path, source: str, columns: str, **changed: str) -> tuple[Any, ...]:
    report = _land(folder, source, text([changed], MODELS[source] | changed))
    assert (report.status, report.rejetes) == ("atterri", 0), report
    return _landed(source, columns)[0]


def _zipped(content: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("export.csv", content)
    return target.getvalue()


def _spreadsheet(content: str) -> str:
    """Days and decimals as Excel writes them."""
    days = re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3/\2/\1", content)
    return re.sub(r"(\d)\.(\d\d)(?=[;\n])", r"\1,\2", days)


def _labels(content: str) -> str:
    header, rest = content.split("\n", 1)
    return header.replace("_", " ").capitalize() + "\n" + rest


@pytest.mark.parametrize("source", MODELS)
@pytest.mark.parametrize(
    "form",
    [
        lambda usual: "\ufeff" + usual,
        lambda usual: usual.replace("\n", "\r\n"),
        lambda usual: usual.replace(",", "§").replace(";", ","),
        lambda usual: usual.replace(";", "\t"),
        lambda usual: usual.encode("windows-1252"),
        lambda usual: gzip.compress(usual.encode()),
        _zipped,
        lambda usual: usual.split("\n")[0].upper() + "\n" + usual.split("\n", 1)[1],
        lambda usual: "\n".join(";".join(reversed(x.split(";"))) for x in usual.splitlines()),
        lambda usual: usual.replace("\n", ";\n"),
        _spreadsheet,
        _labels,
    ],
    ids=[
        *("BOM", "CRLF", "commas", "tabs", "Windows-1252", "gzip", "zip", "capitals"),
        *("another order", "a separator ends every line", "a spreadsheet", "labels"),
    ],
)
def test_every_form_lands_the_same(source: str, form: Any, tmp_path: Path) -> None:
    usual = text([{}], MODELS[source]).replace(", ", " ")
    _land(tmp_path / "a", source, usual)
    (expected,) = _landed(source)
    report = _land(tmp_path / "b", source, form(usual), date=dt.date(2025, 4, 1))
    assert (report.status, report.atterris) == ("atterri", 1), report
    other = _landed(source)[-1]
    # All but where and when it landed.
    assert other[2:] == expected[2:]


def test_the_fourteen_names_of_purchases_land(tmp_path: Path) -> None:
    row = _one(
        tmp_path,
        ACHATS,
        "mois_validation, type_referentiel, code_rs, code_rncp, code_certifinfo, "
        "code_region_lieu_formation, code_departement_lieu_formation, nb_dossiers, nb_titulaires, "
        "montant_engage, montant_titulaire, montant_non_ventile, masque",
    )
    assert row == (
        *("2024-03", "RNCP", -1, 37674, "-1", "27", "21", 12, None),
        *(Decimal("14400.00"), None, Decimal("14400.00"), False),
    )


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("2024-03", "2024-03"),
        ("2024-03-01", "2024-03"),
        ("2024-03-01T00:00:00+01:00", "2024-03"),
        ("202403", "2024-03"),
        ("03/2024", "2024-03"),
        ("01/03/2024", "2024-03"),
        ("3", "2024-03"),
    ],
)
def test_a_month_is_read_however_written(written: str, month: str, tmp_path: Path) -> None:
    assert _one(tmp_path, ACHATS, "mois_validation", **{"date validation": written}) == (month,)


@pytest.mark.parametrize(
    "written",
    [
        *("2024-T1", "2024T1", "T1 2024", "2024-Q1", "1er trimestre 2024", "Trimestre 1 2024"),
        *("2024-01-01", "2024-01", "01/2024", "2024 T1"),
    ],
)
def test_a_quarter_is_read_however_written(written: str, tmp_path: Path) -> None:
    assert _one(tmp_path, USAGERS, "trimestre_entree", trimestre_entree=written) == ("2024-T1",)


@pytest.mark.parametrize(
    ("column", "written", "landed", "value"),
    [
        ("genre", "H", "genre", "Homme"),
        ("genre", "Madame", "genre", "Femme"),
        ("genre", "1", "genre", "Homme"),
        ("genre", "", "genre", "Non renseigné"),
        ("classe_age", "<25", "tranche_age", "Moins de 25 ans"),
        ("classe_age", "moins de 25 ans", "tranche_age", "Moins de 25 ans"),
        ("classe_age", "50 et +", "tranche_age", "50 ans et plus"),
        ("classe_age", "30-39", "tranche_age", "30-39"),
        ("classe_age", "60+", "tranche_age", "60+"),
        ("situation", "Demandeurs d’emploi", "csp", "Demandeur d'emploi"),
        ("situation", "chômeur", "csp", "Demandeur d'emploi"),
        ("situation", "Ouvriers", "csp", "Ouvrier"),
        ("situation", "Employées", "csp", "Employé"),
        ("situation", "Professions intermédiaires", "csp", "Profession intermédiaire"),
        ("situation", "Retraité", "csp", "Retraité"),
        ("statut", "Clôturé", "statut", "Clos"),
        ("statut", "Clos - Réalisation Totale", "statut", "Clos"),
        ("statut", "Rejeté", "statut", "Clos"),
        ("statut", "Entrée en formation", "statut", "En cours"),
        ("region_domiciliation", "bourgogne- franche-comté", "code_region_residence", "27"),
        ("region_domiciliation", "Centre - Val de Loire", "code_region_residence", "24"),
        ("region_domiciliation", "Provence-Alpes-Côte d’Azur", "code_region_residence", "93"),
        ("region_domiciliation", "Ailleurs", "code_region_residence", None),
        ("nb_dossiers", "1 234,0", "nb_dossiers", 1234),
        ("montant_engage", "1 234,50", "montant_engage", Decimal("1234.50")),
    ],
)
def test_values_of_users(
    column: str, written: str, landed: str, value: object, tmp_path: Path
) -> None:
    assert _one(tmp_path, USAGERS, landed, **{column: written}) == (value,)


@pytest.mark.parametrize(
    ("column", "written", "landed", "value"),
    [
        ("modalite_presence", "Formation en présentiel", "modalite_presence", "En présentiel"),
        ("modalite_presence", "Distanciel", "modalite_presence", "À distance"),
        ("modalite_presence", "présentiel et distance", "modalite_presence", "Mixte"),
        ("modalite_presence", "Autre chose", "modalite_presence", "Autre chose"),
        (
            "statut_dossier",
            "clos – réalisation totale",
            "statut_dossier",
            "Clos - Réalisation Totale",
        ),
        ("statut_dossier", "Suspendu", "statut_dossier", "Suspendu"),
        ("code_rncp", "RNCP37674", "code_rncp", 37674),
        ("code_rncp", "37674.0", "code_rncp", 37674),
        ("code_rncp", "-1.0", "code_rncp", -1),
        ("code_rncp", "", "code_rncp", -1),
        ("departement_lieu_formation", "Côte-d’Or", "code_departement_lieu_formation", "21"),
    ],
)
def test_values_of_purchases(
    column: str, written: str, landed: str, value: object, tmp_path: Path
) -> None:
    assert _one(tmp_path, ACHATS, landed, **{column: written}) == (value,)


@pytest.mark.parametrize("source", MODELS)
def test_a_row_of_tomorrow_is_rejected_alone(source: str, tmp_path: Path) -> None:
    """A whole file of tomorrow is refused: nothing dates it."""
    model = MODELS[source] | {"date_chargement": "2024-07-01"}
    rows = [{}, {"date_chargement": "2099-01-01"}]
    report = _land(tmp_path / "a", source, text(rows, model))
    assert (report.atterris, report.rejects_by_reason) == (1, {"date_hors_bornes": 1})
    report = _land(tmp_path / "b", source, text(rows[1:], model))
    assert report.status == "refuse"


@pytest.mark.parametrize("mask", ["", "NC", "s", "secret", "-", "*", "<5", "<10"])
def test_a_masked_figure_is_null_and_said(mask: str, tmp_path: Path) -> None:
    landed = _one(tmp_path, USAGERS, "nb_dossiers, montant_engage, masque", nb_dossiers=mask)
    assert landed == (None, Decimal("14400.00"), True)
    (deposit,) = current(USAGERS)
    assert deposit.rejetes == 0


def test_a_line_written_twice_lands_once_and_rows_read_alike_all_land(tmp_path: Path) -> None:
    rows = [{"nb_dossiers": ""}, {"nb_dossiers": ""}, {"nb_dossiers": "NC"}]
    report = _land(tmp_path, USAGERS, text(rows, USER))
    assert (report.atterris, report.rejects_by_reason) == (2, {"doublon": 1})
    first, second = _landed(USAGERS, "* exclude (_fichier, _sha256, _num)")
    assert first == second


def test_a_figure_that_is_none_is_rejected(tmp_path: Path) -> None:
    rows = [{}, {"nb_dossiers": "douze", "genre": "H"}]
    report = _land(tmp_path, USAGERS, text(rows, USER))
    assert (report.atterris, report.rejects_by_reason) == (1, {"nombre_invalide": 1})


FINANCED = {
    "montant_engage_titulaire": "14000.00",
    "reste à charge titulaire": "100",
    "Montant financé par Pôle emploi": "300.00",
}
_AMOUNTS = "montant_titulaire, montant_reste_a_charge, montant_france_travail, montant_non_ventile"


@pytest.mark.parametrize(
    ("changed", "amounts"),
    [
        ({}, ("14000.00", "100.00", "300.00", "0.00")),
        ({"montant_engage_titulaire": "13000"}, ("13000.00", "100.00", "300.00", "1000.00")),
        ({"reste à charge titulaire": ""}, ("14000.00", None, "300.00", "100.00")),
        # Below a euro and a thousandth: roundings.
        ({"reste à charge titulaire": "95"}, ("14000.00", "95.00", "300.00", "0.00")),
        # More than the whole: these are no amounts of financers; the whole stays.
        ({"montant_engage_titulaire": "99000"}, (None, None, None, "14400.00")),
    ],
)
def test_amounts_of_financers_make_the_whole(
    changed: dict[str, str], amounts: tuple[str | None, ...], tmp_path: Path
) -> None:
    report = _land(tmp_path, ACHATS, text([changed], PURCHASE | FINANCED))
    assert report.status == "atterri", report
    expected = tuple(x and Decimal(x) for x in amounts)
    assert _landed(ACHATS, _AMOUNTS)[0] == expected
    told = any("financeurs" in warning for warning in report.warnings)
    assert told == (amounts[-1] != "0.00")


@pytest.mark.parametrize(("part", "is_amount"), [("0.4", False), ("40", False), ("5760", True)])
def test_a_share_is_no_amount(part: str, *, is_amount: bool, tmp_path: Path) -> None:
    report = _land(tmp_path, ACHATS, text([{}], PURCHASE | {"part_employeur": part}))
    (landed,) = _landed(ACHATS, "montant_employeur")
    assert landed == (Decimal(part) if is_amount else None,)
    assert any("part_employeur" in x for x in report.warnings) != is_amount


@pytest.mark.parametrize(
    "missing",
    [name for name in USER if name not in ("trimestre_entree", "nb_dossiers")],
)
def test_every_optional_role_of_users_may_be_missing(missing: str, tmp_path: Path) -> None:
    model = {name: value for name, value in USER.items() if name != missing}
    report = _land(tmp_path, USAGERS, text([{}], model))
    assert (report.status, report.atterris) == ("atterri", 1), report


def test_a_column_more_or_less_or_elsewhere_changes_nothing(tmp_path: Path) -> None:
    _land(tmp_path / "a", ENTREES, text([{}], ENTRY))
    (expected,) = _landed(ENTREES)
    more = {"nouveau": "x"} | dict(reversed(ENTRY.items()))
    report = _land(tmp_path / "b", ENTREES, text([{}], more))
    assert any("nouveau" in x for x in report.warnings)
    assert _landed(ENTREES)[-1][2:] == expected[2:]


@pytest.mark.parametrize("source", MODELS)
@pytest.mark.parametrize("name", ["NIR", "nom_titulaire", "Prénom", "date de naissance", "email"])
def test_a_file_that_names_persons_is_no_public_export(
    source: str, name: str, tmp_path: Path
) -> None:
    report = _land(tmp_path, source, text([{}], MODELS[source] | {name: "Zoé"}))
    assert report.status == "refuse"
    assert name in str(report.error)
    assert "Zoé" not in str(report.error)
    assert current(source) == []


def test_an_older_file_says_what_will_be_read_of_it(tmp_path: Path) -> None:
    _land(tmp_path / "a", USAGERS, text([{}], USER))
    older = USER | {"trimestre_entree": "2023-T4", "date_chargement": "2024-01-01"}
    report = _land(tmp_path / "b", USAGERS, text([{}], older))
    assert any("plus ancien que" in warning for warning in report.warnings), report
    # Both are there: the models choose by period.
    assert {row[0] for row in _landed(USAGERS, "trimestre_entree")} == {"2023-T4", "2024-T1"}


def test_the_real_row_of_entries_lands(tmp_path: Path) -> None:
    columns = "annee_mois, code_rncp, code_rs, code_certifinfo, siret_of_contractant, " + (
        "entrees_formation, sorties_realisation_partielle, sorties_realisation_totale"
    )
    assert _one(tmp_path, ENTREES, columns) == (
        *("2024-11", -1, 5055, "106691", "45331683800045"),
        *(4, 0, 4),
    )
    assert current(ENTREES)[0].date_extraction == dt.date(2025, 3, 3)


def test_year_and_month_make_a_month(tmp_path: Path) -> None:
    model = {name: value for name, value in ENTRY.items() if name != "annee_mois"}
    report = _land(tmp_path, ENTREES, text([{"mois": "3"}], model))
    assert report.status == "atterri", report
    assert _landed(ENTREES, "annee_mois") == [("2024-03",)]


def test_a_wrong_siret_is_rejected_alone(tmp_path: Path) -> None:
    report = _land(tmp_path, ENTREES, text([{}, {"siret_of_contractant": "123"}], ENTRY))
    assert (report.atterris, report.rejects_by_reason) == (1, {"siret_invalide": 1})


def test_a_description_names_the_columns_and_dates_the_file(tmp_path: Path) -> None:
    model = {"Effectif": "12", "Période": "2024-T1", "Sexe": "F"}
    description = {
        "dataset_id": "usagers-cpf",
        "metas": {"default": {"modified": "2024-07-02T10:00:00+00:00"}},
        "fields": [
            {"name": "nb_dossiers", "label": "Effectif", "type": "int"},
            {"name": "trimestre_entree", "label": "Période", "type": "text"},
            {"name": "genre", "label": "Sexe", "type": "text"},
        ],
    }
    path = write(tmp_path / "d.json", json.dumps(description))
    report = _land(tmp_path, USAGERS, text([{}], model), hints=read_hints(path, None))
    assert report.status == "atterri", report
    assert _landed(USAGERS, "nb_dossiers, trimestre_entree, genre") == [(12, "2024-T1", "Femme")]
    (deposit,) = current(USAGERS)
    assert deposit.date_extraction == dt.date(2024, 7, 2)
    record = json.loads((deposit.directory / "depot.json").read_text(encoding="utf-8"))
    assert record["jeu_du_producteur"] == "usagers-cpf"


def test_a_mapping_file_overrides_the_guess(tmp_path: Path) -> None:
    toml = '[colonnes]\nnb_dossiers = "Volume"\n"nb_dossiers" = "Volume"\n'
    with pytest.raises(LandingError, match="TOML mal formé"):
        read_hints(None, write(tmp_path / "m.toml", toml))
    path = write(tmp_path / "m.toml", '[colonnes]\nnb_dossiers = "Volume"\n')
    model = USER | {"Volume": "77"}
    report = _land(tmp_path, USAGERS, text([{}], model), hints=read_hints(None, path))
    assert report.status == "atterri", report
    assert _landed(USAGERS, "nb_dossiers") == [(77,)]


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the real samples are not here")
@pytest.mark.parametrize("vintage", VINTAGES)
def test_the_real_rows_land_the_same_under_the_names_of_each_vintage(
    vintage: str, tmp_path: Path
) -> None:
    header, rest = SAMPLE.read_text(encoding="utf-8").split("\n", 1)
    _land(tmp_path / "a", "portail", f"{header}\n{rest}")
    columns = ", ".join(schemas.SOURCES["portail"]["catalogue"])
    expected = _landed("portail_catalogue", columns)
    assert len(expected) == 97
    names = VINTAGES[vintage]
    renamed = ";".join(names.get(name, name) for name in header.split(";"))
    (report,) = land(
        "portail",
        [write(tmp_path / "b" / "export.csv", f"{renamed}\n{rest}")],
        date=dt.date(2025, 1, 1),
    )
    assert report.atterris == 97, report
    assert _landed("portail_catalogue", columns) == expected
