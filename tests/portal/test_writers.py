"""One oracle for all writers: each format tells the same values, whatever is asked."""

import csv
import datetime as dt
import io
import json
import struct
import zipfile
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.factories.small_places import NAME, POINT, SQUARE
from tests.portal.conftest import Ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("lieux")]

_EXPORTS = f"/api/explore/v2.1/catalog/datasets/{NAME}/exports"
Row = dict[str, Any]
# The rows, as they are in the file: by hand, not by the product.
_ROWS: list[Row] = [
    {"id": 1, "nom": "Rathaus", "code": "11", "jour": dt.date(1850, 6, 15),
     "quand": dt.datetime(2024, 3, 31, 0, 59, 59, tzinfo=dt.UTC), "tags": ["a", "b"], "n": 106,
     "pt": (2.3522, 48.8566), "forme": POINT},
    {"id": 2, "nom": "Bahnhof", "code": "22", "jour": dt.date(2024, 6, 15),
     "quand": dt.datetime(2024, 3, 31, 1, 0, tzinfo=dt.UTC), "tags": ["b"], "n": 7,
     "pt": (4.8357, 45.7640), "forme": SQUARE},
    {"id": 3, "nom": "Manor", "code": "106", "jour": None, "quand": None, "tags": None, "n": None,
     "pt": None, "forme": None},
]  # fmt: skip
_COLUMNS = list(_ROWS[0])
# What is asked: a selection, then which columns and rows are expected.
_ASKED: dict[str, tuple[dict[str, str], list[str], list[int]]] = {
    "all": ({}, _COLUMNS, [0, 1, 2]),
    "without geometry": ({"select": "nom,n"}, ["nom", "n"], [0, 1, 2]),
    "list": ({"select": "id,tags"}, ["id", "tags"], [0, 1, 2]),
    "point": ({"select": "id,pt"}, ["id", "pt"], [0, 1, 2]),
    "shape": ({"select": "forme,id"}, ["forme", "id"], [0, 1, 2]),
    "old date": ({"select": "jour", "where": "id = 1"}, ["jour"], [0]),
    "zone": ({"select": "id,quand", "timezone": "Europe/Paris"}, ["id", "quand"], [0, 1, 2]),
    "far zone": (
        {"select": "id,quand", "timezone": "America/New_York"},
        ["id", "quand"],
        [0, 1, 2],
    ),
    "compressed": ({"select": "id,nom", "compressed": "true"}, ["id", "nom"], [0, 1, 2]),
    "empty": ({"where": "id > 5"}, _COLUMNS, []),
    "page": ({"select": "id", "limit": "1", "offset": "1"}, ["id"], [1]),
    "order": ({"select": "id", "order_by": "id desc"}, ["id"], [2, 1, 0]),
}
Reader = Callable[[bytes, ZoneInfo], list[Row]]


def _csv(content: bytes, zone: ZoneInfo) -> list[Row]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    return [{name: _cell(name, text) for name, text in row.items()} for row in rows]


def _cell(name: str, text: str) -> Any:
    if text == "":
        return None
    if name in ("id", "n"):
        return int(text)
    if name == "pt":
        lat, lon = map(float, text.split(", "))
        return (lon, lat)
    if name == "tags":
        return text.split(",")
    return _value(name, json.loads(text) if name == "forme" else text)


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "jour":
        return dt.date.fromisoformat(value)
    if name == "quand":
        return dt.datetime.fromisoformat(value)
    return value


def _objects(rows: list[Row]) -> list[Row]:
    told = []
    for row in rows:
        values = {name: _value(name, value) for name, value in row.items()}
        if values.get("pt"):
            values["pt"] = (values["pt"]["lon"], values["pt"]["lat"])
        if values.get("forme"):
            values["forme"] = values["forme"]["geometry"]
        told.append(values)
    return told


def _json(content: bytes, zone: ZoneInfo) -> list[Row]:
    return _objects(json.loads(content))


def _jsonl(content: bytes, zone: ZoneInfo) -> list[Row]:
    return _objects([json.loads(line) for line in content.splitlines()])


def _geojson(content: bytes, zone: ZoneInfo) -> list[Row]:
    return _objects([item["properties"] for item in json.loads(content)["features"]])


def _parquet(content: bytes, zone: ZoneInfo) -> list[Row]:
    rows = pq.read_table(io.BytesIO(content)).to_pylist()
    for row in rows:
        for name in {"pt", "forme"} & row.keys():
            row[name] = _wkb(row[name], as_point=name == "pt")
    return rows


