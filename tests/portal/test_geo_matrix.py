"""Geo functions: each, on a point and on a shape, in each version of the API."""

import math
from typing import Any

import pytest

from tests.factories.small_places import NAME
from tests.portal.conftest import Ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("lieux")]

_V21, _V20 = (
    f"/api/explore/{version}/catalog/datasets/{NAME}/records" for version in ("v2.1", "v2.0")
)
_PARIS, _LYON = "geom'POINT(2.35 48.85)'", "geom'POINT(4.85 45.75)'"
_BOX = "geom'POLYGON((2 48, 3 48, 3 49, 2 49, 2 48))'"
# A condition on a field, and the ids of the records that satisfy it: the same of both fields.
_CONDITIONS = {
    f"within_distance({{}}, {_PARIS}, 5km)": [1],
    f"within_distance({{}}, {_LYON}, 3 km)": [2],
    f"within_distance({{}}, {_LYON}, 1000000m)": [1, 2],
    f"distance({{}}, {_PARIS}, 5km)": [1],
    f"distance({{}}, {_PARIS}) < 5000": [1],
    "in_bbox({}, 48, 2, 49, 3)": [1],
    "bbox({}, 45, 4, 46, 5)": [2],
    f"intersects({{}}, {_BOX})": [1],
    f"disjoint({{}}, {_BOX})": [2],
    f"within({{}}, {_BOX})": [1],
    f"geometry({{}}, {_BOX}, within)": [1],
    f"geometry({{}}, {_BOX})": [1],
    f"polygon({{}}, {_BOX})": [1],
}


@pytest.mark.parametrize("field", ["pt", "forme"])
@pytest.mark.parametrize("condition", _CONDITIONS)
def test_conditions(ask: Ask, condition: str, field: str) -> None:
    query = {"where": condition.format(field), "select": "id"}
    newest, older = ask(_V21, query), ask(_V20, query)
    assert (newest.status_code, older.status_code) == (200, 200), newest.text
    found = [row["id"] for row in newest.json()["results"]]
    assert found == _CONDITIONS[condition]
    assert [row["record"]["fields"]["id"] for row in older.json()["records"]] == found


@pytest.mark.parametrize("field", ["pt", "forme"])
@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ('#distance({}, "48.85,2.35", 5000)', [1]),
        ('#polygon({}, "(48,2),(48,3),(49,3),(49,2)")', [1]),
    ],
)
def test_conditions_of_the_v1(ask: Ask, q: str, field: str, expected: list[int]) -> None:
    answer = ask("/api/records/1.0/search/", {"dataset": NAME, "q": q.format(field)})
    assert answer.status_code == 200, answer.text
    assert [item["fields"]["id"] for item in answer.json()["records"]] == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("geofilter.distance", "48.85,2.35,5000", [1]),
        ("geofilter.distance", "45.75,4.85,1000", [2]),  # the shape alone is that near
        ("geofilter.polygon", "(48,2),(48,3),(49,3),(49,2)", [1]),
    ],
)
def test_filters_of_the_v1_look_at_all_places(
    ask: Ask, name: str, value: str, expected: list[int]
) -> None:
    answer = ask("/api/records/1.0/search/", {"dataset": NAME, name: value})
    assert [item["fields"]["id"] for item in answer.json()["records"]] == expected


def test_metres_to_a_shape_are_those_of_the_sphere(ask: Ask) -> None:
    query = {"select": f"id, distance(forme, {_PARIS}) as d, distance(pt, {_PARIS}) as p"}
    first, second, third = ask(_V21, query).json()["results"]
    assert first["d"] == pytest.approx(first["p"], abs=0.5)
    # Its north-western corner, (4.8, 45.8), is the nearest.
    assert second["d"] == pytest.approx(haversine(2.35, 48.85, 4.8, 45.8), rel=1e-3)
    assert (third["d"], third["p"]) == (None, None)


def haversine(lon: float, lat: float, lon2: float, lat2: float) -> float:
    """Metres between two places on the sphere."""
    radians = map(math.radians, (lat, lat2, lon2 - lon))
    lat, lat2, across = radians
    up = math.sin((lat2 - lat) / 2) ** 2
    return 2 * 6371008.8 * math.asin(
        math.sqrt(up + math.cos(lat) * math.cos(lat2) * math.sin(across / 2) ** 2)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ("order_by", f"distance(forme, {_PARIS})"),  # clients test that it is refused
        ("where", f"within_distance(nom, {_PARIS}, 5km)"),
        ("where", f"within_distance(forme, {_BOX}, 5km)"),
        ("where", "within_distance(forme, geom'POINT(400 100)', 5km)"),
        ("where", 'within_distance(pt, geom\'{"type":"Point"}\', 5km)'),
        ("where", 'within_distance(forme, geom\'{"type":"Point","coordinates":["a"]}\', 5km)'),
        ("where", "in_bbox(forme, 1, 2, 3)"),
        ("where", f"within_distance(pt, {_PARIS}, 1e999 km)"),
    ],
)
def test_what_makes_no_sense_is_refused(ask: Ask, parameter: str, text: str) -> None:
    answer: Any = ask(_V21, {parameter: text})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error_code"].startswith("ODSQL")
