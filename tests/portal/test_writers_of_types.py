"""Every type of field in every format: what was put in the file is what is told."""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import requests

from tests.clients import packages
from tests.factories import quiet_server

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("types")]

_COUNT = 60
_EXPORTS = f"/api/explore/v2.1/catalog/datasets/{packages.TYPES}/exports"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a portal with a field of each type."""
    state = tmp_path_factory.mktemp("types")
    packages.types(state / "publications" / packages.TYPES, _COUNT)
    with quiet_server.serving(state / "publications", state) as address:
        yield address


def _csv(content: bytes) -> list[Row]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    return [{name: text or None for name, text in row.items()} for row in rows]


def _xlsx(content: bytes) -> list[Row]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, cells, strict=True)) for cells in rows]


_READERS: Mapping[str, Callable[[bytes], list[Row]]] = {
    "csv": _csv,
    "json": json.loads,
    "jsonl": lambda content: [json.loads(line) for line in content.splitlines()],
    "geojson": lambda content: [item["properties"] for item in json.loads(content)["features"]],
    "parquet": lambda content: pq.read_table(io.BytesIO(content)).to_pylist(),
    "xlsx": _xlsx,
}


def _text(value: Any) -> str | None:
    """Return a value as a person would write it, whatever type its format gave it."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(float(value))
    return str(value)


# A field, and what is read of it: numbers as numbers, moments as moments.
_FIELDS: Mapping[str, Callable[[str], Any]] = {
    "texte": str,
    "categorie": str,
    "nombre": float,
    "entier": int,
    "actif": lambda text: text == "true",
    "jour": dt.date.fromisoformat,
    "mois": str,
    "annee": str,
    "instant": dt.datetime.fromisoformat,
    "chemin": str,
}


@pytest.mark.parametrize("name", _FIELDS)
@pytest.mark.parametrize("form", _READERS)
def test_a_field_of_each_type(types: str, form: str, name: str) -> None:
    read = _FIELDS[name]
    known = [
        _text(read(str(row[name]))) if row[name] != "" else None
        for row in packages.types_rows(_COUNT)
    ]
    assert len(set(known)) > 2 and None in known  # noqa: PT018
    query = {"select": f"id, {name}", "order_by": "id"}
    answer = requests.get(f"{types}{_EXPORTS}/{form}", params=query, timeout=60)
    assert answer.status_code == 200, answer.text
    told = [row[name] for row in _READERS[form](answer.content)]
    if form == "csv":
        told = [None if text is None else read(text) for text in told]
    elif form == "xlsx" and name == "jour":  # a spreadsheet knows moments alone
        told = [value and value.date() for value in told]
    elif name in ("jour", "instant"):
        told = [read(value) if isinstance(value, str) else value for value in told]
    assert [_text(value) for value in told] == known
