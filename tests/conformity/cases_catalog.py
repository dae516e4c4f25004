"""The catalogue: list, one dataset, fields, search, facets, exports (reference §3, §5, §7)."""

from typing import Any

from tests.conformity.case import OFFER, ROOT, Case, params

_ALL_DATASETS = ["geo", "grand", "hierarchie", OFFER, "mots", "multi", "noms", "types", "vide"]
_CATALOG = "/api/explore/v2.1/catalog"


def _list(name: str, expected: list[str], section: str = "§5", **query: Any) -> Case:
    parameters = {"select": "dataset_id", "order_by": "dataset_id", "limit": 100} | query
    rows = [{"dataset_id": dataset_id} for dataset_id in expected]
    return Case(
        name, section, ROOT, params(parameters), json={"total_count": len(rows), "results": rows}
    )


def _dataset(name: str, dataset: str, parts: dict[str, Any], **rest: Any) -> Case:
    return Case(name, "§5", f"{ROOT}/{dataset}", parts=parts, **rest)


CASES = [
    _list("tous les jeux", _ALL_DATASETS),
    _list("jeu par identifiant", ["types"], where='dataset_id = "types"'),
    _list("jeu par datasetid et deux-points", ["types"], where='datasetid:"types"'),
    _list("nombre de lignes", ["grand", OFFER], where="records_count > 10"),
    _list("date de modification", ["mots"], where="modified = date'2023'"),
    _list(
        "modifiés depuis",
        [OFFER, "types"],
        where="modified >= date'2024-07-15' and modified < date'2024-07-16'",
    ),
    _list("caractéristique : un élément suffit", ["geo"], where="features = 'geo'"),
    _list("éditeur", ["types"], where='publisher = "Atelier"'),
    _list("meta avec son gabarit", ["types"], where='default.publisher = "Atelier"'),
    _list("texte nu", ["types"], where='"energie"'),
    _list("search", ["types"], where='search("energie")'),
    _list("search sur le titre", ["mots"], where='search(title, "mots")'),
    _list("search sur tout", ["types"], where='search(*, "energie")'),
    _list("search sur un gabarit", ["types"], where='search(default, "energie")'),
    _list("mot-clé", ["types"], where='keyword = "essai"'),
    _list("ordre décroissant", list(reversed(_ALL_DATASETS)), order_by="dataset_id desc"),
    _list("refine", ["types"], refine="publisher:Atelier"),
    _list(
        "exclude",
        [dataset_id for dataset_id in _ALL_DATASETS if dataset_id != "types"],
        exclude="publisher:Atelier",
    ),
    Case(
        "page du catalogue",
        "§4",
        ROOT,
        params({"select": "dataset_id", "order_by": "dataset_id", "limit": 2, "offset": 1}),
        json={"total_count": 9, "results": [{"dataset_id": "grand"}, {"dataset_id": "hierarchie"}]},
    ),
    Case("limit=0", "§4", ROOT, params({"limit": 0}), json={"total_count": 9, "results": []}),
    Case(
        "select aplatit",
        "§5",
        ROOT,
        params({"select": "dataset_id,title", "where": 'dataset_id="types"'}),
        json={
            "total_count": 1,
            "results": [{"dataset_id": "types", "title": "Un jeu de chaque type"}],
        },
    ),
    Case(
        "select garde le nom pointé",
        "§5",
        ROOT,
        params({"select": "default.data_processed", "where": 'dataset_id="types"'}),
        json={
            "total_count": 1,
            "results": [{"default.data_processed": "2024-07-15T08:00:00+00:00"}],
        },
    ),
    Case(
        "group_by éclate les listes",
        "§5",
        ROOT,
        params(
            {
                "select": "count(*) as n",
                "group_by": "keyword",
                "where": 'dataset_id="types"',
                "limit": 10,
            }
        ),
        unordered={"results/*/keyword": ["essai", "types"]},
    ),
    Case(
        "objets entiers",
        "§5",
        ROOT,
        params({"where": 'dataset_id="mots"'}),
        parts={
            "results/0/dataset_id": "mots",
            "results/0/metas/default/title": "Des mots",
            "results/0/metas/default/records_count": 10,
            "results/0/fields/#": 3,
            "results/0/has_records": True,
        },
    ),
    Case(
        "champ inconnu du catalogue",
        "§2",
        ROOT,
        params({"where": "xyz = 1"}),
        status=400,
        parts={"error_code": "ODSQLError"},
        contains=["xyz"],
    ),
    _dataset(
        "un jeu",
        "types",
        {
            "dataset_id": "types",
            "has_records": True,
            "data_visible": True,
            "?/visibility": True,
            "attachments": [],
            "alternative_exports": [],
            "metas/default/title": "Un jeu de chaque type",
            "metas/default/description": "Huit lignes pour l'énergie.",
            "metas/default/keyword": ["essai", "types"],
            "metas/default/license": "Licence Ouverte 2.0",
            "metas/default/publisher": "Atelier",
            "metas/default/records_count": 8,
            "metas/default/modified": "2024-07-15T08:00:00+00:00",
        },
    ),
    _dataset("dataset_uid", "types", {"?/dataset_uid": True}, contains=['"da_']),
    _dataset(
        "toutes les clés de metas.default",
        "mots",
        {
            f"metas/default/?/{dataset_id}": True
            for dataset_id in (
                "title",
                "description",
                "theme",
                "keyword",
                "license",
                "license_url",
                "language",
                "metadata_languages",
                "timezone",
                "modified",
                "data_processed",
                "metadata_processed",
                "territory",
                "publisher",
                "references",
                "records_count",
                "attributions",
                "federated",
            )
        },
    ),
    _dataset(
        "types des champs",
        "types",
        {
            "fields/*/type": [
                "int",
                "text",
                "int",
                "double",
                "boolean",
                "date",
                "datetime",
                "date",
                "date",
            ]
        },
    ),
    _dataset(
        "types géographiques",
        "geo",
        {"fields/*/type": ["int", "text", "geo_point_2d", "geo_shape"]},
    ),
    _dataset(
        "libellés",
        "types",
        {"fields/1/name": "texte", "fields/1/label": "Un texte", "fields/0/label": "id"},
    ),
    _dataset(
        "annotations : valeurs simples",
        "types",
        {
            "fields/1/annotations/sortable": True,
            "fields/4/annotations/facet": True,
            "fields/3/annotations/unit": "km/h",
            "fields/7/annotations/timeserie_precision": "year",
            "fields/8/annotations/timeserie_precision": "month",
        },
    ),
    _dataset(
        "annotations de listes et de niveaux",
        "multi",
        {
            "fields/1/annotations/multivalued": ",",
            "fields/2/annotations/disjunctive": True,
            "fields/3/annotations/facetsort": "alphanum",
        },
    ),
    _dataset("annotation hiérarchique", "hierarchie", {"fields/1/annotations/hierarchical": "/"}),
    Case(
        "jeu choisi en partie",
        "§3",
        f"{ROOT}/types",
        params({"select": "dataset_id,title"}),
        json={"dataset_id": "types", "title": "Un jeu de chaque type"},
    ),
    Case(
        "include_links d'un jeu",
        "§4",
        f"{ROOT}/types",
        params({"include_links": "true"}),
        parts={"?/_links": True},
    ),
    Case(
        "jeu inconnu",
        "§2",
        f"{ROOT}/nonexistent-dataset-xyz",
        status=404,
        json={
            "error_code": "NotFoundResource",
            "message": "The requested dataset nonexistent-dataset-xyz does not exist.",
        },
    ),
    Case(
        "racine du catalogue",
        "§1",
        _CATALOG,
        parts={"?/links": True},
        contains=['"self"', '"datasets"', '"exports"'],
    ),
    Case(
        "facettes du catalogue",
        "§3",
        f"{_CATALOG}/facets",
        params({"facet": "publisher"}),
        parts={
            "facets/0/name": "publisher",
            "facets/0/facets": [
                {"name": "Atelier", "value": "Atelier", "count": 1, "state": "displayed"}
            ],
        },
    ),
    Case(
        "formats du catalogue",
        "§7",
        f"{_CATALOG}/exports",
        contains=['"csv"', '"json"', '"xlsx"', '"rdf"', '"dcat"', '"ttl"', '"rss"', '"data.json"'],
    ),
    Case(
        "catalogue en CSV",
        "§7",
        f"{_CATALOG}/exports/csv",
        contains=["types", "Un jeu de chaque type"],
        headers={"Content-Type": "text/csv.*"},
    ),
    Case("catalogue en JSON : une liste", "§7", f"{_CATALOG}/exports/json", parts={"#": 9}),
    Case(
        "catalogue DCAT",
        "§7",
        f"{_CATALOG}/exports/dcat",
        contains=[
            "Catalog",
            "Distribution",
            "/explore/dataset/types/",
            "exports/csv?use_labels=true",
        ],
    ),
    Case(
        "catalogue DCAT, formats choisis",
        "§3",
        f"{_CATALOG}/exports/dcat",
        params({"include_exports": "csv,json"}),
        contains=["exports/csv", "exports/json"],
        excluded=["exports/parquet", "exports/xlsx"],
    ),
    Case(
        "catalogue DCAT-AP d'un pays",
        "§7",
        f"{_CATALOG}/exports/dcat_ap_de",
        contains=["Catalog"],
    ),
    Case(
        "attachements",
        "§5",
        f"{ROOT}/types/attachments",
        parts={"attachments": [], "?/links": True},
    ),
]
