"""The catalogue: list, one dataset, fields, search, facets, exports (reference §3, §5, §7)."""

from typing import Any

from tests.conformite.modele import OFFRE, RACINE, Cas, params

_TOUS = ["geo", "grand", "hierarchie", OFFRE, "mots", "multi", "noms", "types", "vide"]
_CATALOGUE = "/api/explore/v2.1/catalog"


def _liste(nom: str, attendus: list[str], paragraphe: str = "§5", **demande: Any) -> Cas:
    asked = {"select": "dataset_id", "order_by": "dataset_id", "limit": 100} | demande
    rows = [{"dataset_id": one} for one in attendus]
    return Cas(
        nom, paragraphe, RACINE, params(asked), json={"total_count": len(rows), "results": rows}
    )


def _jeu(nom: str, jeu: str, parties: dict[str, Any], **reste: Any) -> Cas:
    return Cas(nom, "§5", f"{RACINE}/{jeu}", parties=parties, **reste)


CAS = [
    _liste("tous les jeux", _TOUS),
    _liste("jeu par identifiant", ["types"], where='dataset_id = "types"'),
    _liste("jeu par datasetid et deux-points", ["types"], where='datasetid:"types"'),
    _liste("nombre de lignes", ["grand", OFFRE], where="records_count > 10"),
    _liste("date de modification", ["mots"], where="modified = date'2023'"),
    _liste(
        "modifiés depuis",
        [OFFRE, "types"],
        where="modified >= date'2024-07-15' and modified < date'2024-07-16'",
    ),
    _liste("caractéristique : un élément suffit", ["geo"], where="features = 'geo'"),
    _liste("éditeur", ["types"], where='publisher = "Atelier"'),
    _liste("meta avec son gabarit", ["types"], where='default.publisher = "Atelier"'),
    _liste("texte nu", ["types"], where='"energie"'),
    _liste("search", ["types"], where='search("energie")'),
    _liste("search sur le titre", ["mots"], where='search(title, "mots")'),
    _liste("search sur tout", ["types"], where='search(*, "energie")'),
    _liste("search sur un gabarit", ["types"], where='search(default, "energie")'),
    _liste("mot-clé", ["types"], where='keyword = "essai"'),
    _liste("ordre décroissant", list(reversed(_TOUS)), order_by="dataset_id desc"),
    _liste("refine", ["types"], refine="publisher:Atelier"),
    _liste("exclude", [one for one in _TOUS if one != "types"], exclude="publisher:Atelier"),
    Cas(
        "page du catalogue",
        "§4",
        RACINE,
        params({"select": "dataset_id", "order_by": "dataset_id", "limit": 2, "offset": 1}),
        json={"total_count": 9, "results": [{"dataset_id": "grand"}, {"dataset_id": "hierarchie"}]},
    ),
    Cas("limit=0", "§4", RACINE, params({"limit": 0}), json={"total_count": 9, "results": []}),
    Cas(
        "select aplatit",
        "§5",
        RACINE,
        params({"select": "dataset_id,title", "where": 'dataset_id="types"'}),
        json={
            "total_count": 1,
            "results": [{"dataset_id": "types", "title": "Un jeu de chaque type"}],
        },
    ),
    Cas(
        "select garde le nom pointé",
        "§5",
        RACINE,
        params({"select": "default.data_processed", "where": 'dataset_id="types"'}),
        json={
            "total_count": 1,
            "results": [{"default.data_processed": "2024-07-15T08:00:00+00:00"}],
        },
    ),
    Cas(
        "group_by éclate les listes",
        "§5",
        RACINE,
        params(
            {
                "select": "count(*) as n",
                "group_by": "keyword",
                "where": 'dataset_id="types"',
                "limit": 10,
            }
        ),
        ensembles={"results/*/keyword": ["essai", "types"]},
    ),
    Cas(
        "objets entiers",
        "§5",
        RACINE,
        params({"where": 'dataset_id="mots"'}),
        parties={
            "results/0/dataset_id": "mots",
            "results/0/metas/default/title": "Des mots",
            "results/0/metas/default/records_count": 10,
            "results/0/fields/#": 3,
            "results/0/has_records": True,
        },
    ),
    Cas(
        "champ inconnu du catalogue",
        "§2",
        RACINE,
        params({"where": "xyz = 1"}),
        statut=400,
        parties={"error_code": "ODSQLError"},
        contient=["xyz"],
    ),
    _jeu(
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
    _jeu("dataset_uid", "types", {"?/dataset_uid": True}, contient=['"da_']),
    _jeu(
        "toutes les clés de metas.default",
        "mots",
        {
            f"metas/default/?/{one}": True
            for one in (
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
    _jeu(
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
    _jeu(
        "types géographiques",
        "geo",
        {"fields/*/type": ["int", "text", "geo_point_2d", "geo_shape"]},
    ),
    _jeu(
        "libellés",
        "types",
        {"fields/1/name": "texte", "fields/1/label": "Un texte", "fields/0/label": "id"},
    ),
    _jeu(
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
    _jeu(
        "annotations de listes et de niveaux",
        "multi",
        {
            "fields/1/annotations/multivalued": ",",
            "fields/2/annotations/disjunctive": True,
            "fields/3/annotations/facetsort": "alphanum",
        },
    ),
    _jeu("annotation hiérarchique", "hierarchie", {"fields/1/annotations/hierarchical": "/"}),
    Cas(
        "jeu choisi en partie",
        "§3",
        f"{RACINE}/types",
        params({"select": "dataset_id,title"}),
        json={"dataset_id": "types", "title": "Un jeu de chaque type"},
    ),
    Cas(
        "include_links d'un jeu",
        "§4",
        f"{RACINE}/types",
        params({"include_links": "true"}),
        parties={"?/_links": True},
    ),
    Cas(
        "jeu inconnu",
        "§2",
        f"{RACINE}/nonexistent-dataset-xyz",
        statut=404,
        json={
            "error_code": "NotFoundResource",
            "message": "The requested dataset nonexistent-dataset-xyz does not exist.",
        },
    ),
    Cas(
        "racine du catalogue",
        "§1",
        _CATALOGUE,
        parties={"?/links": True},
        contient=['"self"', '"datasets"', '"exports"'],
    ),
    Cas(
        "facettes du catalogue",
        "§3",
        f"{_CATALOGUE}/facets",
        params({"facet": "publisher"}),
        parties={
            "facets/0/name": "publisher",
            "facets/0/facets": [
                {"name": "Atelier", "value": "Atelier", "count": 1, "state": "displayed"}
            ],
        },
    ),
    Cas(
        "formats du catalogue",
        "§7",
        f"{_CATALOGUE}/exports",
        contient=['"csv"', '"json"', '"xlsx"', '"rdf"', '"dcat"', '"ttl"', '"rss"', '"data.json"'],
    ),
    Cas(
        "catalogue en CSV",
        "§7",
        f"{_CATALOGUE}/exports/csv",
        contient=["types", "Un jeu de chaque type"],
        entetes={"Content-Type": "text/csv.*"},
    ),
    Cas("catalogue en JSON : une liste", "§7", f"{_CATALOGUE}/exports/json", parties={"#": 9}),
    Cas(
        "catalogue DCAT",
        "§7",
        f"{_CATALOGUE}/exports/dcat",
        contient=[
            "Catalog",
            "Distribution",
            "/explore/dataset/types/",
            "exports/csv?use_labels=true",
        ],
    ),
    Cas(
        "catalogue DCAT, formats choisis",
        "§3",
        f"{_CATALOGUE}/exports/dcat",
        params({"include_exports": "csv,json"}),
        contient=["exports/csv", "exports/json"],
        sans=["exports/parquet", "exports/xlsx"],
    ),
    Cas(
        "catalogue DCAT-AP d'un pays",
        "§7",
        f"{_CATALOGUE}/exports/dcat_ap_de",
        contient=["Catalog"],
    ),
    Cas(
        "attachements",
        "§5",
        f"{RACINE}/types/attachments",
        parties={"attachments": [], "?/links": True},
    ),
]
