"""``lieux``: the small package whose requests programs of others were seen to send (issue 18)."""

import json
from pathlib import Path
from typing import Any

NAME = "lieux"
ROWS = """id;nom;code;jour;quand;tags;n;pt;forme
1;Rathaus;11;1850-06-15;2024-03-31T00:59:59Z;"[""a"", ""b""]";106;2.3522,48.8566;"{point}"
2;Bahnhof;22;2024-06-15;2024-03-31T01:00:00Z;"[""b""]";7;4.8357,45.7640;"{square}"
3;Manor;106;;;;;;
"""
POINT = {"type": "Point", "coordinates": [2.3522, 48.8566]}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[4.8, 45.7], [4.9, 45.7], [4.9, 45.8], [4.8, 45.8], [4.8, 45.7]]],
}
FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "integer"},
    {"name": "nom", "type": "string", "annotations": {"facet": True}},
    {"name": "code", "type": "string", "title": "Code du lieu"},
    {"name": "jour", "type": "date"},
    {"name": "quand", "type": "datetime"},
    {"name": "tags", "type": "array", "annotations": {"facet": True, "multivalued": ","}},
    {"name": "n", "type": "integer"},
    {"name": "pt", "type": "geopoint"},
    {"name": "forme", "type": "geojson"},
]


def write(publications: Path) -> None:
    """Write the package in a folder of publications."""
    home = publications / NAME
    home.mkdir(parents=True)
    shapes = {
        name: json.dumps(shape, separators=(",", ":")).replace('"', '""')
        for name, shape in (("point", POINT), ("square", SQUARE))
    }
    (home / "lieux.csv").write_text(ROWS.format(**shapes))
    resource = {
        "name": NAME, "type": "table", "path": "lieux.csv", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "dialect": {"delimiter": ";"},
        "schema": {"missingValues": [""], "fields": FIELDS},
    }  # fmt: skip
    package = {
        "name": NAME, "title": "Lieux", "version": "1.0.0", "created": "2026-01-15T00:00:00Z",
        "licenses": [{"name": "CC0-1.0"}], "resources": [resource],
    }  # fmt: skip
    (home / "datapackage.json").write_text(json.dumps(package))
