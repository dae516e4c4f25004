"""What the vault shows of the deposits, and the extraction date that orders them."""

import datetime as dt
from pathlib import Path

import pytest

from orchestration.landing.intake import schemas
from orchestration.landing.intake.deposit import extraction_date
from orchestration.landing.intake.history import deposits, expose
from orchestration.landing.land import land
from tests.factories.csv_files import FINANCEMENT, ORGANISME, in_vault, text, write


def test_a_delta_adds_up_and_a_snapshot_replaces(tmp_path: Path) -> None:
    for month, number in (("01", 1), ("02", 2)):
        rows = [{"id_dossier": f"D{month}{rank}"} for rank in range(number)]
        bodies = [{"numeroDeclarationActivite": f"{month}{rank}"} for rank in range(number)]
        write(tmp_path / f"f_2023-{month}.csv", text(rows, FINANCEMENT))
        write(tmp_path / f"o_2023-{month}-01.csv", text(bodies, ORGANISME))
    land("financements", sorted(tmp_path.glob("f_*")))
    land("organismes", sorted(tmp_path.glob("o_*"), reverse=True))
    assert in_vault("select count(*) from coffre.atterrissage.financements") == [(3,)]
    assert in_vault("select numero_declaration_activite from coffre.atterrissage.organismes") == [
        ("020",),
        ("021",),
    ]
    assert in_vault(
        "select source, date_extraction, lus, atterris, rejetes, courant "
        "from coffre.atterrissage.depots order by source, date_extraction"
    ) == [
        ("financements", dt.date(2023, 1, 31), 1, 1, 0, True),
        ("financements", dt.date(2023, 2, 28), 2, 2, 0, True),
        ("organismes", dt.date(2023, 1, 1), 1, 1, 0, False),
        ("organismes", dt.date(2023, 2, 1), 2, 2, 0, True),
    ]


def test_views_are_typed_before_anything_lands() -> None:
    expose()
    rows = in_vault(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = 'coffre' and table_name <> 'depots'"
    )
    expected = {
        (schemas.view_name(source, table), column, kind)
        for source, tables in schemas.SOURCES.items()
        for table in tables
        for column, kind in schemas.columns(source, table).items()
    }
    assert set(rows) == expected
    assert {"edof_formations", "organismes", "dossiers", "portail_catalogue"} <= {
        name for name, _, _ in expected
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("export-fiches-csv-2024-02-22.zip", "2024-02-22"),
        ("export_2024_02_22_v2.csv", "2024-02-22"),
        ("catalogue20240222.xml", "2024-02-22"),
        ("dossiers_2024-02.csv.gz", "2024-02-29"),
        ("dossiers_2023_02.csv", "2023-02-28"),
        ("x_2024-13-01_2024-05-06.csv", "2024-05-06"),
        ("releve_2023-02-30.csv", "2023-02-28"),
        ("40330342300038.csv", dt.datetime.now(dt.UTC).date().isoformat()),
    ],
)
def test_extraction_date_of_a_name(name: str, expected: str) -> None:
    assert extraction_date(name).isoformat() == expected


def test_a_given_date_wins(tmp_path: Path) -> None:
    path = write(tmp_path / "financements_2023-03.csv", text([{}], FINANCEMENT))
    given_date = dt.date(2024, 2, 22)
    land("financements", [path], given_date)
    assert [deposit.date_extraction for deposit in deposits("financements")] == [given_date]
