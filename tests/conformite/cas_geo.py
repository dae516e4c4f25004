"""Places: values, predicates, distances, clusters (reference §5, §9)."""

from tests.conformite.donnees_geo import carre
from tests.conformite.modele import RACINE, Cas, ids, lignes, params, premier

_PARIS = "geom'POINT(2.35 48.85)'"
_CARRE = "geom'POLYGON((2 48, 3 48, 3 49, 2 49, 2 48))'"
_COIN = "geom'POLYGON((2.9 48.9, 4.5 48.9, 4.5 50, 2.9 50, 2.9 48.9))'"
_GEOJSON = """geom'{"type":"Polygon","coordinates":[[[2,48],[3,48],[3,49],[2,49],[2,48]]]}'"""


def _cas(nom: str, attendus: list[int], where: str) -> Cas:
    return ids(nom, "§9", "geo", attendus, where=where)


CAS = [
    premier("point", "§5", "geo", {"point": {"lon": 2.35, "lat": 48.85}}, select="point"),
    premier(
        "forme : une Feature",
        "§5",
        "geo",
        {"forme": {"type": "Feature", "geometry": carre(2, 48), "properties": {}}},
        select="forme",
    ),
    lignes(
        "sans géométrie : null",
        "§5",
        "geo",
        [{"point": None, "forme": None}],
        select="point, forme",
        where="id=3",
    ),
    _cas("within_distance, 20 km", [1, 4], f"within_distance(point, {_PARIS}, 20km)"),
    _cas("within_distance, 10 km", [1], f"within_distance(point, {_PARIS}, 10km)"),
    _cas("within_distance, mètres", [1, 4], f"within_distance(point, {_PARIS}, 20000m)"),
    _cas("within_distance, sans unité : mètres", [1], f"within_distance(point, {_PARIS}, 20)"),
    _cas("within_distance, milles", [1, 4], f"within_distance(point, {_PARIS}, 12mi)"),
    _cas(
        "within_distance, 10 milles ne suffisent pas",
        [1],
        f"within_distance(point, {_PARIS}, 10mi)",
    ),
    _cas("within_distance, tout", [1, 2, 4], f"within_distance(point, {_PARIS}, 1000km)"),
    _cas("distance à trois arguments", [1, 4], f"distance(point, {_PARIS}, 20km)"),
    _cas(
        "not within_distance comprend les nulls",
        [2, 3],
        f"not within_distance(point, {_PARIS}, 20km)",
    ),
    _cas("in_bbox", [1, 4], "in_bbox(point, 48, 2, 49, 3)"),
    _cas("in_bbox, autre carré", [2], "in_bbox(point, 45, 4, 46, 5)"),
    _cas("within, WKT", [1, 4], f"within(point, {_CARRE})"),
    _cas("within, GeoJSON", [1, 4], f"within(point, {_GEOJSON})"),
    _cas("intersects, point", [1, 4], f"intersects(point, {_CARRE})"),
    _cas("intersects, forme qui déborde", [1], f"intersects(forme, {_COIN})"),
    _cas("within, forme qui déborde", [], f"within(forme, {_COIN})"),
    _cas("disjoint, forme", [2], f"disjoint(forme, {_COIN})"),
    _cas("polygon", [1, 4], f"polygon(point, {_CARRE})"),
    _cas("geometry, intersects", [1], f"geometry(forme, {_COIN}, intersects)"),
    _cas("géographie et comparaison", [4], f"within(point, {_CARRE}) and id > 1"),
    premier(
        "distance en mètres : nulle sur place",
        "§9",
        "geo",
        {"d": 0},
        select=f"distance(point, {_PARIS}) as d",
    ),
    ids("order_by distance", "§9", "geo", [1, 4, 2, 3], order_by=f"distance(point, {_PARIS})"),
    Cas(
        "geo_cluster réunit tout au zoom 0",
        "§9",
        f"{RACINE}/geo/records",
        params(
            {
                "select": "count(*) as n",
                "where": "point is not null",
                "group_by": "geo_cluster(point, 0)",
            }
        ),
        parties={"total_count": 1, "results/0/n": 3},
        contient=["cluster_centroid"],
    ),
    Cas(
        "geo_cluster sépare tout au zoom 25",
        "§9",
        f"{RACINE}/geo/records",
        params(
            {
                "select": "count(*) as n",
                "where": "point is not null",
                "group_by": "geo_cluster(point, 25)",
            }
        ),
        parties={"total_count": 3, "results/*/n": [1, 1, 1]},
    ),
]
