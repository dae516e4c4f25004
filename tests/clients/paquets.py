"""Small Data Packages for clients to read: made once, the same each time.

Belongs here: their rows and their descriptors. Does not: serving them (``serveur``).

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

CATALOGUE, TYPES = "moncompteformation_catalogueformation", "types"
LIGNES = 12_000
REGIONS = {"Île-de-France": ("Paris", "Yvelines"), "Bretagne": ("Finistère", "Côtes-d'Armor")}
INTITULES = (
    "Bureautique : les bases de l'informatique",
    "Métiers de l'information et de la communication",
    'Anglais "professionnel"; niveau B2',
    "Permis de conduire; catégorie B",
    "Développeur web",
)
Champs = Sequence[Mapping[str, Any]]
_FACETTE = {"annotations": {"facet": True, "disjunctive": True}}
_CATALOGUE: Champs = (
    {"name": "numero_formation", "type": "string", "title": "Numéro de formation"},
    {"name": "intitule_formation", "type": "string", "title": "Intitulé de la formation"},
    {"name": "intitule_certification", "type": "string", "title": "Intitulé de la certification"},
    {"name": "code_rncp", "type": "string", "title": "Code RNCP"},
    {"name": "code_rome_1", "type": "string", "title": "Code ROME 1"},
    {"name": "code_nsf_1", "type": "string", "title": "Code NSF 1"},
    {"name": "nom_region", "type": "string", "title": "Région", **_FACETTE},
    {"name": "nom_departement", "type": "string", "title": "Département", **_FACETTE},
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
_TYPES: Champs = (
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


def ecrire(racine: Path) -> None:
    """Write both packages into ``racine``, which may be served then."""
    catalogue(racine / CATALOGUE, LIGNES)
    types(racine / TYPES, 60)


def catalogue(dossier: Path, lignes: int, version: str = "") -> None:
    """Write a package of Parquet: all its rows tell ``version`` in ``code_rncp``, if it is told."""
    rows = (_formation(rank, version) for rank in range(lignes))
    table = _csv(dossier / "catalogue.csv", _CATALOGUE, rows)
    target = dossier / "catalogue.parquet"
    duckdb.sql(
        f"copy (select * from read_csv('{table}', types = {{code_rncp: 'varchar',"
        f" code_nsf_1: 'varchar'}})) to '{target}' (format parquet, row_group_size 2048)"
    )
    table.unlink()
    _descripteur(dossier, CATALOGUE, "Offre de formation", _CATALOGUE, target, ["numero_formation"])


def types(dossier: Path, lignes: int) -> None:
    """Write a package of CSV with a field of each type."""
    draw = random.Random(7)  # noqa: S311 (rows that look varied)
    rows = (_ligne_de_types(rank, draw) for rank in range(lignes))
    table = _csv(dossier / "types.csv", _TYPES, rows)
    _descripteur(dossier, TYPES, "Un champ de chaque type", _TYPES, table, ["id"])


def _formation(rang: int, version: str) -> dict[str, Any]:
    region = tuple(REGIONS)[rang % 2]
    return {
        "numero_formation": f"F{rang:06}",
        "intitule_formation": INTITULES[rang % len(INTITULES)],
        "intitule_certification": f"Certification {rang % 40}",
        "code_rncp": version or str(30_000 + rang % 40),
        "code_rome_1": ("M1805", "K2111")[rang % 2],
        "code_nsf_1": ("326", "320")[rang % 2],
        "nom_region": region,
        "nom_departement": REGIONS[region][rang // 2 % 2],
        "frais_ttc_tot_mean": f"{500 + rang % 1000}.5",
        "nombre_heures_total_mean": 7 + rang % 90,
        "nb_action": 1 + rang % 5,
        "date_extraction": "2026-03-01",
    }


def _ligne_de_types(rang: int, draw: random.Random) -> dict[str, Any]:
    moment = dt.datetime(2019, 12, 31, 21, tzinfo=dt.UTC) + dt.timedelta(hours=37 * rang)
    lon, lat = round(draw.uniform(-5, 8), 4), round(draw.uniform(42, 51), 4)
    values = {
        "texte": f"Élève n° {rang} de l'école, « {'abc'[rang % 3] * 3} » ; {draw.random()}",
        "categorie": ("Été", "hiver", "Hiver", 'le "printemps"')[rang % 4],
        "nombre": round(draw.uniform(-100, 100), 3),
        "entier": rang % 7 - 3,
        "actif": ("true", "false")[rang % 2],
        "jour": moment.date(),
        "mois": f"{moment:%Y-%m}",
        "annee": moment.year + rang % 5,
        "instant": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "lieu": f"{lon}, {lat}",
        "forme": json.dumps({"type": "Point", "coordinates": [lon, lat]}),
        "liste": ",".join(draw.sample(["a", "b", "é", "d e"], rang % 4)),
        "chemin": ("France/Bretagne", "France/Corse/Ajaccio", "Suisse")[rang % 3],
        "objet": json.dumps({"clé": rang, "suite": [1, None, "x"]}),
        "tableau": json.dumps([rang, "a"]),
        "Été {0} 'x\"": "xyz"[rang % 3],
        "select": rang % 3,
    }
    # A value in eight is missing, in every column in turn.
    kept = {name: "" if draw.random() < 1 / 8 else value for name, value in values.items()}
    return {"id": rang, **kept}


def _csv(path: Path, champs: Champs, lignes: Iterable[Mapping[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [item["name"] for item in champs])
        writer.writeheader()
        writer.writerows(lignes)
    return path


def _descripteur(
    dossier: Path, nom: str, titre: str, champs: Champs, fichier: Path, cle: list[str]
) -> None:
    form = fichier.suffix.removeprefix(".")
    resource = {
        "name": nom,
        "path": fichier.name,
        "format": form,
        "profile": "tabular-data-resource",
        "schema": {"fields": list(champs), "primaryKey": cle},
    }
    package = {"name": nom, "title": titre, "resources": [resource]}
    (dossier / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