def _wkb(value: bytes | None, *, as_point: bool) -> Any:
    if value is None:
        return None
    order, kind = struct.unpack_from("<BI", value)
    assert order == 1
    if kind == 1:
        place = struct.unpack_from("<dd", value, 5)
        return place if as_point else {"type": "Point", "coordinates": list(place)}
    (rings, points) = struct.unpack_from("<II", value, 5)
    assert (kind, rings) == (3, 1)
    ring = [list(struct.unpack_from("<dd", value, 13 + 16 * rank)) for rank in range(points)]
    return {"type": "Polygon", "coordinates": [ring]}


def _xlsx(content: bytes, zone: ZoneInfo) -> list[Row]:
    header, *rows = (
        openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    )
    told = []
    for cells in rows:
        row = {}
        for name, cell in zip(header, cells, strict=True):
            if isinstance(cell, dt.datetime):  # as the reader's clock tells it
                row[name] = cell.date() if name == "jour" else cell.replace(tzinfo=zone)
            elif name == "jour" and cell:
                row[name] = dt.date.fromisoformat(cell)
            else:
                row[name] = _cell(name, "" if cell is None else str(cell))
        told.append(row)
    return told


_READERS: dict[str, Reader] = {
    "csv": _csv, "json": _json, "jsonl": _jsonl, "geojson": _geojson, "parquet": _parquet,
    "xlsx": _xlsx,
}  # fmt: skip
_AS_FILE = ("parquet", "xlsx")


@pytest.mark.parametrize("asked", _ASKED)
@pytest.mark.parametrize("form", _READERS)
def test_writers_tell_the_same(ask: Ask, form: str, asked: str) -> None:
    params, columns, kept = _ASKED[asked]
    answer = ask(f"{_EXPORTS}/{form}", params)
    assert answer.status_code == 200, answer.text[:300]
    content = answer.content
    if "compressed" in params and form not in _AS_FILE:
        assert content[:2] == b"\x1f\x8b"
        import gzip

        content = gzip.decompress(content)
    zone = ZoneInfo(params.get("timezone", "UTC"))
    expected = [{name: _ROWS[rank][name] for name in columns} for rank in kept]
    if form == "geojson":
        expected = [_without_geometry(row, columns) for row in expected]
    found = _READERS[form](content, zone)
    assert found == expected
    if form == "csv" or not kept:
        return
    assert [list(row) for row in found] == [list(row) for row in expected]


def _without_geometry(row: Row, columns: list[str]) -> Row:
    """The geometry of a feature is no property as well: the first shape, else the first point."""
    geometry = next((name for name in ("forme", "pt") if name in columns), "")
    return {name: value for name, value in row.items() if name != geometry}


def test_zones_move_the_clock_and_not_the_moment(ask: Ask) -> None:
    query = {"select": "quand", "timezone": "Europe/Paris", "where": "id < 3"}
    lines = ask(f"{_EXPORTS}/csv", query).content.decode("utf-8-sig").split()
    assert lines == ["quand", "2024-03-31T01:59:59+01:00", "2024-03-31T03:00:00+02:00"]


def test_a_workbook_is_ready_to_read(ask: Ask) -> None:
    content = ask(f"{_EXPORTS}/xlsx", {"use_labels": "true"}).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Données", "Lisez-moi"]
    sheet, readme = book.worksheets
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:I4"
    assert sheet["A1"].font.bold
    assert sheet.column_dimensions["B"].width > 8
    assert sheet.row_dimensions[1].height >= 30
    for form in ("true", "false"):  # a heading is cut between its words, and no name is
        content = ask(f"{_EXPORTS}/xlsx", {"use_labels": form}).content
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        for (cell,) in sheet.iter_cols(max_row=1):
            width = sheet.column_dimensions[cell.column_letter].width
            assert width > max(map(len, str(cell.value).split())), cell.value
    sheet = book.worksheets[0]
    assert (sheet["D3"].number_format, sheet["E2"].number_format) == (
        "dd/mm/yyyy", "dd/mm/yyyy hh:mm:ss"
    )  # fmt: skip
    told = {row[0].value: row[1].value for row in readme.iter_rows() if row[0].value}
    assert {"Jeu de données", "Version", "Licence", "Lecture", "Colonne"} <= set(told)
    assert (told["Jeu de données"], told["Version"]) == ("Lieux", "1.0.0")


def test_a_workbook_has_the_same_bytes_again_and_no_formula(ask: Ask) -> None:
    path, query = f"{_EXPORTS}/xlsx", {"select": "nom, '=1+1' as f, 'https://x.fr' as u"}
    first = ask(path, query).content
    again = ask(path, {**query, "where": "id > 0"}).content  # another statement, the same rows
    with zipfile.ZipFile(io.BytesIO(first)) as one, zipfile.ZipFile(io.BytesIO(again)) as two:
        assert {name: one.read(name) for name in one.namelist()} == {
            name: two.read(name) for name in two.namelist()
        }
        assert b"<f>" not in one.read("xl/worksheets/sheet1.xml")
