"""The Data Packages that the conformance cases ask: small, made by hand or by a plain formula.

No value here comes from the code under test, and no case may be read without this file beside it.
"""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conformity import data_geo, data_offer, data_sequences

Row = Sequence[Any]


@dataclass(frozen=True)
class Package:
    """A dataset: ``fields`` are Table Schema fields, ``rows`` their cells (None: empty)."""

    name: str
    fields: Sequence[dict[str, Any]]
    rows: Sequence[Row]
    key: str | None = "id"
    descriptor: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write ``<name>/datapackage.json`` and its CSV."""
        target = folder / self.name
        target.mkdir(parents=True)
        names = [str(item["name"]) for item in self.fields]
        with (target / "donnees.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(names)
            writer.writerows(self.rows)
        schema: dict[str, Any] = {"fields": list(self.fields)}
        if self.key:
            schema["primaryKey"] = self.key
        resource = {
            "name": self.name,
            "type": "table",
            "path": "donnees.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": schema,
        }
        content = {"name": self.name, "resources": [resource]} | self.descriptor
        (target / "datapackage.json").write_text(json.dumps(content, ensure_ascii=False))


def field_descriptor(
    name: str, kind: str = "string", title: str | None = None, **annotations: Any
) -> dict[str, Any]:
    """Return a field of Table Schema; ``annotations`` are its own."""
    return {"name": name, "type": kind, "title": title or name, "annotations": annotations}


TYPES = Package(
    name="types",
    fields=(
        field_descriptor("id", "integer"),
        field_descriptor("texte", title="Un texte", sortable=True),
        field_descriptor("entier", "integer", "Un entier"),
        field_descriptor("nombre", "number", unit="km/h"),
        field_descriptor("actif", "boolean", facet=True),
        field_descriptor("jour", "date", facet=True),
        field_descriptor("instant", "datetime", facet=True),
        field_descriptor("annee", "year", facet=True),
        field_descriptor("mois", "yearmonth"),
    ),
    rows=(
        (
            1,
            "Étude de l'information",
            10,
            1.5,
            "true",
            "2024-03-05",
            "2024-03-05T10:00:00Z",
            2024,
            "2024-03",
        ),
        (
            2,
            'dit "bonjour"',
            -1,
            -2.25,
            "false",
            "2024-12-31",
            "2024-12-31T23:30:00Z",
            2024,
            "2024-12",
        ),
        (
            3,
            "ligne un\nligne deux",
            0,
            0,
            "true",
            "2023-01-01",
            "2022-12-31T23:00:00Z",
            2023,
            "2023-01",
        ),
        (
            4,
            "chemin\\dossier",
            -20,
            100.75,
            "false",
            "2022-02-28",
            "2024-03-31T00:30:00Z",
            2022,
            "2022-02",
        ),
        (5, None, None, None, None, None, None, None, None),
        (6, "a;b, c|d", 10, 3.5, "true", "2024-03-31", "2024-03-31T01:30:00Z", 2024, "2024-03"),
        # Midnight is crossed by the zone that the cell bears: it is 22:30 of the 26th in UTC.
        (7, "été", 7, None, None, "2024-02-29", "2024-10-27T00:30:00+02:00", 2021, "2021-07"),
        (8, "ETE", 10, 2.5, "false", "2020-01-01", "2024-10-27T01:30:00Z", 2020, "2020-01"),
    ),
    descriptor={
        "title": "Un jeu de chaque type",
        "description": "Huit lignes pour l'énergie.",
        "keywords": ["essai", "types"],
        "licenses": [{"name": "etalab-2.0", "title": "Licence Ouverte 2.0"}],
        "contributors": [{"title": "Atelier", "role": "publisher"}],
        "modified": "2024-07-15T08:00:00Z",
    },
)

WORDS = Package(
    name="mots",
    fields=(
        field_descriptor("id", "integer"),
        field_descriptor("titre", sortable=True),
        field_descriptor("code", facet=True),
    ),
    rows=(
        (1, "Star Wars", "CR.MOD.12"),
        (2, "La guerre des étoiles (Star Wars)", "LR.AG150"),
        (3, "Wars of the stars", "CR.MOD.34"),
        (4, "test1", "12"),
        (5, "Test2", "Anglais"),
        (6, "test2", "anglais"),
        (7, "test3", "ANGLAIS avancé"),
        (8, None, None),
        (9, "Création entreprise", "l'information"),
        (10, "Élan vital", "a:b,c"),
    ),
    descriptor={"title": "Des mots", "modified": "2023-01-02T00:00:00Z"},
)

NAMES = Package(
    name="noms",
    fields=(
        field_descriptor("id", "integer"),
        field_descriptor("2024", "integer"),
        field_descriptor("year", "integer"),
        field_descriptor("select", facet=True),
        field_descriptor("avec espace", facet=True),
        field_descriptor("libellé", title="Le libellé"),
        field_descriptor("bi`zarre", "integer"),
        field_descriptor("l'an", "integer"),
    ),
    rows=(
        (1, 10, 2020, "x", "a b", "un", 7, 100),
        (2, 20, 2021, "y", "c d", "deux", 8, 200),
        (3, 30, 2022, "z", "a b", "trois", 9, 300),
    ),
)

EMPTY = Package(
    name="vide",
    fields=(
        field_descriptor("id", "integer"),
        field_descriptor("nom", facet=True),
        field_descriptor("prix", "number"),
    ),
    rows=(),
)

MULTI = Package(
    name="multi",
    fields=(
        field_descriptor("id", "integer"),
        field_descriptor("tags", multivalued=",", facet=True),
        field_descriptor("themes", multivalued=",", facet=True, disjunctive=True),
        field_descriptor("couleur", facet=True, facetsort="alphanum"),
        field_descriptor("statut", facet=True, disjunctive=True),
    ),
    rows=(
        (1, "rouge,vert", "a", "x", "ouvert"),
        (2, "rouge", "b", "x", "clos"),
        (3, None, None, "y", "ouvert"),
        (4, "bleu,vert,noir", "a,b", "y", "clos"),
        (5, "Rouge", "c", "z", None),
    ),
)

HIERARCHY = Package(
    name="hierarchie",
    fields=(
        field_descriptor("id", "integer"),
        field_descriptor("lieu", facet=True, hierarchical="/"),
    ),
    rows=(
        (1, "France/Bretagne/Rennes"),
        (2, "France/Bretagne/Brest"),
        (3, "France/Corse"),
        (4, "Belgique/Wallonie"),
        (5, None),
        (6, "France"),
    ),
)

GEO = Package("geo", data_geo.FIELDS, data_geo.ROWS)
LARGE = Package("grand", data_sequences.FIELDS, data_sequences.ROWS)
OFFER = Package(
    data_offer.NAME,
    data_offer.FIELDS,
    data_offer.ROWS,
    key="numero_formation",
    descriptor={"title": "Offre de formation", "modified": "2024-07-15T06:00:00Z"},
)

PACKAGES = (TYPES, WORDS, NAMES, EMPTY, MULTI, HIERARCHY, GEO, LARGE, OFFER)


def write(folder: Path) -> None:
    """Write every package into a folder."""
    for package in PACKAGES:
        package.write(folder)
