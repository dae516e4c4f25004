"""Small Data Packages for clients to read: made once, the same each time.

``catalogue``: the columns that programs of the CPF offer name, more rows than a client may page
through. ``types``: one column of each type, awkward names, nothing in places.
"""

import csv
import datetime as dt
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

CATALOG, TYPES = "moncompteformation_catalogueformation", "types"
ROWS = 12_000
REGIONS = {"Île-de-France": ("Paris", "Yvelines"), "Bretagne": ("Finistère", "Côtes-d'Armor")}
TITLES = (
    "Bureautique : les bases de l'informatique",
    "Métiers de l'information et de la communication",
    'Anglais "professionnel"; niveau B2',
    "Permis de conduire; catégorie B",
    "Développeur web",
)
Fields = Sequence[Mapping[str, Any]]
_FACET_ANNOTATIONS = {"annotations": {"facet": True, "disjunctive": True}}
_CATALOG: Fields = (
    {"name": "numero_formation", "type": "string", "title": "Numéro de formation"},
    {"name": "intitule_formation", "type": "string", "title": "Intitulé de la formation"},
    {"name": "intitule_certification", "type": "string", "title": "Intitulé de la certification"},
    {"name": "code_rncp", "type": "string", "title": "Code RNCP"},
    {"name": "code_rome_1", "type": "string", "title": "Code ROME 1"},
    {"name": "code_nsf_1", "type": "string", "title": "Code NSF 1"},
    {"name": "nom_region", "type": "string", "title": "Région", **_FACET_ANNOTATIONS},
    {"name": "nom_departement", "type": "string", "title": "Département", **_FACET_ANNOTATIONS},
    {"name": "frais_ttc_tot_mean", "type": "number", "title": "Frais TTC moyens"},
    {"name": "nombre_heures_total_mean", "type": "number", "title": "Durée moyenne"},
    {"name": "nb_action", "type": "integer", "title": "Nombre d'actions"},
    {
        "name": "date_extraction",
        "type": "date",
        "title": "Date d'extraction",
        "deprecatedNames": ["date_extract"],
    },
)
_TYPES: Fields = (
    {"name": "id", "type": "integer", "title": "Identifiant"},
    {"name": "texte", "type": "string", "title": "Un texte, avec « des » signes"},
    {"name": "categorie", "type": "string", "annotations": {"facet": True, "sortable": True}},
    {"name": "nombre", "type": "number"},
    {"name": "entier", "type": "integer", "annotations": {"facet": True}},
    {"name": "actif", "type": "boolean", "annotations": {"facet": True}},
    {"name": "jour", "type": "date", "annotations": {"facet": True}},
    {"name": "mois", "type": "yearmonth", "annotations": {"facet": True}},
    {"name": "annee", "type": "year"},
    {"name": "instant", "type": "datetime", "annotations": {"facet": True}},
    {"name": "lieu", "type": "geopoint"},
    {"name": "forme", "type": "geojson"},
    {"name": "liste", "type": "string", "annotations": {"facet": True, "multivalued": ","}},
    {"name": "chemin", "type": "string", "annotations": {"facet": True, "hierarchical": "/"}},
    {"name": "objet", "type": "object"},
    {"name": "tableau", "type": "array"},
    {"name": "Été {0} 'x\"", "type": "string", "annotations": {"facet": True}},
    {"name": "select", "type": "integer"},
)


def write(root: Path) -> None:
    """Write both packages into ``racine``, which may be served then."""
    catalog(root / CATALOG, ROWS)
    types(root / TYPES, 60)


def catalog(folder: Path, count: int, version: str = "") -> None:
    """Write a package of Parquet: all its rows tell ``version`` in ``code_rncp``, if it is told."""
    rows = (_formation(rank, version) for rank in range(count))
    table = _csv(folder / "catalogue.csv", _CATALOG, rows)
    target = folder / "catalogue.parquet"
    duckdb.sql(
        f"copy (select * from read_csv('{table}', types = {{code_rncp: 'varchar',"
        f" code_nsf_1: 'varchar'}})) to '{target}' (format parquet, row_group_size 2048)"
    )
    table.unlink()
    _write_descriptor(folder, CATALOG, "Offre de formation", _CATALOG, target, ["numero_formation"])


