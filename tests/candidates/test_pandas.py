"""What pandas makes of each published Parquet: numbers that are numbers, codes that are texts."""

import datetime as dt
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.candidates.candidate import prepare
from orchestration.candidates.formats import write_parquet
from orchestration.datasets import Column, Dataset
from orchestration.published_rows import published_rows
from tests.factories import small_datasets, small_state
from tests.factories.small_datasets import OFFER, PURCHASES, USERS

_DTYPES = {"VARCHAR": "str", "INTEGER": "int32", "BIGINT": "int64", "DATE": "object"}


def _dtype(column: Column) -> str:
    return "float64" if column.type.startswith("DECIMAL") else _DTYPES[column.type]


@pytest.mark.parametrize("name", [OFFER, PURCHASES, USERS])
def test_each_column_is_of_its_kind(state: Path, datasets: dict[str, Dataset], name: str) -> None:
    dataset = datasets[name]
    rows = small_datasets.lignes(name)
    small_state.build_mart(dataset, rows)
    frame = pd.read_parquet(prepare(dataset).path("parquet"))
    assert {column: str(kind) for column, kind in frame.dtypes.items()} == {
        column.nom: _dtype(column) for column in dataset.colonnes
    }
    amounts = [column.nom for column in dataset.colonnes if column.type.startswith("DECIMAL")]
    assert len(amounts) >= 3
    for column in amounts:
        told = [float(row[column]) for row in rows if row[column] is not None]
        assert sorted(frame[column].dropna()) == sorted(told)
    for declared in dataset.colonnes:
        if declared.type == "DATE":
            assert {type(value) for value in frame[declared.nom]} == {dt.date}
        if declared.nom.startswith("nb_") and dataset.person_column:
            assert frame[declared.nom].dtype == "int64"


@pytest.mark.parametrize("name", [OFFER, PURCHASES, USERS])
def test_an_integer_is_never_null(datasets: dict[str, Dataset], name: str) -> None:
    """Else pandas would read floats."""
    integers = [column for column in datasets[name].colonnes if "INT" in column.type]
    assert integers
    assert all(column.required for column in integers)


def test_no_cent_is_lost(datasets: dict[str, Dataset], tmp_path: Path) -> None:
    path = tmp_path / "montants.parquet"
    query = (
        "select ((hash(range) % 1000000000000000)::bigint * 0.01::decimal(3, 2))::decimal(18, 2)"
        " as montant_engage from range(20000)"
    )
    with duckdb.connect() as connection:
        write_parquet(connection, datasets[PURCHASES], query, path)
        rows = published_rows(connection, path)
        assert connection.execute(f"describe from {rows}").fetchall()[0][1] == "DECIMAL(18,2)"
        expected = connection.execute(f"select sum(montant_engage) from ({query})").fetchone()
        assert connection.execute(f"select sum(montant_engage) from {rows}").fetchone() == expected
        (physical,) = connection.execute(f"describe from read_parquet('{path}')").fetchall()
        assert physical[1] == "DOUBLE"


def test_what_a_double_cannot_hold_is_refused(datasets: dict[str, Dataset], tmp_path: Path) -> None:
    query = "select 9007199254740993.01::decimal(18, 2) as montant_engage"
    with duckdb.connect() as connection, pytest.raises(RuntimeError, match="sans perte"):
        write_parquet(connection, datasets[PURCHASES], query, tmp_path / "trop.parquet")
    assert not (tmp_path / "trop.parquet").exists()


@pytest.mark.parametrize(
    "said",
    ['{"m": "DECIMAL(18,2)); drop table t; --"}', "[1]", '{"m": 1}', "pas du JSON", "\\xFF"],
)
def test_a_file_of_somebody_else_is_read_as_it_is(tmp_path: Path, said: str) -> None:
    path = tmp_path / "autre.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select 1.25::double as m) to '{path}' "
            f"(format parquet, kv_metadata {{decimaux: '{said}'::blob}})"
        )
        rows = published_rows(connection, path, numbered=True)
        assert connection.execute(f"select m from {rows}").fetchall() == [(1.25,)]
        assert rows.startswith("read_parquet(")


def test_amounts_are_written_with_their_cents(state: Path, datasets: dict[str, Dataset]) -> None:
    """In the CSV and the JSON lines, as before."""
    small_state.build_mart(datasets[PURCHASES], small_datasets.lignes(PURCHASES))
    candidate = prepare(datasets[PURCHASES])
    text = candidate.path("csv").read_text(encoding="utf-8")
    assert ";250.00;18.5;10000.00;9000.10;" in text
    lines = candidate.path("jsonl").read_text(encoding="utf-8")
    assert '"montant_engage":10000.00,"montant_personne":9000.10' in lines
