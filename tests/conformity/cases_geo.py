"""Places: values, predicates, distances, clusters (reference §5, §9)."""

from tests.conformity.case import ROOT, Case, all_rows, first_row, ids, params
from tests.conformity.data_geo import square

_PARIS = "geom'POINT(2.35 48.85)'"
_SQUARE = "geom'POLYGON((2 48, 3 48, 3 49, 2 49, 2 48))'"
_CORNER = "geom'POLYGON((2.9 48.9, 4.5 48.9, 4.5 50, 2.9 50, 2.9 48.9))'"
_GEOJSON = """geom'{"type":"Polygon","coordinates":[[[2,48],[3,48],[3,49],[2,49],[2,48]]]}'"""


def _case(name: str, expected: list[int], where: str) -> Case:
    return ids(name, "§9", "geo", expected, where=where)


CASES = [
    first_row("point", "§5", "geo", {"point": {"lon": 2.35, "lat": 48.85}}, select="point"),
    first_row(
        "forme : une Feature",
        "§5",
        "geo",
        {"forme": {"type": "Feature", "geometry": square(2, 48), "properties": {}}},
        select="forme",
    ),
    all_rows(
        "sans géométrie : null",
        "§5",
        "geo",
        [{"point": None, "forme": None}],
        select="point, forme",
        where="id=3",
    ),
    _case("within_distance, 20 km", [1, 4], f"within_distance(point, {_PARIS}, 20km)"),
    _case("within_distance, 10 km", [1], f"within_distance(point, {_PARIS}, 10km)"),
    _case("within_distance, mètres", [1, 4], f"within_distance(point, {_PARIS}, 20000m)"),
    _case("within_distance, sans unité : mètres", [1], f"within_distance(point, {_PARIS}, 20)"),
    _case("within_distance, milles", [1, 4], f"within_distance(point, {_PARIS}, 12mi)"),
    _case(
        "within_distance, 10 milles ne suffisent pas",
        [1],
        f"within_distance(point, {_PARIS}, 10mi)",
    ),
    _case("within_distance, tout", [1, 2, 4], f"within_distance(point, {_PARIS}, 1000km)"),
    _case("distance à trois arguments", [1, 4], f"distance(point, {_PARIS}, 20km)"),
    _case(
        "not within_distance comprend les nulls",
        [2, 3],
        f"not within_distance(point, {_PARIS}, 20km)",
    ),
    _case("in_bbox", [1, 4], "in_bbox(point, 48, 2, 49, 3)"),
    _case("in_bbox, autre carré", [2], "in_bbox(point, 45, 4, 46, 5)"),
    _case("within, WKT", [1, 4], f"within(point, {_SQUARE})"),
    _case("within, GeoJSON", [1, 4], f"within(point, {_GEOJSON})"),
    _case("intersects, point", [1, 4], f"intersects(point, {_SQUARE})"),
    _case("intersects, forme qui déborde", [1], f"intersects(forme, {_CORNER})"),
    _case("within, forme qui déborde", [], f"within(forme, {_CORNER})"),
    _case("disjoint, forme", [2], f"disjoint(forme, {_CORNER})"),
    _case("polygon", [1, 4], f"polygon(point, {_SQUARE})"),
    _case("geometry, intersects", [1], f"geometry(forme, {_CORNER}, intersects)"),
    _case("géographie et comparaison", [4], f"within(point, {_SQUARE}) and id > 1"),
    first_row(
        "distance en mètres : nulle sur place",
        "§9",
        "geo",
        {"d": 0},
        select=f"distance(point, {_PARIS}) as d",
    ),
    ids("order_by distance", "§9", "geo", [1, 4, 2, 3], order_by=f"distance(point, {_PARIS})"),
    Case(
        "geo_cluster réunit tout au zoom 0",
        "§9",
        f"{ROOT}/geo/records",
        params(
            {
                "select": "count(*) as n",
                "where": "point is not null",
                "group_by": "geo_cluster(point, 0)",
            }
        ),
        parts={"total_count": 1, "results/0/n": 3},
        contains=["cluster_centroid"],
    ),
    Case(
        "geo_cluster sépare tout au zoom 25",
        "§9",
        f"{ROOT}/geo/records",
        params(
            {
                "select": "count(*) as n",
                "where": "point is not null",
                "group_by": "geo_cluster(point, 25)",
            }
        ),
        parts={"total_count": 3, "results/*/n": [1, 1, 1]},
    ),
]
