"""Exports: formats, options, headers (reference §4, §5, §7)."""

from typing import Any

from tests.conformity.case import ROOT, Case, params

_BOM = "\ufeff"


def _export(
    name: str, target: str, query: dict[str, Any], section: str = "§7", **expected: Any
) -> Case:
    dataset, form = target.split(".")
    return Case(name, section, f"{ROOT}/{dataset}/exports/{form}", params(query), **expected)


_WORDS = {"select": "id,titre", "where": "id < 3"}
_TWO_ROWS = [
    {"id": 1, "titre": "Star Wars"},
    {"id": 2, "titre": "La guerre des étoiles (Star Wars)"},
]

CASES = [
    _export(
        "csv : BOM, point-virgule, en-tête",
        "mots.csv",
        _WORDS,
        text=f"{_BOM}id;titre\n1;Star Wars\n2;La guerre des étoiles (Star Wars)\n",
    ),
    _export(
        "csv sans BOM",
        "mots.csv",
        {**_WORDS, "with_bom": "false", "where": "id=1"},
        text="id;titre\n1;Star Wars\n",
    ),
    _export(
        "csv : booléen sans casse",
        "mots.csv",
        {**_WORDS, "with_bom": "False", "where": "id=1"},
        "§2",
        text="id;titre\n1;Star Wars\n",
    ),
    _export(
        "csv : virgule",
        "mots.csv",
        {**_WORDS, "delimiter": ",", "with_bom": "false", "where": "id=1"},
        text="id,titre\n1,Star Wars\n",
    ),
    _export(
        "csv : tabulation",
        "mots.csv",
        {**_WORDS, "delimiter": "\t", "with_bom": "false", "where": "id=1"},
        text="id\ttitre\n1\tStar Wars\n",
    ),
    _export(
        "csv : barre",
        "mots.csv",
        {**_WORDS, "delimiter": "|", "with_bom": "false", "where": "id=1"},
        text="id|titre\n1|Star Wars\n",
    ),
    _export(
        "csv : quote_all",
        "mots.csv",
        {**_WORDS, "quote_all": "true", "where": "id=1"},
        contains=['"id";"titre"', '"Star Wars"'],
    ),
    _export(
        "csv : libellés",
        "types.csv",
        {"select": "texte,entier", "use_labels": "true", "where": "id=7"},
        body_format="csv",
        json=[["Un texte", "Un entier"], ["été", "7"]],
    ),
    _export(
        "csv : noms par défaut",
        "types.csv",
        {"select": "texte,entier", "where": "id=7"},
        "§4",
        body_format="csv",
        json=[["texte", "entier"], ["été", "7"]],
    ),
    _export(
        "csv : guillemets, sauts de ligne, séparateur",
        "types.csv",
        {"select": "texte", "where": "id in (2,3,6)"},
        body_format="csv",
        json=[["texte"], ['dit "bonjour"'], ["ligne un\nligne deux"], ["a;b, c|d"]],
    ),
    _export(
        "csv : vide pour null",
        "types.csv",
        {"where": "id=5"},
        body_format="csv",
        parts={"1": ["5", "", "", "", "", "", "", "", ""]},
    ),
    _export(
        "csv : nombres et dates",
        "types.csv",
        {"select": "entier,jour,instant,annee,mois", "where": "id=2"},
        body_format="csv",
        parts={"1": ["-1", "2024-12-31", "2024-12-31T23:30:00+00:00", "2024", "2024-12"]},
    ),
    _export(
        "csv : instant dans le fuseau",
        "types.csv",
        {"select": "instant", "where": "id=2", "timezone": "Europe/Paris"},
        body_format="csv",
        parts={"1": ["2025-01-01T00:30:00+01:00"]},
    ),
    _export(
        "csv : liste",
        "multi.csv",
        {"select": "tags", "where": "id=1"},
        body_format="csv",
        parts={"1": ["rouge,vert"]},
    ),
    _export(
        "csv : list_separator",
        "multi.csv",
        {"select": "tags", "where": "id=1", "list_separator": "/"},
        body_format="csv",
        parts={"1": ["rouge/vert"]},
    ),
    _export(
        "csv : point en texte lat, lon",
        "geo.csv",
        {"select": "point", "where": "id=1"},
        body_format="csv",
        parts={"1": ["48.85, 2.35"]},
    ),
    _export(
        "csv : jeu vide, en-tête seul",
        "vide.csv",
        {},
        body_format="csv",
        json=[["id", "nom", "prix"]],
    ),
    _export(
        "csv : toutes les lignes par défaut",
        "grand.csv",
        {"select": "id"},
        "§4",
        body_format="csv",
        parts={"#": 401, "1": ["1"], "400": ["400"]},
    ),
    _export(
        "csv : limit=-1",
        "grand.csv",
        {"select": "id", "limit": -1},
        "§4",
        body_format="csv",
        parts={"#": 401},
    ),
    _export(
        "csv : limit",
        "grand.csv",
        {"select": "id", "limit": 150},
        "§4",
        body_format="csv",
        parts={"#": 151},
    ),
    _export(
        "csv : order_by",
        "grand.csv",
        {"select": "id", "order_by": "id desc", "limit": 2},
        body_format="csv",
        json=[["id"], ["400"], ["399"]],
    ),
    _export(
        "csv : refine",
        "grand.csv",
        {"select": "id", "refine": "groupe:a"},
        body_format="csv",
        parts={"#": 101},
    ),
    _export(
        "csv : group_by",
        "grand.csv",
        {"select": "count(*) as n", "group_by": "groupe", "order_by": "groupe"},
        body_format="csv",
        json=[["groupe", "n"], ["a", "100"], ["b", "100"], ["c", "100"], ["d", "100"]],
    ),
    _export(
        "csv : compressed",
        "mots.csv",
        {**_WORDS, "compressed": "true"},
        "§4",
        body_format="csv.gz",
        parts={"#": 3},
    ),
    _export(
        "csv : en-têtes HTTP",
        "mots.csv",
        {"limit": 1},
        "§7",
        headers={
            "Content-Type": r"text/csv; ?charset=utf-8",
            "Content-Disposition": r'attachment; filename="mots\.csv"',
        },
    ),
    _export(
        "Accept JSON n'y change rien",
        "mots.csv",
        {"limit": 1},
        "§2",
        request_headers={"Accept": "application/json; charset=utf-8"},
        headers={"Content-Type": "text/csv.*"},
    ),
    _export("json : une liste nue", "mots.json", _WORDS, json=_TWO_ROWS),
    _export(
        "json : mêmes objets que records",
        "types.json",
        {"where": "id=2"},
        json=[
            {
                "id": 2,
                "texte": 'dit "bonjour"',
                "entier": -1,
                "nombre": -2.25,
                "actif": False,
                "jour": "2024-12-31",
                "instant": "2024-12-31T23:30:00+00:00",
                "annee": "2024",
                "mois": "2024-12",
            }
        ],
    ),
    _export("json : jeu vide", "vide.json", {}, json=[]),
    _export("json : plus de 100 lignes", "grand.json", {"select": "id"}, "§4", parts={"#": 400}),
    _export(
        "json : use_labels n'échoue pas",
        "mots.json",
        {
            "use_labels": "false",
            "epsg": "4326",
            "timezone": "UTC",
            "limit": -1,
            "where": "id=1",
            "select": "id",
        },
        "§17",
        json=[{"id": 1}],
    ),
    _export(
        "json : pièce jointe",
        "mots.json",
        {"limit": 1},
        headers={
            "Content-Type": "application/json.*",
            "Content-Disposition": r'attachment; filename="mots\.json"',
        },
    ),
    _export(
        "jsonl : un objet par ligne", "mots.jsonl", _WORDS, body_format="jsonl", json=_TWO_ROWS
    ),
    _export("jsonl : jeu vide", "vide.jsonl", {}, text=""),
    _export(
        "xlsx",
        "mots.xlsx",
        _WORDS,
        body_format="xlsx",
        json=[["id", "titre"], [1, "Star Wars"], [2, "La guerre des étoiles (Star Wars)"]],
    ),
    _export(
        "xlsx : libellés",
        "types.xlsx",
        {"select": "texte", "where": "id=7", "use_labels": "true"},
        "§4",
        body_format="xlsx",
        json=[["Un texte"], ["été"]],
    ),
    _export(
        "parquet : typé, snappy",
        "types.parquet",
        {"select": "id,texte,nombre,actif"},
        body_format="parquet",
        parts={
            "lignes": 8,
            "types/id": "int64",
            "types/texte": "string",
            "types/nombre": "double",
            "types/actif": "bool",
            "compression": "SNAPPY",
            "colonnes/id": [1, 2, 3, 4, 5, 6, 7, 8],
            "colonnes/nombre/4": None,
        },
    ),
    _export(
        "parquet : zstd",
        "mots.parquet",
        {"parquet_compression": "zstd"},
        "§3",
        body_format="parquet",
        parts={"lignes": 10, "compression": "ZSTD"},
    ),
    _export(
        "parquet : date et instant",
        "types.parquet",
        {"select": "jour,instant"},
        body_format="parquet",
        parts={"types/jour": "date32[day]", "types/instant": "timestamp[us, tz=UTC]"},
    ),
    _export(
        "parquet : filtré",
        "grand.parquet",
        {"where": "id <= 3", "select": "id"},
        body_format="parquet",
        parts={"colonnes": {"id": [1, 2, 3]}},
    ),
    _export(
        "geojson : une collection",
        "geo.geojson",
        {},
        parts={"type": "FeatureCollection", "features/#": 4},
    ),
    _export(
        "geojson : la forme avant le point",
        "geo.geojson",
        {"where": "id=1"},
        parts={
            "features/0/type": "Feature",
            "features/0/geometry/type": "Polygon",
            "features/0/properties/nom": "Paris",
            "features/0/properties/id": 1,
        },
    ),
    _export(
        "geojson : le point à défaut de forme",
        "geo.geojson",
        {"select": "id, point", "where": "id=4"},
        parts={
            "features/0/geometry": {"type": "Point", "coordinates": [2.13, 48.8]},
            "features/0/properties/id": 4,
        },
    ),
    _export(
        "geojson : sans géométrie, gardée",
        "geo.geojson",
        {"where": "id=3"},
        parts={"features/0/geometry": None, "features/0/properties/nom": "Nulle part"},
    ),
    Case(
        "liste des formats",
        "§5",
        f"{ROOT}/mots/exports",
        parts={"links/0/rel": "self"},
        contains=['"csv"', '"json"', '"jsonl"', '"parquet"', '"xlsx"'],
        excluded=['"geojson"'],
    ),
    Case(
        "geojson listé s'il y a de la géométrie",
        "§5",
        f"{ROOT}/geo/exports",
        contains=['"geojson"'],
    ),
    Case(
        "export d'un jeu inconnu",
        "§2",
        f"{ROOT}/inconnu/exports/csv",
        status=404,
        parts={"error_code": "NotFoundResource"},
    ),
    _export(
        "export mal demandé",
        "mots.csv",
        {"where": "xyz = 1"},
        "§2",
        status=400,
        parts={"error_code": "ODSQLError"},
    ),
]
