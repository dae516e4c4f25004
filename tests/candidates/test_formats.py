"""Every format says the same rows, in the same bytes whatever the threads."""

import json
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from orchestration import settings
from orchestration.candidates import formats
from orchestration.candidates.candidate import prepare
from orchestration.datasets import Dataset
from tests.factories import small_datasets, small_state
from tests.factories.small_datasets import OFFER, USERS

pytestmark = pytest.mark.usefixtures("shared_state")


def test_the_same_rows_make_the_same_bytes(
    datasets: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    for dataset in (datasets[OFFER], datasets[USERS]):
        for threads in ("1", "2"):
            monkeypatch.setattr(settings, "threads", lambda count=threads: int(count))
            small_state.build_mart(
                dataset, small_datasets.lignes(dataset.nom)[:: 1 if threads == "1" else -1]
            )
            seen.add(prepare(dataset).fichiers)
    assert len(seen) == 2
    assert {Path(file.nom).suffix for files in seen for file in files} == {
        *(".parquet", ".csv", ".jsonl", ".xlsx")
    }


def test_json_lines_and_sheet_tell_what_the_parquet_tells(datasets: dict[str, Dataset]) -> None:
    rows = small_datasets.lignes(OFFER)
    rows[0]["points_forts"] = "a\x0bb <&> \"'" + "x" * 40_000
    small_state.build_mart(datasets[OFFER], rows)
    candidate = prepare(datasets[OFFER])
    table = pq.read_table(candidate.path("parquet")).to_pylist()
    lines = candidate.path("jsonl").read_text(encoding="utf-8").splitlines()
    head, *sheet = openpyxl.load_workbook(candidate.path("xlsx")).active.iter_rows(values_only=True)
    assert len(lines) == len(sheet) == len(table) == len(rows)
    assert list(head) == [column.nom for column in datasets[OFFER].colonnes]
    for row, line, cells in zip(table, lines, sheet, strict=True):
        record, shown = json.loads(line), dict(zip(head, cells, strict=True))
        assert record == {name: _json(value) for name, value in row.items()}
        assert shown["code_departement"] == row["code_departement"]
        assert shown["frais_ttc_tot_mean"] == float(row["frais_ttc_tot_mean"])
        assert shown["date_chargement"].date() == row["date_chargement"]
    long = next(
        dict(zip(head, c, strict=True))
        for c in sheet
        if len(str(c[head.index("points_forts")])) > 100
    )
    assert long["points_forts"] == ("ab <&> \"'" + "x" * 40_000)[: formats.XLSX_CELL]


def test_a_sheet_that_is_too_small_is_not_made(
    datasets: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "XLSX_ROWS", 11)
    small_state.build_mart(datasets[OFFER], small_datasets.lignes(OFFER))
    assert not prepare(datasets[OFFER]).path("xlsx").exists()


def test_the_parquet_tells_what_its_columns_are(datasets: dict[str, Dataset]) -> None:
    small_state.build_mart(datasets[USERS], small_datasets.lignes(USERS))
    path = prepare(datasets[USERS]).path("parquet")
    field = pq.read_schema(path).field("montant_engage")
    assert field.metadata[b"unite"] == b"euros"
    assert field.metadata[b"titre"] == "Montant engagé".encode()
    texts = pq.read_metadata(path).metadata
    assert texts[b"titre"].decode() == datasets[USERS].titre
    assert json.loads(texts[b"colonnes"])["montant_engage"]["unite"] == "euros"


def _json(value: object) -> object:
    return (
        value
        if value is None or isinstance(value, int | str)
        else (value.isoformat() if hasattr(value, "isoformat") else float(str(value)))
    )
