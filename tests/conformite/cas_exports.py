"""Exports: formats, options, headers (reference §4, §5, §7)."""

from typing import Any

from tests.conformite.modele import RACINE, Cas, params

_BOM = "\ufeff"


def _export(
    nom: str, cible: str, demande: dict[str, Any], paragraphe: str = "§7", **attendu: Any
) -> Cas:
    jeu, forme = cible.split(".")
    return Cas(nom, paragraphe, f"{RACINE}/{jeu}/exports/{forme}", params(demande), **attendu)


_MOTS = {"select": "id,titre", "where": "id < 3"}
_DEUX = [{"id": 1, "titre": "Star Wars"}, {"id": 2, "titre": "La guerre des étoiles (Star Wars)"}]

CAS = [
    _export(
        "csv : BOM, point-virgule, en-tête",
        "mots.csv",
        _MOTS,
        texte=f"{_BOM}id;titre\n1;Star Wars\n2;La guerre des étoiles (Star Wars)\n",
    ),
    _export(
        "csv sans BOM",
        "mots.csv",
        {**_MOTS, "with_bom": "false", "where": "id=1"},
        texte="id;titre\n1;Star Wars\n",
    ),
    _export(
        "csv : booléen sans casse",
        "mots.csv",
        {**_MOTS, "with_bom": "False", "where": "id=1"},
        "§2",
        texte="id;titre\n1;Star Wars\n",
    ),
    _export(
        "csv : virgule",
        "mots.csv",
        {**_MOTS, "delimiter": ",", "with_bom": "false", "where": "id=1"},
        texte="id,titre\n1,Star Wars\n",
    ),
    _export(
        "csv : tabulation",
        "mots.csv",
        {**_MOTS, "delimiter": "\t", "with_bom": "false", "where": "id=1"},
        texte="id\ttitre\n1\tStar Wars\n",
    ),
    _export(
        "csv : barre",
        "mots.csv",
        {**_MOTS, "delimiter": "|", "with_bom": "false", "where": "id=1"},
        texte="id|titre\n1|Star Wars\n",
    ),
    _export(
        "csv : quote_all",
        "mots.csv",
        {**_MOTS, "quote_all": "true", "where": "id=1"},
        contient=['"id";"titre"', '"Star Wars"'],
    ),
    _export(
        "csv : libellés",
        "types.csv",
        {"select": "texte,entier", "use_labels": "true", "where": "id=7"},
        lecture="csv",
        json=[["Un texte", "Un entier"], ["été", "7"]],
    ),
    _export(
        "csv : noms par défaut",
        "types.csv",
        {"select": "texte,entier", "where": "id=7"},
        "§4",
        lecture="csv",
        json=[["texte", "entier"], ["été", "7"]],
    ),
    _export(
        "csv : guillemets, sauts de ligne, séparateur",
        "types.csv",
        {"select": "texte", "where": "id in (2,3,6)"},
        lecture="csv",
        json=[["texte"], ['dit "bonjour"'], ["ligne un\nligne deux"], ["a;b, c|d"]],
    ),
    _export(
        "csv : vide pour null",
        "types.csv",
        {"where": "id=5"},
        lecture="csv",
        parties={"1": ["5", "", "", "", "", "", "", "", ""]},
    ),
    _export(
        "csv : nombres et dates",
        "types.csv",
        {"select": "entier,jour,instant,annee,mois", "where": "id=2"},
        lecture="csv",
        parties={"1": ["-1", "2024-12-31", "2024-12-31T23:30:00+00:00", "2024", "2024-12"]},
    ),
    _export(
        "csv : instant dans le fuseau",
        "types.csv",
        {"select": "instant", "where": "id=2", "timezone": "Europe/Paris"},
        lecture="csv",
        parties={"1": ["2025-01-01T00:30:00+01:00"]},
    ),
    _export(
        "csv : liste",
        "multi.csv",
        {"select": "tags", "where": "id=1"},
        lecture="csv",
        parties={"1": ["rouge,vert"]},
    ),
    _export(
        "csv : list_separator",
        "multi.csv",
        {"select": "tags", "where": "id=1", "list_separator": "/"},
        lecture="csv",
        parties={"1": ["rouge/vert"]},
    ),
    _export(
        "csv : point en texte lat, lon",
        "geo.csv",
        {"select": "point", "where": "id=1"},
        lecture="csv",
        parties={"1": ["48.85, 2.35"]},
    ),
    _export(
        "csv : jeu vide, en-tête seul", "vide.csv", {}, lecture="csv", json=[["id", "nom", "prix"]]
    ),
    _export(
        "csv : toutes les lignes par défaut",
        "grand.csv",
        {"select": "id"},
        "§4",
        lecture="csv",
        parties={"#": 401, "1": ["1"], "400": ["400"]},
    ),
    _export(
        "csv : limit=-1",
        "grand.csv",
        {"select": "id", "limit": -1},
        "§4",
        lecture="csv",
        parties={"#": 401},
    ),
    _export(
        "csv : limit",
        "grand.csv",
        {"select": "id", "limit": 150},
        "§4",
        lecture="csv",
        parties={"#": 151},
    ),
    _export(
        "csv : order_by",
        "grand.csv",
        {"select": "id", "order_by": "id desc", "limit": 2},
        lecture="csv",
        json=[["id"], ["400"], ["399"]],
    ),
    _export(
        "csv : refine",
        "grand.csv",
        {"select": "id", "refine": "groupe:a"},
        lecture="csv",
        parties={"#": 101},
    ),
    _export(
        "csv : group_by",
        "grand.csv",
        {"select": "count(*) as n", "group_by": "groupe", "order_by": "groupe"},
        lecture="csv",
        json=[["groupe", "n"], ["a", "100"], ["b", "100"], ["c", "100"], ["d", "100"]],
    ),
    _export(
        "csv : compressed",
        "mots.csv",
        {**_MOTS, "compressed": "true"},
        "§4",
        lecture="csv.gz",
        parties={"#": 3},
    ),
    _export(
        "csv : en-têtes HTTP",
        "mots.csv",
        {"limit": 1},
        "§7",
        entetes={
            "Content-Type": r"text/csv; ?charset=utf-8",
            "Content-Disposition": r'attachment; filename="mots\.csv"',
        },
    ),
    _export(
        "Accept JSON n'y change rien",
        "mots.csv",
        {"limit": 1},
        "§2",
        envoi={"Accept": "application/json; charset=utf-8"},
        entetes={"Content-Type": "text/csv.*"},
    ),
    _export("json : une liste nue", "mots.json", _MOTS, json=_DEUX),
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
    _export("json : plus de 100 lignes", "grand.json", {"select": "id"}, "§4", parties={"#": 400}),
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
        entetes={
            "Content-Type": "application/json.*",
            "Content-Disposition": r'attachment; filename="mots\.json"',
        },
    ),
    _export("jsonl : un objet par ligne", "mots.jsonl", _MOTS, lecture="jsonl", json=_DEUX),
    _export("jsonl : jeu vide", "vide.jsonl", {}, texte=""),
    _export(
        "xlsx",
        "mots.xlsx",
        _MOTS,
        lecture="xlsx",
        json=[["id", "titre"], [1, "Star Wars"], [2, "La guerre des étoiles (Star Wars)"]],
    ),
    _export(
        "xlsx : libellés",
        "types.xlsx",
        {"select": "texte", "where": "id=7", "use_labels": "true"},
        "§4",
        lecture="xlsx",
        json=[["Un texte"], ["été"]],
    ),
    _export(
        "parquet : typé, snappy",
        "types.parquet",
        {"select": "id,texte,nombre,actif"},
        lecture="parquet",
        parties={
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
        lecture="parquet",
        parties={"lignes": 10, "compression": "ZSTD"},
    ),
    _export(
        "parquet : date et instant",
        "types.parquet",
        {"select": "jour,instant"},
        lecture="parquet",
        parties={"types/jour": "date32[day]", "types/instant": "timestamp[us, tz=UTC]"},
    ),
    _export(
        "parquet : filtré",
        "grand.parquet",
        {"where": "id <= 3", "select": "id"},
        lecture="parquet",
        parties={"colonnes": {"id": [1, 2, 3]}},
    ),
    _export(
        "geojson : une collection",
        "geo.geojson",
        {},
        parties={"type": "FeatureCollection", "features/#": 4},
    ),
    _export(
        "geojson : la forme avant le point",
        "geo.geojson",
        {"where": "id=1"},
        parties={
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
        parties={
            "features/0/geometry": {"type": "Point", "coordinates": [2.13, 48.8]},
            "features/0/properties/id": 4,
        },
    ),
    _export(
        "geojson : sans géométrie, gardée",
        "geo.geojson",
        {"where": "id=3"},
        parties={"features/0/geometry": None, "features/0/properties/nom": "Nulle part"},
    ),
    Cas(
        "liste des formats",
        "§5",
        f"{RACINE}/mots/exports",
        parties={"links/0/rel": "self"},
        contient=['"csv"', '"json"', '"jsonl"', '"parquet"', '"xlsx"'],
        sans=['"geojson"'],
    ),
    Cas(
        "geojson listé s'il y a de la géométrie",
        "§5",
        f"{RACINE}/geo/exports",
        contient=['"geojson"'],
    ),
    Cas(
        "export d'un jeu inconnu",
        "§2",
        f"{RACINE}/inconnu/exports/csv",
        statut=404,
        parties={"error_code": "NotFoundResource"},
    ),
    _export(
        "export mal demandé",
        "mots.csv",
        {"where": "xyz = 1"},
        "§2",
        statut=400,
        parties={"error_code": "ODSQLError"},
    ),
]
