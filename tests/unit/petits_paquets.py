"""Small Data Packages, and their images."""

import json
from pathlib import Path
from typing import Any

import duckdb

from portal.catalogue.construction import Constructeur, jeu
from portal.catalogue.image import lire_fiche
from portal.catalogue.jeu import Jeu
from portal.catalogue.paquet import lire_paquet, lire_ressource, tabulaires
from portal.catalogue.ressource import Ressource


def champs(**types: Any) -> dict[str, Any]:
    """Return a schema: a type, or the whole of a field but its name."""
    fields = [
        {"name": name, **(told if isinstance(told, dict) else {"type": told})}
        for name, told in types.items()
    ]
    return {"fields": fields}


def ecrire(dossier: Path, *ressources: dict[str, Any], **paquet: Any) -> Path:
    """Write a descriptor; return its path."""
    dossier.mkdir(parents=True, exist_ok=True)
    path = dossier / "datapackage.json"
    path.write_text(json.dumps({**paquet, "resources": list(ressources)}), encoding="utf-8")
    return path


def csv(dossier: Path, texte: str, schema: dict[str, Any], **autres: Any) -> Path:
    """Write a package of one CSV file, ``donnees``; return its descriptor."""
    dossier.mkdir(parents=True, exist_ok=True)
    (dossier / "donnees.csv").write_bytes(texte.encode(autres.get("encoding", "utf-8")))
    return ecrire(dossier, {"name": "donnees", "path": "donnees.csv", "schema": schema, **autres})


def ressource(descripteur: Path) -> Ressource:
    """Read the first tabular resource."""
    package = lire_paquet(descripteur)
    return lire_ressource(package, next(tabulaires(package)))


def charger(descripteur: Path) -> tuple[Jeu, list[tuple[Any, ...]]]:
    """Make the image beside the package; return the dataset and its rows."""
    found = ressource(descripteur)
    with duckdb.connect() as connection:
        path, held = Constructeur(descripteur.parent.parent / "images").fournir(found)
        with held:
            connection.execute(f"attach '{path}' as i (read_only)")
            made = jeu(found, lire_fiche(connection, "i"), "i")
            return made, connection.execute("from i.donnees").fetchall()


def demander(descripteur: Path, requete: str) -> list[tuple[Any, ...]]:
    """Ask the image of a package, attached as ``i``."""
    with duckdb.connect() as connection:
        path, held = Constructeur(descripteur.parent.parent / "images").fournir(
            ressource(descripteur)
        )
        with held:
            connection.execute(f"attach '{path}' as i (read_only)")
            return connection.execute(requete).fetchall()