def types(folder: Path, count: int) -> None:
    """Write a package of CSV with a field of each type."""
    table = _csv(folder / "types.csv", _TYPES, types_rows(count))
    _write_descriptor(folder, TYPES, "Un champ de chaque type", _TYPES, table, ["id"])


def types_rows(count: int) -> list[dict[str, Any]]:
    """Return the first rows of that package; a value that is missing is an empty text."""
    draw = random.Random(7)  # noqa: S311 (rows that look varied)
    return [_types_row(rank, draw) for rank in range(count)]


def _formation(rank: int, version: str) -> dict[str, Any]:
    region = tuple(REGIONS)[rank % 2]
    return {
        "numero_formation": f"F{rank:06}",
        "intitule_formation": TITLES[rank % len(TITLES)],
        "intitule_certification": f"Certification {rank % 40}",
        "code_rncp": version or str(30_000 + rank % 40),
        "code_rome_1": ("M1805", "K2111")[rank % 2],
        "code_nsf_1": ("326", "320")[rank % 2],
        "nom_region": region,
        "nom_departement": REGIONS[region][rank // 2 % 2],
        "frais_ttc_tot_mean": f"{500 + rank % 1000}.5",
        "nombre_heures_total_mean": 7 + rank % 90,
        "nb_action": 1 + rank % 5,
        "date_extraction": "2026-03-01",
    }


def _types_row(rank: int, draw: random.Random) -> dict[str, Any]:
    moment = dt.datetime(2019, 12, 31, 21, tzinfo=dt.UTC) + dt.timedelta(hours=37 * rank)
    lon, lat = round(draw.uniform(-5, 8), 4), round(draw.uniform(42, 51), 4)
    values = {
        "texte": f"Élève n° {rank} de l'école, « {'abc'[rank % 3] * 3} » ; {draw.random()}",
        "categorie": ("Été", "hiver", "Hiver", 'le "printemps"')[rank % 4],
        "nombre": round(draw.uniform(-100, 100), 3),
        "entier": rank % 7 - 3,
        "actif": ("true", "false")[rank % 2],
        "jour": moment.date(),
        "mois": f"{moment:%Y-%m}",
        "annee": moment.year + rank % 5,
        "instant": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "lieu": f"{lon}, {lat}",
        "forme": json.dumps({"type": "Point", "coordinates": [lon, lat]}),
        "liste": ",".join(draw.sample(["a", "b", "é", "d e"], rank % 4)),
        "chemin": ("France/Bretagne", "France/Corse/Ajaccio", "Suisse")[rank % 3],
        "objet": json.dumps({"clé": rank, "suite": [1, None, "x"]}),
        "tableau": json.dumps([rank, "a"]),
        "Été {0} 'x\"": "xyz"[rank % 3],
        "select": rank % 3,
    }
    # A value in eight is missing, in every column in turn.
    kept = {name: "" if draw.random() < 1 / 8 else value for name, value in values.items()}
    return {"id": rank, **kept}


def _csv(path: Path, fields: Fields, rows: Iterable[Mapping[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field["name"] for field in fields])
        writer.writeheader()
        writer.writerows(rows)
    return path


def _write_descriptor(
    folder: Path, name: str, title: str, fields: Fields, file: Path, key: list[str]
) -> None:
    form = file.suffix.removeprefix(".")
    resource = {
        "name": name,
        "path": file.name,
        "format": form,
        "profile": "tabular-data-resource",
        "schema": {"fields": list(fields), "primaryKey": key},
    }
    package = {"name": name, "title": title, "resources": [resource]}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
