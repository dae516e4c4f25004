"""Data Packages of anybody: every type, every way of writing, and what is refused."""

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from portal.images.record_id import row_id_condition, row_id_sql
from portal.packages.field import Type
from portal.packages.resource import PackageError
from tests.factories import small_packages
from tests.factories.small_packages import csv, fields, load, resource, run_query, write

_POINT = '{"type":"Point","coordinates":[1,2]}'
_TYPES = [
    ("string", "Été", Type.TEXT, "Été"),
    ("integer", " 12", Type.INT, 12),
    ("number", "-1.5e3", Type.DOUBLE, -1500.0),
    ("boolean", "TRUE", Type.BOOLEAN, True),
    ("date", "2024-03-05", Type.DATE, dt.date(2024, 3, 5)),
    ("datetime", "2024-03-05T10:00:00+02:00", Type.DATETIME, dt.datetime(2024, 3, 5, 8)),  # noqa: DTZ001
    ("year", "2024", Type.DATE, dt.date(2024, 1, 1)),
    ("yearmonth", "2024-03", Type.DATE, dt.date(2024, 3, 1)),
    ("geopoint", "2.35, 48.8", Type.GEO_POINT, {"lon": 2.35, "lat": 48.8}),
    ("geojson", f'{{"type":"Feature","geometry":{_POINT}}}', Type.GEO_SHAPE, _POINT),
    ("array", '["a","b"]', Type.TEXT, ["a", "b"]),
    ("object", '{"a":1}', Type.JSON, '{"a":1}'),
    ("any", "x", Type.TEXT, "x"),
    ("duration", "P1D", Type.TEXT, "P1D"),
    ("time", "10:00:00", Type.TEXT, "10:00:00"),
]


def read_cell(tmp_path: Path, field: dict[str, Any], cell: str, **schema: Any) -> Any:
    """Return what a cell of a CSV file becomes."""
    text = 'n,v\n1,"' + cell.replace('"', '""') + '"\n2,\n'
    path = csv(tmp_path / "paquet", text, {**fields(n="integer", v=field), **schema})
    _, rows = load(path)
    return rows[0][1]


def test_every_type_and_nothing(tmp_path: Path) -> None:
    row = {nature: text for nature, text, *_ in _TYPES}
    schema = fields(**{nature: nature for nature in row})
    path = write(
        tmp_path / "p", {"name": "j", "data": [row, dict.fromkeys(row, "")], "schema": schema}
    )
    dataset, rows = load(path)
    assert [field.type for field in dataset.fields] == [kind for *_, kind, _ in _TYPES]
    assert rows == [tuple(value for *_, value in _TYPES), (None,) * len(_TYPES)]
    assert [dataset.by_name[name].precision for name in ("date", "yearmonth", "year")] == [
        "day", "month", "year"
    ]  # fmt: skip
    assert dataset.by_name["array"].multivalued
    assert dataset.nombre == dataset.metas["records_count"] == 2


@pytest.mark.parametrize(
    ("field", "cell", "expected"),
    [
        ({"type": "integer", "bareNumber": False}, "95 %", 95),
        ({"type": "integer", "groupChar": " "}, "1 000", 1000),
        ({"type": "number", "decimalChar": ",", "groupChar": "."}, "1.000,5", 1000.5),
        ({"type": "number", "decimalChar": ",", "bareNumber": False}, "€1,5", 1.5),
        ({"type": "number"}, "NaN", None),
        ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, "non", False),
        ({"type": "date", "format": "%d/%m/%Y"}, "05/03/2024", dt.date(2024, 3, 5)),
        ({"type": "date", "format": "any"}, "5 March 2024", dt.date(2024, 3, 5)),
        ({"type": "datetime"}, "2024-03-05T10:00Z", dt.datetime(2024, 3, 5, 10)),  # noqa: DTZ001
        ({"type": "datetime", "format": "%d/%m/%Y %H:%M"}, "05/03/2024 10:30",
         dt.datetime(2024, 3, 5, 10, 30)),  # noqa: DTZ001
        ({"type": "geopoint", "format": "array"}, "[2.35, 48.8]", {"lon": 2.35, "lat": 48.8}),
        ({"type": "geopoint", "format": "object"}, '{"lon": 2, "lat": 48}', {"lon": 2, "lat": 48}),
        ({"type": "array"}, "[1, 2]", "[1, 2]"),
        ({"type": "array", "arrayItem": {"type": "string"}}, '["a"]', ["a"]),
        ({"type": "list"}, "a,b", ["a", "b"]),
        ({"type": "string", "annotations": {"multivalued": ";"}}, "a; b;;c", ["a", "b", "c"]),
        ({"type": "string", "missingValues": ["NA"]}, "NA", None),
    ],
)  # fmt: skip
def test_ways_of_writing(
    tmp_path: Path, field: dict[str, Any], cell: str, expected: object
) -> None:
    assert read_cell(tmp_path, field, cell) == expected


