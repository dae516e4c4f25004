"""The superseded shapes of v2.0, and their alias ``/api/v2`` (reference §12)."""

from tests.conformite.modele import Cas, params

_V20, _V2 = "/api/explore/v2.0/catalog/datasets", "/api/v2/catalog/datasets"
_UN = params({"select": "id", "limit": 1})
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

CAS = [
    Cas("records", "§12", f"{_V20}/types/records", _UN, parties=_RECORD),
    Cas("records, alias /api/v2", "§12", f"{_V2}/types/records", _UN, parties=_RECORD),
    Cas("records, barre finale", "§12", f"{_V2}/types/records/", _UN, parties=_RECORD),
    Cas(
        "where",
        "§12",
        f"{_V2}/types/records",
        params({"where": "id = 2", "select": "texte"}),
        parties={"total_count": 1, "records/0/record/fields": {"texte": 'dit "bonjour"'}},
    ),
    Cas(
        "limit=0",
        "§12",
        f"{_V2}/types/records",
        params({"limit": 0}),
        parties={"total_count": 8, "records": []},
    ),
    Cas(
        "jeux",
        "§12",
        f"{_V2}",
        params({"limit": 1, "order_by": "dataset_id"}),
        parties={
            "total_count": 9,
            "?/links": True,
            "datasets/0/?/links": True,
            "datasets/0/dataset/dataset_id": "geo",
        },
    ),
    Cas(
        "un jeu",
        "§12",
        f"{_V2}/types",
        parties={
            "?/links": True,
            "dataset/dataset_id": "types",
            "dataset/metas/default/title": "Un jeu de chaque type",
        },
    ),
    Cas("un jeu, v2.0", "§12", f"{_V20}/types", parties={"dataset/dataset_id": "types"}),
    Cas(
        "aggregates",
        "§12",
        f"{_V2}/grand/aggregates",
        params({"select": "count(*) as n", "group_by": "groupe", "order_by": "groupe"}),
        parties={"aggregations": [{"groupe": one, "n": 100} for one in "abcd"]},
    ),
    Cas(
        "aggregates sans groupe",
        "§12",
        f"{_V2}/types/aggregates",
        params({"select": "sum(entier) as s"}),
        parties={"aggregations/0/s": 16},
    ),
    Cas(
        "facettes",
        "§12",
        f"{_V2}/multi/facets",
        params({"facet": "couleur"}),
        parties={"facets/0/name": "couleur"},
    ),
    Cas(
        "export CSV sans BOM",
        "§12",
        f"{_V2}/mots/exports/csv",
        params({"select": "id", "limit": 1}),
        texte="id\n1\n",
    ),
    Cas(
        "export CSV, BOM demandé",
        "§12",
        f"{_V2}/mots/exports/csv",
        params({"select": "id", "limit": 1, "with_bom": "true"}),
        texte="\ufeffid\n1\n",
    ),
    Cas(
        "export JSON : une liste",
        "§12",
        f"{_V2}/mots/exports/json",
        params({"select": "id", "limit": 2}),
        parties={"#": 2},
    ),
    Cas(
        "mise en garde",
        "§2",
        f"{_V2}/types/records",
        _UN,
        entetes={"ODS-Explore-API-Deprecation": r".+: .+", "Link": ".+"},
    ),
    Cas(
        "jeu inconnu",
        "§2",
        f"{_V2}/inconnu/records",
        statut=404,
        parties={"error_code": "NotFoundResource"},
    ),
    Cas(
        "racine : liens",
        "§1",
        "/api/v2/catalog",
        parties={"?/links": True},
        contient=['"self"', '"datasets"'],
    ),
]
