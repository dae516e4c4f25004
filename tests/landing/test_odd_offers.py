"""The export of the offer in its vintages and spoilt forms; odd rows mended, or set aside alone."""

import datetime as dt
import gzip
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.landing.intake.history import current
from orchestration.landing.land import LandingReport, land
from tests.factories.csv_files import OFFER, SIRET, in_vault, rejects, text, write
from tests.factories.odd_offers import MENDED

pytestmark = pytest.mark.usefixtures("data_folder")

NAME = "portail_2024-07-20.csv"
CATALOG = "coffre.atterrissage.portail_catalogue"
ROWS = [
    {"nom_of": "Été ; « œuvre »"},
    {"numero_formation": f"{SIRET}_2", "code_departement": "", "code_region": ""},
]
MODEL = OFFER | {"nom_of": "", "nom_departement": "", "nom_region": "", "intitule_formation": ""}
FORMER = {"date_chargement": "date_extract", "code_rs": "code_inventaire", "siret_of": "siret"}


def _land(folder: Path, content: str | bytes, name: str = NAME) -> LandingReport:
    return land("portail", [write(folder / name, content)])[0]


def _landed() -> list[tuple[Any, ...]]:
    columns = ", ".join(name for name in MODEL)
    return in_vault(f"select {columns} from {CATALOG}")


def _renamed(content: str, names: dict[str, str]) -> str:
    header, rest = content.split("\n", 1)
    return ";".join(names.get(name, name) for name in header.split(";")) + "\n" + rest