def test_missing_values_of_the_schema(tmp_path: Path) -> None:
    path = csv(tmp_path / "p", "a,b\n-,x\n3,\n", fields(a="integer", b="string") | {
        "missingValues": ["-"]
    })  # fmt: skip
    assert load(path)[1] == [(None, "x"), (3, "")]


@pytest.mark.parametrize(
    ("nature", "cell"),
    [
        ("integer", "1.5"), ("integer", "x"), ("integer", "99999999999999999999"),
        ("number", "1,5"), ("boolean", "oui"), ("date", "05/03/2024"), ("date", "2024-02-30"),
        ("datetime", "infinity"), ("year", "MMXX"), ("yearmonth", "2024-13"),
        ("geopoint", "48.8"), ("geopoint", "2, 98"), ("geojson", '{"type":"Rond"}'),
        ("geojson", "x"), ("array", "{}"), ("object", "[1]"), ("object", "{"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_and_not_shown(tmp_path: Path, nature: str, cell: str) -> None:
    text = '"' + cell.replace('"', '""') + '"'
    path = csv(tmp_path / "p", f"n,v\n1,\nsecret,{text}\n", fields(n="string", v=nature))
    with pytest.raises(PackageError) as error:
        load(path)
    message = str(error.value)
    assert message.startswith("donnees.csv, ligne 2, colonne « v » : ")
    assert "secret" not in message
    assert not list((tmp_path / "images").iterdir())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\nsecret\n", "ligne 3 : le nombre de cellules"),
        ('a,b\n1,"secret\n', "un guillemet n'est pas fermé"),
        ("a\n1\n", "colonne « b » : la colonne du schéma n'est pas dans le fichier"),
        ("a,b,c\n1,2,3\n", "colonne « c » : la colonne n'est pas dans le schéma"),
        ("", "le fichier est vide"),
    ],
)
def test_a_broken_csv(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(PackageError, match=expected) as error:
        load(csv(tmp_path / "p", text, fields(a="string", b="string")))
    assert "secret" not in str(error.value)


def test_an_encoding_not_told(tmp_path: Path) -> None:
    path = csv(tmp_path / "p", "a\nx\n", fields(a="string"))
    (tmp_path / "p" / "donnees.csv").write_bytes("a\né\n".encode("latin-1"))
    with pytest.raises(PackageError, match="déclarer « encoding »"):
        load(path)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("a;b\n1;é\n", {"dialect": {"delimiter": ";"}}),
        ("a;b\n1;é\n", {"dialect": {"csv": {"delimiter": ";"}}}),
        ("a,b\n1,é\n", {"encoding": "iso-8859-1"}),
        ("a,b\n1,é\n", {"encoding": "utf-16"}),
        ("1,é\n", {"dialect": {"header": False}}),
        ("b,a\né,1\n", {}),
        ("a,b\n1,'é'\n", {"dialect": {"quoteChar": "'"}}),
        ("# rien\na,b\n1,é\n", {"dialect": {"commentChar": "#"}}),
        ("a, b\n1, é\n", {"dialect": {"skipInitialSpace": True}}),
        ("titre,\na,b\n1,é\n", {"dialect": {"headerRows": [2]}}),
        ("\ufeffa,b\r\n1,é\r\n", {}),
        ("a\tb\n1\té\n", {"format": "tsv"}),
    ],
)
def test_dialects(tmp_path: Path, text: str, others: dict[str, Any]) -> None:
    path = csv(tmp_path / "p", text, fields(a="integer", b="string"), **others)
    assert load(path)[1] == [(1, "é")]


@pytest.mark.parametrize(
    ("format_", "file_content"),
    [
        ("json", '[{"a": 1, "b": "é"}]'),
        ("json", '[["a", "b"], [1, "é"]]'),
        ("jsonl", '{"b": "é", "a": 1}\n'),
        ("csv.gz", gzip.compress("a,b\n1,é\n".encode(), mtime=0)),
    ],
)
def test_other_formats(tmp_path: Path, format_: str, file_content: str | bytes) -> None:
    name = f"x*y.{format_}"  # a wildcard for some, a letter here
    path = write(
        tmp_path / "p", {"name": "d", "path": name, "schema": fields(a="integer", b="string")}
    )
    content = file_content if isinstance(file_content, bytes) else file_content.encode()
    (tmp_path / "p" / name).write_bytes(content)
    assert load(path)[1] == [(1, "é")]


