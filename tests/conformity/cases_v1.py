"""The deprecated API v1: search, download, analyze, datasets (reference §13)."""

from typing import Any

from tests.conformity.case import Case, params

_SEARCH, _ANALYZE = "/api/records/1.0/search/", "/api/records/1.0/analyze/"


def _case(name: str, dataset: str, expected: list[int], **query: str | int | list[str]) -> Case:
    parameters = {"dataset": dataset, "rows": 100, "sort": "-id"} | query
    parameters = {name.replace("__", "."): value for name, value in parameters.items()}
    return Case(
        name,
        "§13",
        _SEARCH,
        params(parameters),
        parts={"nhits": len(expected), "records/*/fields/id": expected},
    )


def _v1(name: str, query: dict[str, Any], path: str = _SEARCH, **expected: Any) -> Case:
    return Case(name, "§13", path, params(query), **expected)


CASES = [
    _v1(
        "forme de la réponse",
        {"dataset": "types", "rows": 1, "q": "id=1"},
        parts={
            "nhits": 1,
            "records/0/datasetid": "types",
            "records/0/?/recordid": True,
            "records/0/?/record_timestamp": True,
            "records/0/fields/texte": "Étude de l'information",
            "records/0/fields/entier": 10,
            "records/0/fields/actif": True,
        },
    ),
    _v1(
        "paramètres repris",
        {"dataset": "types", "rows": 3, "start": 2},
        parts={
            "parameters/rows": 3,
            "parameters/start": 2,
            "parameters/format": "json",
            "parameters/timezone": "UTC",
        },
    ),
    _v1("dix lignes par défaut", {"dataset": "grand"}, parts={"nhits": 400, "records/#": 10}),
    _v1("rows=0", {"dataset": "grand", "rows": 0}, parts={"nhits": 400, "records": []}),
    _v1("plus de 100 lignes", {"dataset": "grand", "rows": 400}, parts={"records/#": 400}),
    _v1(
        "les nulls manquent",
        {"dataset": "types", "q": "id=5"},
        parts={"records/0/fields": {"id": 5}},
    ),
    _v1(
        "champs choisis",
        {"dataset": "types", "q": "id=1", "fields": "id,entier"},
        parts={"records/0/fields": {"id": 1, "entier": 10}},
    ),
    _v1(
        "point : lat, lon",
        {"dataset": "geo", "q": "nom:Paris"},
        parts={
            "records/0/fields/point": [48.85, 2.35],
            "records/0/geometry": {"type": "Point", "coordinates": [2.35, 48.85]},
        },
    ),
    _v1(
        "sans barre finale",
        {"dataset": "types", "rows": 0},
        "/api/records/1.0/search",
        parts={"nhits": 8},
    ),
    _v1("POST", {"dataset": "types", "rows": 0}, method="POST", parts={"nhits": 8}),
    _v1(
        "jsonp",
        {"dataset": "types", "rows": 0, "format": "jsonp", "callback": "f"},
        body_format="jsonp",
        parts={"nhits": 8},
        contains=["f("],
    ),
    _v1(
        "geojson",
        {"dataset": "geo", "format": "geojson", "q": "nom:Paris"},
        parts={"type": "FeatureCollection", "features/0/properties/nom": "Paris"},
    ),
    _v1(
        "facettes",
        {"dataset": "multi", "rows": 0, "facet": "couleur"},
        parts={
            "facet_groups/0/name": "couleur",
            "facet_groups/0/facets/0": {"name": "x", "path": "x", "count": 2, "state": "displayed"},
        },
    ),
    _case("sort=f est décroissant", "mots", [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], sort="id"),
    _case("sort=-f est croissant", "noms", [1, 2, 3], sort="-id"),
    _case("q : un mot", "mots", [1, 2, 3], q="wars"),
    _case("q : début de mot", "mots", [1, 2, 3], q="war"),
    _case("q : mots exacts", "mots", [1, 2], q='"star wars"'),
    _case("q : AND", "mots", [2], q="wars AND guerre"),
    _case("q : OR", "mots", [4, 7], q="test1 OR test3"),
    _case("q : NOT", "mots", [1, 3], q="wars AND NOT guerre"),
    _case("q : champ:valeur", "mots", [9], q="titre:creation"),
    _case("q : égalité stricte", "mots", [1], q='titre=="Star Wars"'),
    _case("q : comparaison", "types", [1, 6, 7, 8], q="entier>=7"),
    _case("q : intervalle", "types", [2, 3, 7], q="entier:[-1 TO 7]"),
    _case("q : intervalle de dates", "types", [1, 7], q="jour:[2024-02-29 TO 2024-03-05]"),
    _case("q : #null", "types", [5], q="#null(entier)"),
    _case("q : #exact", "mots", [6], q='#exact(code,"anglais")'),
    _case("q : #startswith", "mots", [1], q='#startswith(titre,"Star")'),
    _case("q : #search", "mots", [9], q='#search(titre,"creation")'),
    _case("q : #distance", "geo", [1, 4], q='#distance(point,"48.85,2.35",20000)'),
    _case("refine", "multi", [1, 2], refine__couleur="x"),
    _case("deux refine", "multi", [1], refine__couleur="x", refine__statut="ouvert"),
    _case("exclude", "multi", [3, 4, 5], exclude__couleur="x"),
    _case(
        "disjunctive par paramètre",
        "multi",
        [1, 2, 3, 4],
        refine__couleur=["x", "y"],
        disjunctive__couleur="true",
    ),
    _case("même champ sans disjunctive", "multi", [], refine__couleur=["x", "y"]),
    _case("geofilter.distance", "geo", [1, 4], geofilter__distance="48.85,2.35,20000"),
    _case("geofilter.polygon", "geo", [1, 4], geofilter__polygon="(48,2),(48,3),(49,3),(49,2)"),
    _v1(
        "start",
        {"dataset": "noms", "sort": "-id", "start": 1},
        parts={"nhits": 3, "records/*/fields/id": [2, 3]},
    ),
    _v1(
        "download : CSV par défaut",
        {"dataset": "mots", "fields": "id", "q": "wars", "sort": "-id"},
        "/api/records/1.0/download/",
        body_format="csv",
        json=[["id"], ["1"], ["2"], ["3"]],
    ),
    _v1(
        "download : séparateur",
        {"dataset": "noms", "fields": "id,select", "csv_separator": ","},
        "/api/records/1.0/download/",
        contains=["id,select", "1,x"],
    ),
    _v1(
        "page de téléchargement",
        {"format": "csv", "use_labels_for_header": "True", "csv_separator": ";", "timezone": "UTC"},
        "/explore/dataset/types/download/",
        contains=["Un texte;Un entier"],
    ),
    _v1(
        "page de téléchargement, noms",
        {"format": "csv", "use_labels_for_header": "false"},
        "/explore/dataset/types/download/",
        contains=["texte;entier"],
    ),
    _v1(
        "page de téléchargement, JSON",
        {"format": "json"},
        "/explore/dataset/noms/download/",
        parts={"#": 3},
    ),
    _v1(
        "analyze : compte",
        {"dataset": "grand", "x": "groupe", "y.s.func": "COUNT", "sort": "-x"},
        _ANALYZE,
        unordered={"": [{"x": letter, "s": 100} for letter in "abcd"]},
    ),
    _v1(
        "analyze : somme",
        {"dataset": "grand", "x": "groupe", "y.s.func": "SUM", "y.s.expr": "id"},
        _ANALYZE,
        unordered={
            "": [
                {"x": "a", "s": 20200},
                {"x": "b", "s": 19900},
                {"x": "c", "s": 20000},
                {"x": "d", "s": 20100},
            ]
        },
    ),
    _v1(
        "analyze : deux séries",
        {
            "dataset": "grand",
            "x": "groupe",
            "refine.groupe": "a",
            "y.m.func": "MAX",
            "y.m.expr": "id",
            "y.n.func": "MIN",
            "y.n.expr": "id",
        },
        _ANALYZE,
        json=[{"x": "a", "m": 400, "n": 4}],
    ),
    _v1(
        "jeux : recherche",
        {"q": "energie"},
        "/api/datasets/1.0/search/",
        parts={
            "nhits": 1,
            "datasets/0/datasetid": "types",
            "datasets/0/metas/title": "Un jeu de chaque type",
            "datasets/0/has_records": True,
            "datasets/0/?/fields": True,
        },
    ),
    _v1(
        "jeux : tous",
        {"rows": 3},
        "/api/datasets/1.0/search/",
        parts={"nhits": 9, "datasets/#": 3},
    ),
    _v1(
        "un jeu",
        {},
        "/api/datasets/1.0/multi/",
        parts={"datasetid": "multi", "fields/3/name": "couleur", "fields/3/type": "text"},
    ),
    _v1("annotations en liste", {}, "/api/datasets/1.0/multi/", contains=['"name":"facet"']),
]
