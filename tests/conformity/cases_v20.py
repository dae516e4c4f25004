"""The superseded shapes of v2.0, and their alias ``/api/v2`` (reference §12)."""

from tests.conformity.case import Case, params

_V20, _V2 = "/api/explore/v2.0/catalog/datasets", "/api/v2/catalog/datasets"
_ONE_ROW_PARAMS = params({"select": "id", "limit": 1})
_RECORD = {
    "total_count": 8,
    "?/links": True,
    "records/#": 1,
    "records/0/?/links": True,
    "records/0/record/fields": {"id": 1},
    "records/0/record/?/id": True,
    "records/0/record/?/timestamp": True,
    "records/0/record/?/size": True,
    "?/results": False,
}

CASES = [
    Case("records", "§12", f"{_V20}/types/records", _ONE_ROW_PARAMS, parts=_RECORD),
    Case("records, alias /api/v2", "§12", f"{_V2}/types/records", _ONE_ROW_PARAMS, parts=_RECORD),
    Case("records, barre finale", "§12", f"{_V2}/types/records/", _ONE_ROW_PARAMS, parts=_RECORD),
    Case(
        "where",
        "§12",
        f"{_V2}/types/records",
        params({"where": "id = 2", "select": "texte"}),
        parts={"total_count": 1, "records/0/record/fields": {"texte": 'dit "bonjour"'}},
    ),
    Case(
        "limit=0",
        "§12",
        f"{_V2}/types/records",
        params({"limit": 0}),
        parts={"total_count": 8, "records": []},
    ),
    Case(
        "jeux",
        "§12",
        f"{_V2}",
        params({"limit": 1, "order_by": "dataset_id"}),
        parts={
            "total_count": 9,
            "?/links": True,
            "datasets/0/?/links": True,
            "datasets/0/dataset/dataset_id": "geo",
        },
    ),
    Case(
        "un jeu",
        "§12",
        f"{_V2}/types",
        parts={
            "?/links": True,
            "dataset/dataset_id": "types",
            "dataset/metas/default/title": "Un jeu de chaque type",
        },
    ),
    Case("un jeu, v2.0", "§12", f"{_V20}/types", parts={"dataset/dataset_id": "types"}),
    Case(
        "aggregates",
        "§12",
        f"{_V2}/grand/aggregates",
        params({"select": "count(*) as n", "group_by": "groupe", "order_by": "groupe"}),
        parts={"aggregations": [{"groupe": letter, "n": 100} for letter in "abcd"]},
    ),
    Case(
        "aggregates sans groupe",
        "§12",
        f"{_V2}/types/aggregates",
        params({"select": "sum(entier) as s"}),
        parts={"aggregations/0/s": 16},
    ),
    Case(
        "facettes",
        "§12",
        f"{_V2}/multi/facets",
        params({"facet": "couleur"}),
        parts={"facets/0/name": "couleur"},
    ),
    Case(
        "export CSV sans BOM",
        "§12",
        f"{_V2}/mots/exports/csv",
        params({"select": "id", "limit": 1}),
        text="id\n1\n",
    ),
    Case(
        "export CSV, BOM demandé",
        "§12",
        f"{_V2}/mots/exports/csv",
        params({"select": "id", "limit": 1, "with_bom": "true"}),
        text="\ufeffid\n1\n",
    ),
    Case(
        "export JSON : une liste",
        "§12",
        f"{_V2}/mots/exports/json",
        params({"select": "id", "limit": 2}),
        parts={"#": 2},
    ),
    Case(
        "mise en garde",
        "§2",
        f"{_V2}/types/records",
        _ONE_ROW_PARAMS,
        headers={"ODS-Explore-API-Deprecation": r".+: .+", "Link": ".+"},
    ),
    Case(
        "jeu inconnu",
        "§2",
        f"{_V2}/inconnu/records",
        status=404,
        parts={"error_code": "NotFoundResource"},
    ),
    Case(
        "racine : liens",
        "§1",
        "/api/v2/catalog",
        parts={"?/links": True},
        contains=['"self"', '"datasets"'],
    ),
]
