"""Places: geometries of a request, distances, relations between shapes.

Belongs here: geography in SQL. Does not: which predicates exist (``predicats``).
"""

import re
from typing import Any

import orjson

from portal.odsql import arbre, erreurs
from portal.odsql.contexte import Contexte
from portal.odsql.fragment import Expression, Fragment, Genre, sql, valeur

# Mean radius of the Earth in metres (IUGG), the one of the haversine formula.
_RAYON = 6_371_008.8
_POINT = re.compile(r"\s*POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)\s*", re.IGNORECASE)
_HEXA = re.compile(r"(?:[0-9A-Fa-f]{2})+")


def point(noeud: arbre.GeometrieLitterale, contexte: Contexte) -> tuple[float, float]:
    """Return longitude and latitude (degrees) of a literal that is a point."""
    if found := _POINT.fullmatch(noeud.valeur):
        return float(found[1]), float(found[2])
    shape = _geojson(noeud.valeur)
    if shape and shape.get("type") == "Point":
        lon, lat = shape["coordinates"][:2]
        return float(lon), float(lat)
    raise erreurs.malformee(
        f"{noeud.texte} (position {noeud.position}) is not a point: geom'POINT(lon lat)'",
        contexte.clause,
    )


def _geojson(texte: str) -> dict[str, Any] | None:
    """Return the geometry of a GeoJSON text, be it a feature."""
    try:
        found = orjson.loads(texte)
    except orjson.JSONDecodeError:
        return None
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    return found if isinstance(found, dict) else None


def forme(noeud: arbre.GeometrieLitterale) -> Fragment:
    """Return a literal as GEOMETRY; DuckDB says what is wrong with it when it runs."""
    text = noeud.valeur.strip()
    shape = _geojson(text)
    if shape is not None:
        return sql("st_geomfromgeojson({})", valeur(orjson.dumps(shape).decode()))
    if _HEXA.fullmatch(text):
        return sql("st_geomfromhexwkb({})", valeur(text))
    return sql("st_geomfromtext({})", valeur(text))


def geometrie(expression: Expression, contexte: Contexte) -> Fragment:
    """Return a geographic field as GEOMETRY."""
    if expression.genre is Genre.POINT:
        return sql("st_point({}.lon, {}.lat)", expression.fragment, expression.fragment)
    if expression.genre is Genre.FORME:
        return sql("st_geomfromgeojson({})", expression.fragment)
    raise erreurs.malformee(
        f"a {expression.genre.value} field has no place on a map", contexte.clause
    )


def distance_en_metres(champ: Fragment, lieu: tuple[float, float]) -> Fragment:
    """Return the distance from a point field to a place, along the sphere."""
    lon, lat = valeur(lieu[0]), valeur(lieu[1])
    return sql(
        f"({2 * _RAYON} * asin(sqrt(least(1.0,"
        " pow(sin(radians({}.lat - {}) / 2), 2)"
        " + cos(radians({})) * cos(radians({}.lat)) * pow(sin(radians({}.lon - {}) / 2), 2)))))",
        champ,
        lat,
        lat,
        champ,
        champ,
        lon,
    )