def _zipped(content: str, *more: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("export.csv", *more):
            archive.writestr(name, content)
        archive.writestr("__MACOSX/._export.csv", b"\0\1")
    return target.getvalue()


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize().replace("departement", "département")


def _spreadsheet(content: str) -> bytes:
    """What Excel gives back: its own dates and decimals, no first zeros, a byte order mark."""
    changed = content.replace("2024-07-11", "11/07/2024").replace("200.25", "200,25")
    return ("\ufeff" + changed.replace("300.5;", "300,50;").replace("\n", "\r\n")).encode()


USUAL = text(ROWS, MODEL)
LANDED = {
    "date_chargement": dt.date(2024, 7, 11),
    "type_referentiel": "RS",
    "code_rs": 6198,
    "code_rncp": -1,
    "libelle_niveau_sortie_formation": None,
    "code_certifinfo": "-1",
    "code_formacode_1": "05052",
    "code_formacode_2": None,
    "code_rome_1": None,
    "code_nsf_1": "326",
    "siret_of": SIRET,
    "numero_formation": f"{SIRET}_TOSA-1",
    "contenu_formation": None,
    "nb_action": 2,
    "nb_session_active": 3,
    "nb_session_a_distance": 0,
    "nombre_heures_total_min": 14,
    "nombre_heures_total_max": 21,
    "nombre_heures_total_mean": 18,
    "frais_ttc_tot_min": Decimal("100.00"),
    "frais_ttc_tot_max": Decimal("300.50"),
    "frais_ttc_tot_mean": Decimal("200.25"),
    "code_departement": "06",
    "code_region": "93",
    "nom_of": "Été ; « œuvre »",
    "nom_departement": None,
    "nom_region": None,
    "intitule_formation": None,
}
GOLDEN = [
    LANDED,
    LANDED
    | {"numero_formation": f"{SIRET}_2", "code_departement": None, "code_region": None}
    | {"nom_of": None},
]
FORMS: dict[str, str | bytes] = {
    "usual": USUAL,
    "first vintage": _renamed(USUAL, FORMER),
    "second vintage": _renamed(USUAL, {"siret_of": "siret"}),
    "facets of the API": _renamed(USUAL, {"type_referentiel": "rsrncp"}),
    "labels": _renamed(USUAL, {name: _label(name) for name in MODEL}),
    "capitals": _renamed(USUAL, {name: name.upper() for name in MODEL}),
    "another order": text(ROWS, dict(reversed(MODEL.items()))),
    "a byte order mark": "\ufeff" + USUAL,
    "CRLF": USUAL.replace("\n", "\r\n"),
    "commas": USUAL.replace(" ; ", " µ ").replace(";", ",").replace("µ", ";"),
    "tabulations": USUAL.replace(" ; ", " µ ").replace(";", "\t").replace("µ", ";"),
    "a separator ends every line": USUAL.replace("\n", ";\n"),
    "records end by a separator": _renamed(USUAL.replace("\n", ";\n"), {}).replace(";\n", "\n", 1),
    "Windows-1252": USUAL.encode("windows-1252"),
    "a spreadsheet": _spreadsheet(USUAL),
    "an index of pandas": "\n".join(
        f"{rank - 1 if rank else ''};{line}" for rank, line in enumerate(USUAL.splitlines())
    ),
    "texts of the third vintage": text(
        ROWS, MODEL | dict.fromkeys(("objectif_formation", "resultats_attendus_formation"), "")
    ),
    "gzip": gzip.compress(USUAL.encode()),
    "zip of one file": _zipped(USUAL),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_lands_the_same(form: str, tmp_path: Path) -> None:
    report = _land(tmp_path, FORMS[form])
    assert (report.status, report.atterris, report.rejetes) == ("atterri", 2, 0), report.error
    assert [dict(zip(MODEL, row, strict=True)) for row in _landed()] == GOLDEN


def test_the_parquet_of_the_portal_lands_the_same(tmp_path: Path) -> None:
    """Typed by the portal: dates, doubles, a list; a row that is odd is read in JSON."""
    path = tmp_path / "export.parquet"
    rows = text([*ROWS, {"numero_formation": f"{SIRET}_3", "nb_action": "0"}], MODEL)
    names = write(tmp_path / "export.csv", rows)
    duckdb.sql(
        f"copy (select * replace (code_departement::double as code_departement, "
        f"siret_of::bigint as siret_of), [1, 2] as liste from read_csv('{names}', delim = ';')) "
        f"to '{path}' (format parquet)"
    )
    (report,) = land("portail", [path])
    assert (report.atterris, report.rejetes) == (2, 1), report.error
    assert report.warnings == ("colonnes inconnues, laissées de côté : liste.",)
    assert [dict(zip(MODEL, row, strict=True)) for row in _landed()] == GOLDEN
    (reject,) = rejects("portail")
    assert (reject["ligne"], reject["colonne"]) == (3, "nb_action")
    assert f'"numero_formation":"{SIRET}_3"' in reject["contenu"]


def test_what_is_certain_is_mended(tmp_path: Path) -> None:
    model = MODEL | {f"code_formacode_{rank}": "" for rank in range(2, 6)}
    model |= {"nbaction_nbheures": "36"}
    rows = [
        {"numero_formation": f"{SIRET}_{number:02}"} | change
        for number, (change, _) in enumerate(MENDED)
    ]
    report = _land(tmp_path, text(rows, model))
    assert (report.atterris, report.rejetes) == (len(MENDED), 0), rejects("portail")
    names = sorted({name for _, expected in MENDED for name in expected})
    landed = {
        number: dict(zip(names, row, strict=True))
        for number, *row in in_vault(f"select numero_formation, {', '.join(names)} from {CATALOG}")
    }
    for number, (change, expected) in enumerate(MENDED):
        row = landed[f"{SIRET}_{number:02}"]
        told = {
            name: row[name] if row[name] is None or isinstance(row[name], int) else str(row[name])
            for name in expected
        }
        assert told == expected, change


@pytest.mark.parametrize(("bad", "status"), [(5, "atterri"), (6, "refuse"), (100, "refuse")])
def test_a_delivery_is_refused_above_its_share_of_rejects(
    bad: int, status: str, tmp_path: Path
) -> None:
    good = [{"numero_formation": f"{SIRET}_{number}"} for number in range(100)]
    _land(tmp_path, text(good, MODEL), "portail_1.csv")
    rows = [row | ({"siret_of": "X"} if n < bad else {}) for n, row in enumerate(good)]
    report = _land(tmp_path, text([*rows], MODEL | {"date_chargement": "2024-07-12"}), NAME)
    assert report.status == status
    assert [x.fichier for x in current("portail")] == [
        NAME if status == "atterri" else "portail_1.csv"
    ]
    if status == "refuse":
        assert f"siret_invalide {bad} fois (d'abord ligne 2, colonne siret_of" in str(report.error)


def test_rows_without_a_number_tell_a_selection_and_refuse_nothing(tmp_path: Path) -> None:
    rows = [{"numero_formation": "" if n else f"{SIRET}_1"} for n in range(120)]
    report = _land(tmp_path, text(rows, MODEL))
    assert (report.status, report.atterris) == ("atterri", 1)
    assert "sélection" in report.warnings[0]


def test_an_open_quote_loses_one_record(tmp_path: Path) -> None:
    rows = [{"numero_formation": f"{SIRET}_{number}"} for number in range(9)]
    rows[3] |= {"nom_of": "QQ"}
    rows[6] |= {"nom_of": "deux\nlignes"}
    report = _land(tmp_path, text(rows, MODEL).replace("QQ", '"QQ'))
    assert (report.status, report.atterris, report.rejetes) == ("atterri", 8, 1), report.error
    (reject,) = rejects("portail")
    assert (reject["ligne"], reject["motif"]) == (5, "csv_invalide")


def test_many_open_quotes_are_read_in_one_pass(tmp_path: Path) -> None:
    rows = [{"numero_formation": f"{SIRET}_{n}", "nom_of": "QQ"} for n in range(20_000)]
    good = [{"numero_formation": f"{SIRET}_x{n}"} for n in range(20_100)]
    content = text([*rows, *good], MODEL).replace("QQ", '"Q"Q')
    report = _land(tmp_path, content)
    assert report.status == "refuse"
    assert "csv_invalide 20000 fois" in str(report.error)


def test_one_row_of_tomorrow_does_not_date_the_delivery(tmp_path: Path) -> None:
    rows = [{}, {"numero_formation": f"{SIRET}_2", "date_chargement": "2099-12-31"}]
    report = _land(tmp_path, text(rows, MODEL))
    assert (report.status, report.rejects_by_reason) == ("atterri", {"date_hors_bornes": 1})
    assert str(report.date) == "2024-07-11"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_zipped(USUAL, "[Content_Types].xml"), "classeur"),
        (_zipped(USUAL)[:-30], "zip illisible"),
        (b"PAR1" + b"\0" * 9, "Parquet"),
        (b"%PDF-1.7\n%", "fichier PDF et non CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "Excel ancien (.xls)"),
        (b"7z\xbc\xaf'\x1c" + b"\0" * 99, "7z"),
        (_zipped(USUAL, "b.csv"), "zip de 2 fichiers"),
        ('{"results": []}', "JSON"),
    ],
    ids=["workbook", "truncated zip", "parquet", "pdf", "xls", "7z", "two files", "json object"],
)
def test_a_wrong_file_is_named(content: str | bytes, words: str, tmp_path: Path) -> None:
    report = _land(tmp_path, content)
    assert report.status == "refuse"
    assert words in str(report.error)
