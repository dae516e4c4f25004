"""``make validate-portal``: programs of others read a live server, and what they return is right.

Belongs here: serving, asking each, judging, printing. Does not: the programs (``outils``).
Arguments are names of programs (all by default).
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.clients import paquets, schemas
from tests.clients.outils import CLIENTS, AbsentError
from tests.clients.serveur import servir

Attentes = Mapping[str, Callable[[Any], bool]]


def _vaut(attendu: Any) -> Callable[[Any], bool]:
    return lambda found: bool(found == attendu)


_FRAIS = sum(500 + rank % 1000 + 0.5 for rank in range(paquets.LIGNES))
_A_PARIS = [
    500 + rank % 1000 + 0.5
    for rank in range(paquets.LIGNES)
    if rank % 2 == 0 and rank // 2 % 2 == 0 and 500 + rank % 1000 + 0.5 <= 700
]
_GROUPES = {
    "total_count": 2,
    "results": [{"d": "Côtes-d'Armor", "n": 3000}, {"d": "Finistère", "n": 3000}],
}
ATTENTES: Mapping[str, Attentes] = {
    "odsclient": {
        "lignes": _vaut(paquets.LIGNES),
        "libelles": lambda found: found[:2] == ["Numéro de formation", "Intitulé de la formation"],
        "frais": _vaut(_FRAIS),
        "type_des_frais": _vaut("float64"),
        "types": _vaut(60),
        "colonnes": lambda found: found[0] == "id" and "Été {0} 'x\"" in found,
        "csv": lambda found: "2019-12-31T22:00:00+01:00" in found[1],
        "erreur": lambda found: "inconnu" in found,
    },
    "portalkit": {
        "detecte": _vaut("OpenDataSoftPortal"),
        "trouves": _vaut([paquets.CATALOGUE]),
        "lignes_annoncees": _vaut(paquets.LIGNES),
        "champs": lambda found: ["frais_ttc_tot_mean", "double"] in found,
        "page": _vaut(150),
        "premier": _vaut(max(_A_PARIS)),
        "ordonne": _vaut(True),
        "toutes": _vaut(paquets.LIGNES),
        "distinctes": _vaut(paquets.LIGNES),
        "beaucoup": _vaut(10_500),
        "dtypes": lambda found: found["nombre"] == "Float64" and "datetime64" in found["instant"],
        "inconnu": _vaut(True),
    },
    "api-client": {
        "jeux": _vaut([paquets.CATALOGUE, paquets.TYPES]),
        "jeu": _vaut(paquets.LIGNES),
        "groupes": _vaut(_GROUPES),
        "filtre": lambda found: (
            found["results"][-1] == {"id": 0, "instant": "2019-12-31T22:00:00+01:00"}
        ),
        "facettes": lambda found: (
            [v["count"] for v in found["facets"][0]["facets"]] == [3000, 3000]
        ),
        "export": _vaut(50),
        "erreur": lambda found: found["statut"] == 400 and "prix" in found["texte"],
        "absent": lambda found: found["statut"] == 404 and "inconnu" in found["texte"],
        "avertissements": _vaut([]),
    },
}


def defauts(attentes: Attentes, lu: Mapping[str, Any]) -> list[str]:
    """Return what a client read that is not what the files hold."""
    names = sorted(attentes.keys() | lu.keys())
    return [
        f"{name} : {lu.get(name)!r}"
        for name in names
        if name not in attentes or name not in lu or not attentes[name](lu[name])
    ]


def main(noms: list[str]) -> int:
    """Let each read; return 0 when all read what is there."""
    console = Console(width=150)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        paquets.ecrire(Path(folder) / "publications")
        with servir(Path(folder)) as server:
            for client in CLIENTS:
                if noms and client.nom not in noms:
                    continue
                try:
                    found = defauts(ATTENTES[client.nom], client.lire(server.url))
                except AbsentError as error:
                    console.print(f"{client.nom} : non essayé, {error}")
                    continue
                failed += bool(found)
                console.print(f"{client.nom} : {'en défaut' if found else 'lit ce qui est servi'}")
                console.print("\n".join(found), markup=False)
            if not noms or schemas.NOM in noms:
                failed += schemas.essayer(server.url, console)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