def test_a_property_of_a_json_file(tmp_path: Path) -> None:
    path = write(tmp_path / "p", {"name": "d", "path": "d.json", "schema": fields(a="integer"),
                                   "dialect": {"property": "x.y"}})  # fmt: skip
    (tmp_path / "p" / "d.json").write_text('{"x": {"y": [{"a": 1}]}}')
    assert load(path)[1] == [(1,)]


def test_a_spreadsheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Feuille")
    sheet.append(["n", "x", "d", "t", "b", "s"])
    sheet.append([5, 1.25, dt.date(2024, 3, 5), dt.datetime(2024, 3, 5, 10, 30), True, "é"])  # noqa: DTZ001
    sheet.append([None] * 6)
    sheet.append([6, None, None, None, False, None])
    types = {"n": "integer", "x": "number", "d": "date", "t": "datetime", "b": "boolean"}
    schema = fields(**types, s="string")
    path = write(tmp_path / "p", {"name": "d", "path": "d.xlsx", "schema": schema,
                                   "dialect": {"sheetName": "Feuille"}})  # fmt: skip
    book.save(tmp_path / "p" / "d.xlsx")
    assert load(path)[1] == [
        (5, 1.25, dt.date(2024, 3, 5), dt.datetime(2024, 3, 5, 10, 30), True, "é"),  # noqa: DTZ001
        (6, None, None, None, False, None),
    ]


def test_a_typed_file_keeps_its_types(tmp_path: Path) -> None:
    types = {"i": "integer", "m": "number", "d": "date", "t": "datetime", "y": "year",
             "p": "geopoint", "l": "array", "o": "object", "s": "string"}  # fmt: skip
    path = write(tmp_path / "p", {"name": "d", "path": "d.parquet", "schema": fields(**types)})
    duckdb.sql(
        "select 1::smallint as i, 1.10::decimal(5,2) as m, date '2024-03-05' as d, "
        "timestamptz '2024-03-05 10:00:00+02' as t, 2024 as y, {lon: 2.5, lat: 48.5} as p, "
        "['a', 'b'] as l, {a: 1} as o, 'x' as s"
    ).write_parquet(str(tmp_path / "p" / "d.parquet"))
    path.write_text(path.read_text().replace('"geopoint"', '"geopoint", "format": "object"'))
    dataset, rows = load(path)
    assert [str(cell) for cell in rows[0]] == [
        "1", "1.10", "2024-03-05", "2024-03-05 08:00:00", "2024-01-01",
        "{'lon': 2.5, 'lat': 48.5}", "['a', 'b']", '{"a":1}', "x",
    ]  # fmt: skip
    assert dataset.by_name["l"].multivalued


def test_parts_follow_each_other(tmp_path: Path) -> None:
    path = write(tmp_path / "p", {"name": "d", "path": ["2.csv", "1.csv"],
                                   "schema": fields(a="integer")})  # fmt: skip
    (tmp_path / "p" / "1.csv").write_text("a\n3\n")
    (tmp_path / "p" / "2.csv").write_text("a\n1\n2\n")
    dataset, rows = load(path)
    assert rows == [(1,), (2,), (3,)]
    assert dataset.data_file("csv") is None


@pytest.mark.parametrize(
    "data_path", ["../x.csv", "/etc/passwd", "https://example.org/x.csv", "a/../../x.csv",
               "..\\x.csv", "lien.csv", "absent.csv", "", 3],
)  # fmt: skip
def test_a_path_stays_in_its_folder(tmp_path: Path, data_path: object) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    path = write(tmp_path / "p", {"name": "d", "path": data_path, "schema": fields(a="string")})
    (tmp_path / "p" / "lien.csv").symlink_to(tmp_path / "x.csv")
    with pytest.raises(PackageError, match=r"path|manque"):
        resource(path)


