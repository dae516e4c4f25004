"""What programs of others send: each request, and the answer that they can go on with."""

import csv
import io
import time
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.factories.small_places import NAME, POINT, SQUARE
from tests.portal.conftest import Ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("lieux")]

_V21, _V20 = f"/api/explore/v2.1/catalog/datasets/{NAME}", f"/api/v2/catalog/datasets/{NAME}"
_SEARCH, _DOWNLOAD, _ANALYZE = (
    f"/api/records/1.0/{name}/?dataset={NAME}" for name in ("search", "download", "analyze")
)
_EXPLORE = f"/explore/dataset/{NAME}/download/"


def ids(ask: Ask, path: str, params: dict[str, Any]) -> list[int]:
    """Ids of the records of an answer of v2.1."""
    answer = ask(path, {"select": "id", **params})
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    "path",
    [
        f"/api/explore/v2.1//catalog/datasets/{NAME}/records",
        f"//api/explore/v2.1/catalog/datasets/{NAME}/records",
        f"/api//explore/v2.1/catalog///datasets/{NAME}/records//",
    ],
)
def test_repeated_slashes_are_one(ask: Ask, path: str) -> None:
    # The first two would be read as a host by an adapter: the address is given whole.
    answer = ask(path)
    assert (answer.status_code, answer.json()) == (200, ask(f"{_V21}/records").json())


def test_repeated_slashes_are_one_in_the_v1_and_in_a_post(ask: Ask) -> None:
    twice = f"/{_SEARCH}"
    assert ask(twice).json()["nhits"] == 3
    posted = ask("//api/records/1.0//search/", method="POST", data={"dataset": NAME})
    assert posted.json()["nhits"] == 3


@pytest.mark.parametrize(
    "path",
    [
        f"{_V21}/exports/parquet?where=id%3D1",
        f"{_V21}/exports/parquet?select=id&limit=2",
        f"{_V21}/exports/parquet?order_by=id%20desc&timezone=Europe/Paris",
        f"{_V21}/exports/xlsx",
        f"{_V21}/exports/xlsx?where=id%3D1&use_labels=true",
        f"{_V21}/exports/parquet?offset=1",
    ],
)
def test_a_computed_file_has_the_validators_of_its_version(ask: Ask, path: str) -> None:
    first = ask(path)
    time.sleep(1.1)  # a time of file would differ
    again = ask(path)
    names = ("etag", "last-modified", "cache-control", "accept-ranges")
    told = [first.headers.get(name) for name in names]
    assert told == [again.headers.get(name) for name in names]
    assert told[2:] == ["no-cache", "bytes"]
    assert first.content == again.content
    piece = ask(path, headers={"Range": "bytes=2-5", "If-Range": first.headers["etag"]})
    assert (piece.status_code, piece.content) == (206, first.content[2:6])
    known = ask(path, headers={"If-None-Match": first.headers["etag"]})
    assert known.status_code == 304
    head = ask(path, method="HEAD")
    assert (head.headers["etag"], head.content) == (first.headers["etag"], b"")
    assert int(head.headers["content-length"]) == len(first.content)


def test_other_queries_have_other_validators(ask: Ask) -> None:
    asked = ["", "?where=id%3D1", "?where=id%3D2", "?select=id", "?limit=1", "?offset=1"]
    tags = {ask(f"{_V21}/exports/parquet{query}").headers["etag"] for query in asked}
    assert len(tags) == len(asked)


