"""``make validate-portal``: programs of others read a live server, and what they return is right.

Arguments are names of programs (all by default).
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.clients import packages, schemas
from tests.clients.programs import CLIENTS, AbsentError
from tests.clients.server import serve

Expectations = Mapping[str, Callable[[Any], bool]]


def _equals(expected: Any) -> Callable[[Any], bool]:
    return lambda result: bool(result == expected)


_FEES = sum(500 + rank % 1000 + 0.5 for rank in range(packages.ROWS))
_PARIS_FEES = [
    500 + rank % 1000 + 0.5
    for rank in range(packages.ROWS)
    if rank % 2 == 0 and rank // 2 % 2 == 0 and 500 + rank % 1000 + 0.5 <= 700
]
_TYPES = packages.types_rows(60)
_PLACES = [row["lieu"] for row in _TYPES if row["lieu"]]
_DATED = [row for row in _TYPES if row["instant"]]
_ACTIONS = sum(1 + rank % 5 for rank in range(packages.ROWS))
_GROUPS = {
    "total_count": 2,
    "results": [{"d": "Côtes-d'Armor", "n": 3000}, {"d": "Finistère", "n": 3000}],
}
EXPECTATIONS: Mapping[str, Expectations] = {
    "odsclient": {
        "lignes": _equals(packages.ROWS),
        "libelles": lambda result: (
            result[:2] == ["Numéro de formation", "Intitulé de la formation"]
        ),
        "frais": _equals(_FEES),
        "type_des_frais": _equals("float64"),
        "types": _equals(60),
        "colonnes": lambda result: result[0] == "id" and "Été {0} 'x\"" in result,
        "csv": lambda result: "2019-12-31T22:00:00+01:00" in result[1],
        "erreur": lambda result: "inconnu" in result,
    },
    "portalkit": {
        "detecte": _equals("OpenDataSoftPortal"),
        "trouves": _equals([packages.CATALOG]),
        "lignes_annoncees": _equals(packages.ROWS),
        "champs": lambda result: ["frais_ttc_tot_mean", "double"] in result,
        "page": _equals(150),
        "premier": _equals(max(_PARIS_FEES)),
        "ordonne": _equals(True),
        "toutes": _equals(packages.ROWS),
        "distinctes": _equals(packages.ROWS),
        "beaucoup": _equals(10_500),
        "dtypes": lambda result: (
            result["nombre"] == "Float64" and "datetime64" in result["instant"]
        ),
        "inconnu": _equals(True),
    },
    "elia-py": {
        "ids": _equals([4, 8]),
        "dans_l_ordre": _equals(True),
        "fuseau": _equals("UTC"),
    },
    "ukpyn": {
        "jeux": _equals([packages.CATALOG, packages.TYPES]),
        "champs": _equals(12),
        "facettes": _equals(["nom_departement", "nom_region"]),
        "total": _equals(60),
        "premiers": _equals(["F000001", "F001001", "F002001", "F003001", "F004001"]),
        "polygone": lambda result: "API v1" in result,
        "export": _equals(51),
        "inconnu": _equals(True),
    },
    "dlt": {
        "lignes": _equals(600),
        "distinctes": _equals(600),
        "frais": _equals(594_300.0),
        "jour": _equals("2026-03-01"),
    },
    "geopandas": {
        "geojson": _equals(60),
        "geoparquet": _equals(60),
        "memes_points": _equals(True),
        "places": lambda result: result > 40,
        "repere": lambda result: "CRS84" in result,
        "filtre": _equals(len(_PARIS_FEES)),
        "frais": _equals(sum(_PARIS_FEES)),
    },
    "duckdb": {
        "tout": _equals([packages.ROWS, _ACTIONS]),
        "filtre": _equals([len(_PARIS_FEES), sum(_PARIS_FEES)]),
        "encore": _equals([len(_PARIS_FEES), sum(_PARIS_FEES)]),
        "choisi": _equals([250, 1]),
        "groupes": _equals([4, packages.ROWS]),
        "vide": _equals([0]),
        "csv": _equals([packages.ROWS, _ACTIONS]),
        "json": lambda result: result[0] == len(_PARIS_FEES),
    },
    "terria": {
        "facettes": lambda result: "publisher" in result,
        "jeux": _equals([packages.CATALOG, packages.TYPES]),
        "temps": _equals("instant"),
        "lieu": _equals("lieu"),
        # One group for each place, and one for those that have none.
        "points": _equals(len(set(_PLACES)) + 1),
        "mesures": _equals(len(_DATED)),
        "lignes": _equals(len(_TYPES)),
        "distinctes": _equals(len(_TYPES)),
        "ordonnees": _equals(True),
        "places": _equals(len(_PLACES)),
        "par_jour": _equals(len({(row["lieu"], row["instant"][:10]) for row in _DATED})),
    },
    "api-client": {
        "jeux": _equals([packages.CATALOG, packages.TYPES]),
        "jeu": _equals(packages.ROWS),
        "groupes": _equals(_GROUPS),
        "filtre": lambda result: (
            result["results"][-1] == {"id": 0, "instant": "2019-12-31T22:00:00+01:00"}
        ),
        "facettes": lambda result: (
            [v["count"] for v in result["facets"][0]["facets"]] == [3000, 3000]
        ),
        "export": _equals(50),
        "erreur": lambda result: result["statut"] == 400 and "prix" in result["texte"],
        "absent": lambda result: result["statut"] == 404 and "inconnu" in result["texte"],
        "avertissements": _equals([]),
    },
}


def defects(expectations: Expectations, actual: Mapping[str, Any]) -> list[str]:
    """Return what a client read that is not what the files hold."""
    names = sorted(expectations.keys() | actual.keys())
    return [
        f"{name} : {actual.get(name)!r}"
        for name in names
        if name not in expectations or name not in actual or not expectations[name](actual[name])
    ]


def main(names: list[str]) -> int:
    """Let each read; return 0 when all read what is there."""
    console = Console(width=150)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        packages.write(Path(folder) / "publications")
        with serve(Path(folder)) as server:
            for client in CLIENTS:
                if names and client.name not in names:
                    continue
                try:
                    failures = defects(EXPECTATIONS[client.name], client.read(server.url))
                except AbsentError as error:
                    console.print(f"{client.name} : non essayé, {error}")
                    continue
                failed += bool(failures)
                console.print(
                    f"{client.name} : {'en défaut' if failures else 'lit ce qui est servi'}"
                )
                console.print("\n".join(failures), markup=False)
            if not names or schemas.NAME in names:
                failed += schemas.fuzz_schema(server.url, console)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
