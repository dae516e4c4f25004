"""Rows with places: a point (``lon, lat`` as Table Schema writes it) and a shape, or none."""

import json
from typing import Any


def square(lon: int, lat: int) -> dict[str, Any]:
    """Return the square of one degree whose lower left corner is given."""
    ring = [[lon, lat], [lon + 1, lat], [lon + 1, lat + 1], [lon, lat + 1], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


FIELDS = (
    {"name": "id", "type": "integer"},
    {"name": "nom", "type": "string", "annotations": {"facet": True}},
    {"name": "point", "type": "geopoint", "title": "Un point"},
    {"name": "forme", "type": "geojson"},
)
ROWS = (
    (1, "Paris", "2.35, 48.85", json.dumps(square(2, 48))),
    (2, "Lyon", "4.85, 45.75", json.dumps(square(4, 45))),
    (3, "Nulle part", None, None),
    (4, "Versailles", "2.13, 48.8", None),
)