def test_the_export_of_the_catalogue_offers_no_piece(ask: Ask) -> None:
    headers = ask("/api/explore/v2.1/catalog/exports/parquet").headers
    assert "etag" not in headers
    assert "accept-ranges" not in headers


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "geojson"])
def test_a_kept_export_is_compressed_for_who_takes_it(ask: Ask, form: str) -> None:
    path = f"{_V21}/exports/{form}"
    plain = ask(path, headers={"Accept-Encoding": "identity"})
    packed = ask(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content  # requests opens it
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "content-encoding" not in plain.headers
    piece = ask(path, headers={"Accept-Encoding": "gzip", "Range": "bytes=1-3"})
    assert (piece.status_code, piece.content) == (206, plain.content[1:4])


@pytest.mark.parametrize(
    "path", [f"{_V21}/exports/geojson?select=nom", f"{_EXPLORE}?format=geojson&fields=nom"]
)
def test_geojson_has_the_geometry_of_the_record(ask: Ask, path: str) -> None:
    features = ask(path).json()["features"]
    assert [item["geometry"] for item in features] == [POINT, SQUARE, None]
    assert [item["properties"] for item in features] == [
        {"nom": name} for name in ("Rathaus", "Bahnhof", "Manor")
    ]


def test_an_aggregated_geojson_has_none(ask: Ask) -> None:
    query = {"select": "count(*) as n", "group_by": "nom"}
    features = ask(f"{_V21}/exports/geojson", query).json()["features"]
    assert len(features) == 3
    assert {str(item["geometry"]) for item in features} == {"None"}


@pytest.mark.parametrize("name", ["geofilter.polygon", "geofilter.distance", "refine.nom"])
@pytest.mark.parametrize("path", ["records", "exports/csv", "facets"])
@pytest.mark.parametrize("base", [_V21, _V20])
def test_a_filter_of_the_v1_is_not_let_go(ask: Ask, base: str, path: str, name: str) -> None:
    """Without it the rows would be others than those asked for."""
    answer = ask(f"{base}/{path}", {name: "48.85,2.35,5000"})
    assert answer.status_code == 400
    assert "API v1" in answer.text


def test_the_distance_of_the_v1_is_a_field(ask: Ask) -> None:
    near = f"{_SEARCH}&geofilter.distance=48.85,2.35,5000"
    (record,) = ask(near).json()["records"]
    assert record["fields"]["dist"] == pytest.approx(751, abs=2)
    wide = f"{_SEARCH}&geofilter.distance=48.85,2.35,1000000"
    nearest = [item["fields"]["id"] for item in ask(f"{wide}&sort=-dist").json()["records"]]
    farthest = [item["fields"]["id"] for item in ask(f"{wide}&sort=dist").json()["records"]]
    assert (nearest, farthest) == ([1, 2], [2, 1])
    assert "dist" not in ask(_SEARCH).json()["records"][0]["fields"]


@pytest.mark.parametrize("path", [f"{_DOWNLOAD}&format=json&rows=1", f"{_EXPLORE}?format=json"])
def test_a_download_of_the_v1_has_its_records(ask: Ask, path: str) -> None:
    rows = ask(path).json()
    searched = {item["recordid"]: item for item in ask(_SEARCH).json()["records"]}
    assert rows
    assert rows == [searched[item["recordid"]] for item in rows]
    assert rows[0]["fields"]["pt"] == [48.8566, 2.3522]
    assert rows[0]["geometry"] == POINT


def test_an_export_begins_where_it_is_asked_to(ask: Ask) -> None:
    export = f"{_V21}/exports/json?select=id"
    assert ask(f"{export}&limit=1&offset=1").json() == [{"id": 2}]
    assert ask(f"{export}&offset=1").json() == [{"id": 2}, {"id": 3}]
    assert ask(f"{export}&offset=5").json() == []
    refused = ask(f"{export}&limit=20000&offset=1")
    assert refused.status_code == 400
    assert "offset + limit <= 10000" in refused.json()["message"]


def test_places_of_a_parquet_are_geoparquet(ask: Ask) -> None:
    file = pq.ParquetFile(io.BytesIO(ask(f"{_V21}/exports/parquet").content))
    schema = file.schema_arrow
    assert [str(schema.field(name).type) for name in ("pt", "forme")] == ["binary", "binary"]
    assert b'"primary_column":"forme"' in schema.metadata[b"geo"]
    first = file.read().to_pylist()[0]["pt"]
    assert (first[:5], len(first)) == (b"\x01\x01\x00\x00\x00", 21)
    none = pq.ParquetFile(io.BytesIO(ask(f"{_V21}/exports/parquet?select=id").content))
    assert b"geo" not in (none.schema_arrow.metadata or {})


@pytest.mark.parametrize("base", [_V20, f"/api/explore/v2.0/catalog/datasets/{NAME}"])
def test_the_v20_groups_by_a_place(ask: Ask, base: str) -> None:
    answer = ask(f"{base}/records", {"select": "count(id) as num", "group_by": "pt"})
    found = {item["record"]["fields"]["pt"]: item["record"]["fields"]["num"]
             for item in answer.json()["records"]}  # fmt: skip
    assert found == {"[48.8566, 2.3522]": 1, "[45.764, 4.8357]": 1, None: 1}
    refused = ask(f"{_V21}/records", {"select": "count(id) as num", "group_by": "pt"})
    assert refused.status_code == 400


def test_the_v20_has_its_old_names(ask: Ask) -> None:
    def found(path: str, query: str) -> list[int]:
        items = ask(f"{_V20}/{path}?select=id&{query}").json()
        return [item["record"]["fields"]["id"] for item in items["records"]]

    assert found("records", "rows=1&start=1") == [2]
    assert found("records", "sort=-id") == [3, 2, 1]
    assert found("records", "sort=id&start=2") == [3]
    assert ask(f"{_V20}/exports/json?select=id&rows=1&start=1").json() == [{"id": 2}]
    assert found("records", "start=1&offset=2&rows=1") == [3]  # the name of today counts


def test_links_stay_in_their_version(ask: Ask) -> None:
    for base in ("/api/v2", "/api/explore/v2.0", "/api/explore/v2.1"):
        home = f"{base}/catalog/datasets/{NAME}"
        paths = [base, f"{base}/catalog", f"{base}/catalog/datasets", f"{base}/catalog/exports"]
        paths += [home, f"{home}/records", f"{home}/exports", f"{home}/attachments"]
        for path in paths:
            answer = ask(path, {"include_links": "true"})
            assert answer.status_code == 200, path
            hrefs = _hrefs(answer.json())
            assert hrefs, path
            assert [href for href in hrefs if f"{base}" not in href] == [], path


def _hrefs(content: Any) -> list[str]:
    if isinstance(content, dict):
        own = [content["href"]] if isinstance(content.get("href"), str) else []
        return own + [href for value in content.values() for href in _hrefs(value)]
    return (
        [href for value in content for href in _hrefs(value)] if isinstance(content, list) else []
    )


def test_a_record_of_the_v20_says_where_it_is(ask: Ask) -> None:
    (first, *_) = ask(f"{_V20}/records?rows=1").json()["records"]
    here = next(link["href"] for link in first["links"] if link["rel"] == "self")
    path = here.partition("/api/")[2]
    assert ask(f"/api/{path}").json()["record"]["fields"]["id"] == 1


def test_the_v20_has_no_mark_of_bytes(ask: Ask) -> None:
    for path in ("/api/v2/catalog/exports/csv", f"{_V20}/exports/csv"):
        assert not ask(path).content.startswith(b"\xef\xbb\xbf")
    assert ask("/api/explore/v2.1/catalog/exports/csv").content.startswith(b"\xef\xbb\xbf")


def test_xls_is_a_workbook(ask: Ask) -> None:
    answer = ask(f"{_EXPLORE}?format=xls")
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")


@pytest.mark.parametrize(
    ("q", "count"),
    [
        ("Rathaus, Manor", 0), ("rathaus 11", 1), ("(Rathaus", 1), ("Rathaus AND", 1),
        ("https://x.fr", 0), ("nom:(Rathaus OR Manor)", 2), ("nom:(Rathaus AND Manor)", 0),
        ("nom:(NOT Manor)", 2), ("10 rue de la Paix, 75002 Paris", 0), ("MARTIN, Jean", 0),
        ('Rat"haus', 0), ("[1 TO", 0), ("Rathaus)", 1), (")", 3), ("NOT", 3), ("id>=", 0),
        ("n:Rathaus", 0), ("jour: lundi", 0), ("#now(", 0), ("l'hôtel (Rathaus)", 0),
        ("«Manor»", 1),
        ("Rathaus ; Rathaus", 1), ("é" * 3000, 0), ("(" * 900 + "Manor", 1), ("a:b:c", 0),
        ("Rathaus OR", 1), ("id:1", 1), ("id>1", 2), ("\\", 3), ("Manor\\", 1),
    ],
)  # fmt: skip
def test_what_people_type_is_searched(ask: Ask, q: str, count: int) -> None:
    answer = ask("/api/records/1.0/search/", {"dataset": NAME, "rows": 0, "q": q})
    assert (answer.status_code, answer.json().get("nhits")) == (200, count), answer.text[:200]


def points(ask: Ask, query: str) -> list[dict[str, Any]]:
    """Points of an analysis."""
    answer = ask(f"{_ANALYZE}&{query}")
    assert answer.status_code == 200, answer.text
    told: list[dict[str, Any]] = answer.json()
    return told


def test_an_expression_is_evaluated(ask: Ask) -> None:
    made = points(ask, "x=nom&y.s.func=SUM&y.s.expr=n*id/2")
    assert {item["x"]: item["s"] for item in made} == {"Bahnhof": 7, "Manor": None, "Rathaus": 53}
    made = points(ask, "x=nom&y.s.func=MAX&y.s.expr=round(sin(n)*2)%2Babs(-id)")
    assert {item["x"]: item["s"] for item in made}["Rathaus"] == 0
    for wrong in ("n) as a, count(*", "n, id", "n as m", "inconnu*2", "nom*2", ""):
        refused = ask(f"{_ANALYZE}&x=nom&y.s.func=SUM", {"y.s.expr": wrong})
        assert refused.status_code == 400, wrong


def test_a_date_is_told_by_its_parts(ask: Ask) -> None:
    day = points(ask, "x=jour&y.s.func=COUNT")[1:]
    assert [item["x"] for item in day] == [
        {"year": 1850, "month": 6, "day": 15}, {"year": 2024, "month": 6, "day": 15}
    ]  # fmt: skip
    month = {"year": 2024, "month": 6}
    for precision in ("precision=month", "x.jour.precision=month"):
        assert points(ask, f"x=jour&{precision}")[-1]["x"] == month
    week = points(ask, "x=jour&precision=week")[-1]["x"]
    assert week == {"year": 2024, "week": 24}
    assert points(ask, "x=jour&periodic=weekday")[-1]["x"] == {"weekday": 6}
    for wrong in ("precision=century", "periodic=never", "x.jour.precision=x", "sort=inconnu"):
        assert ask(f"{_ANALYZE}&x=jour&{wrong}").status_code == 400


def test_parts_of_a_date_are_axes(ask: Ask) -> None:
    query = "x=quand.year&x=quand.month&sort=x.quand.year,x.quand.month&y.s.func=COUNT"
    assert points(ask, query)[0] == {"x": {"quand.year": 2024, "quand.month": 3}, "s": 2}
    numbered = points(ask, "x.1=code&x.0=nom&y.s.func=COUNT")
    assert list(numbered[0]["x"].items()) == [("nom", "Bahnhof"), ("code", "22")]


def test_x_has_two_orders(ask: Ask) -> None:
    up, down = (
        [item["x"]["year"] for item in points(ask, f"x=jour&precision=year&sort={way}x")]
        for way in ("-", "")
    )
    assert (up, down) == ([1850, 2024, None], [2024, 1850, None])


def test_quantiles_and_running_sums(ask: Ask) -> None:
    half = points(ask, "x=nom&y.s.func=QUANTILES&y.s.expr=n&y.s.subset=50")
    assert {item["x"]: item["s"] for item in half}["Rathaus"] == 106
    running = points(ask, "x=id&y.s.func=SUM&y.s.expr=id&y.s.cumulative=true&sort=-x")
    assert [item["s"] for item in running] == [1, 3, 6]
    for wrong in ("150x", "-1", "é"):
        query = f"{_ANALYZE}&x=nom&y.s.func=QUANTILES&y.s.expr=n&y.s.subset={wrong}"
        assert ask(query).status_code == 400


def test_an_analysis_as_csv(ask: Ask) -> None:
    answer = ask(f"{_ANALYZE}&x=quand.year&x=nom&y.s.func=COUNT&format=csv&sort=-x")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text), delimiter=";"))
    assert rows[0] == {"x.quand.year": "2024", "x.nom": "Bahnhof", "s": "1"}
