"""Places: geometries of a request, distances, relations between shapes."""

import re
from math import isfinite
from typing import Any

import orjson

from portal.odsql import query_errors, tree
from portal.odsql.fragment import Expression, Fragment, Kind, constant, sql
from portal.odsql.scope import Context

# Mean radius of the Earth in metres (IUGG), the one of the haversine formula.
_EARTH_RADIUS = 6_371_008.8
_MAX_LON, _MAX_LAT = 180, 90
_POINT = re.compile(r"\s*POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)\s*", re.IGNORECASE)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")


def point(node: tree.GeometryLiteral, context: Context) -> tuple[float, float]:
    """Return longitude and latitude (degrees) of a literal that is a point."""
    if match := _POINT.fullmatch(node.constant):
        return float(match[1]), float(match[2])
    shape = _geojson(node.constant)
    if shape and shape.get("type") == "Point":
        lon, lat, *_ = (*_coordinates(shape), None, None)
        if lon is not None and lat is not None:
            return lon, lat
    raise query_errors.malformed(
        f"{node.text} (position {node.position}) is not a point: geom'POINT(lon lat)'",
        context.clause,
    )


def _coordinates(shape: dict[str, Any]) -> list[float]:
    """Return the coordinates of a point; none if they are no numbers."""
    listed = shape.get("coordinates")
    numbers = listed if isinstance(listed, list) else []
    return [float(each) for each in numbers if isinstance(each, (int, float)) and isfinite(each)]


def _geojson(text: str) -> dict[str, Any] | None:
    """Return the geometry of a GeoJSON text, be it a feature."""
    try:
        shape = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if isinstance(shape, dict) and shape.get("type") == "Feature":
        shape = shape.get("geometry")
    return shape if isinstance(shape, dict) else None


def geometry_literal(node: tree.GeometryLiteral) -> Fragment:
    """Return a literal as GEOMETRY; DuckDB says what is wrong with it when it runs."""
    text = node.constant.strip()
    shape = _geojson(text)
    if shape is not None:
        return sql("st_geomfromgeojson({})", constant(orjson.dumps(shape).decode()))
    if _HEX.fullmatch(text):
        return sql("st_geomfromhexwkb({})", constant(text))
    return sql("st_geomfromtext({})", constant(text))


def geometry(expression: Expression, context: Context) -> Fragment:
    """Return a geographic field as GEOMETRY."""
    if expression.kind is Kind.POINT:
        return sql("st_point({}.lon, {}.lat)", expression.fragment, expression.fragment)
    if expression.kind is Kind.SHAPE:
        return sql("st_geomfromgeojson({})", expression.fragment)
    raise query_errors.malformed(
        f"a {expression.kind.value} field has no place on a map", context.clause
    )


def distance(located: Expression, place: tree.Node, context: Context, text: str) -> Fragment:
    """Return the metres from a point or a shape to a place. Raises ``ApiError``."""
    if not isinstance(place, tree.GeometryLiteral):
        raise query_errors.malformed(
            f"{text}: takes a place and geom'POINT(lon lat)'", context.clause
        )
    lon, lat = point(place, context)
    if located.kind is Kind.POINT:
        return distance_in_metres(located.fragment, (lon, lat))
    if not (-_MAX_LON <= lon <= _MAX_LON and -_MAX_LAT <= lat <= _MAX_LAT):
        raise query_errors.malformed(f"{place.text} is not on the Earth", context.clause)
    # On a plane that is seen from the place: lengths from there are those of the sphere.
    plane = f"+proj=aeqd +lat_0={lat!r} +lon_0={lon!r} +R={_EARTH_RADIUS} +units=m +no_defs"
    return sql(
        "try(st_distance(st_transform({}, 'EPSG:4326', {}, always_xy := true), st_point(0, 0)))",
        geometry(located, context),
        constant(plane),
    )


def distance_in_metres(field: Fragment, place: tuple[float, float]) -> Fragment:
    """Return the distance from a point field to a place, along the sphere."""
    lon, lat = constant(place[0]), constant(place[1])
    return sql(
        # least() would take 1 for nothing: the other end of the Earth.
        f"(case when {{}} is not null then {2 * _EARTH_RADIUS} * asin(sqrt(least(1.0,"
        " pow(sin(radians({}.lat - {}) / 2), 2)"
        " + cos(radians({})) * cos(radians({}.lat))"
        " * pow(sin(radians({}.lon - {}) / 2), 2)))) end)",
        field,
        field,
        lat,
        lat,
        field,
        field,
        lon,
    )