def test_a_schema_and_a_dialect_in_files(tmp_path: Path) -> None:
    path = csv(tmp_path / "p", "a;b\n1;2\n", {})
    path.write_text(json.dumps({"resources": [{"name": "d", "path": "donnees.csv",
                    "schema": "s.json", "dialect": "d.json"}]}))  # fmt: skip
    (tmp_path / "p" / "s.json").write_text(json.dumps(fields(a="integer", b="integer")))
    (tmp_path / "p" / "d.json").write_text('{"delimiter": ";"}')
    assert load(path)[1] == [(1, 2)]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"fields": []}, "n'a pas de champs"),
        (fields(a="integre"), "« integre » n'est pas de Table Schema"),
        (fields(a="string", A="string"), "à la casse près"),
        ({"fields": [{"type": "string"}]}, "n'a pas de nom"),
    ],
)
def test_a_wrong_schema(tmp_path: Path, schema: dict[str, Any], expected: str) -> None:
    with pytest.raises(PackageError, match=expected):
        resource(csv(tmp_path / "p", "a\n1\n", schema or {"x": 1}))


def test_a_changed_file_has_another_hash(tmp_path: Path) -> None:
    path = csv(tmp_path / "p", "a\n1\n", fields(a="string"), hash="sha256:" + "0" * 64)
    with pytest.raises(PackageError, match="empreinte"):
        load(path)


def test_labels_annotations_names_and_metadata(tmp_path: Path) -> None:
    notes = {"facet": True, "sortable": True, "disjunctive": False, "hierarchical": True}
    field = {"type": "string", "title": "Ville", "unit": "km", "annotations": notes,
             "description": "Où.", "deprecatedNames": ["city"]}  # fmt: skip
    schema = fields(id="integer", ville=field) | {"primaryKey": "id"}
    path = csv(tmp_path / "p", "id,ville\n1,a/b\n", schema)
    content = json.loads(path.read_text())
    content |= {"title": "T", "keywords": ["k"], "licenses": [{"title": "L", "path": "u"}],
                "contributors": [{"title": "A"}, {"title": "E", "roles": ["publisher"]}],
                "version": "1.0"}  # fmt: skip
    path.write_text(json.dumps(content))
    dataset, _ = load(path)
    city = dataset.by_name["ville"]
    assert (city.label, city.description) == ("Ville", "Où.")
    assert city.annotations == {"facet": True, "sortable": True, "hierarchical": "/", "unit": "km"}
    assert dataset.field("city") is city
    assert dataset.by_name["id"].annotations == {"id": True}
    assert (dataset.id, dataset.version, dataset.key) == ("donnees", "1.0", ("id",))
    meta_keys = ("title", "keyword", "license", "license_url", "publisher", "language")
    assert [dataset.metas[key] for key in meta_keys] == ["T", ["k"], "L", "u", "E", "fr"]


def test_texts_that_repeat_are_in_the_order_of_the_portal(tmp_path: Path) -> None:
    words = ["Zoé", "abc", "Été", "ete", "Abc", "l'eau"]
    path = csv(tmp_path / "p", "v\n" + "\n".join(words * 5) + "\n", fields(v="string"))
    dataset, rows = load(path)
    assert dataset.by_name["v"].is_enum
    assert [row[0] for row in rows] == words * 5
    ordered = run_query(path, "select distinct v from i.donnees order by v")
    assert [row[0] for row in ordered] == ["Abc", "abc", "ete", "Été", "l'eau", "Zoé"]
    fetched = run_query(path, "select mots from i.mots_0 where valeur = 'l''eau'")
    assert fetched == [(" l eau ",)]


@pytest.mark.parametrize("key", [("n",), ("v",), ()])
def test_a_row_is_found_by_its_id(tmp_path: Path, key: tuple[str, ...]) -> None:
    schema = fields(n="integer", v="string") | ({"primaryKey": list(key)} if key else {})
    path = csv(tmp_path / "p", "n,v\n1,x\n2,x\n3,\n", schema)
    dataset, rows = load(path)
    # A key that does not tell rows apart is none.
    assert dataset.key == (("n",) if key == ("n",) else ())
    id_query = f"select {row_id_sql(dataset)} from i.donnees as d"
    ids = [str(row[0]) for row in run_query(path, id_query)]
    assert len({*ids}) == 3
    assert all(len(row_id) == 40 for row_id in ids)
    with duckdb.connect() as connection:
        image, held = small_packages.ImageBuilder(tmp_path / "images").get_or_build(resource(path))
        connection.execute(f"attach '{image}' as i (read_only)")
        for row_id, row in zip(ids, rows, strict=True):
            condition = row_id_condition(dataset, row_id)
            assert condition is not None
            query = f"from i.donnees as d where {condition.text}"
            assert connection.execute(query, condition.parameters).fetchall() == [row]
        held.close()
    assert row_id_condition(dataset, "x' or 1=1") is None
