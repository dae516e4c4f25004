"""Deliberate damage to a copy of what is published: what a validator must refuse.

Belongs here: small breaks, each of one thing. Does not: who must refuse which (``outils``).
"""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ecarts.fichiers import DETAIL

Descripteur = dict[str, Any]


def nombre_en_mot(dossier: Path) -> None:
    """Write a word into the CSV, in the last row and the last column of numbers."""
    numbers = [
        place
        for place, field in enumerate(_champs(dossier))
        if field["type"] in ("integer", "number")
    ]
    _derniere_ligne(dossier, numbers[-1], "beaucoup")


def hors_liste(dossier: Path) -> None:
    """Write into the CSV a value that its column's list does not have."""
    listed = [
        place
        for place, field in enumerate(_champs(dossier))
        if "enum" in field.get("constraints", {})
    ]
    _derniere_ligne(dossier, listed[-1], "jamais vu")


def autre_parquet(dossier: Path) -> None:
    """Change the bytes of the Parquet without changing its rows: its hash alone can tell."""
    _parquet(dossier, "*", "compression snappy")


def colonne_vide(dossier: Path) -> None:
    """Empty a column that may not be empty, in the Parquet."""
    required = [
        field["name"]
        for field in _champs(dossier)
        if field["type"] == "string" and field.get("constraints", {}).get("required")
    ]
    _parquet(dossier, f"* replace (null::varchar as {required[0]})", "compression zstd")


def colonne_inconnue(dossier: Path) -> None:
    """Rename a column in the Croissant description alone."""

    def rename(document: Descripteur) -> None:
        source = document["recordSet"][0]["field"][0]["source"]
        source["extract"]["column"] = "colonne_qui_n_existe_pas"

    modifier_json(dossier / "croissant.json", rename)


def contrat_sans_version(dossier: Path) -> None:
    """Take the version of the standard off the contract."""
    path = dossier / "contrat.odcs.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("apiVersion:")]
    path.write_text("".join(kept), encoding="utf-8")


def modifier_json(path: Path, modifier: Callable[[Descripteur], None]) -> None:
    """Apply ``modifier`` to a JSON document."""
    document = json.loads(path.read_text(encoding="utf-8"))
    modifier(document)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _champs(dossier: Path) -> list[Descripteur]:
    """Return the columns as the Table Schema tells them."""
    schema = json.loads((dossier / "schema.json").read_text(encoding="utf-8"))
    fields: list[Descripteur] = schema["fields"]
    return fields


def _derniere_ligne(dossier: Path, place: int, valeur: str) -> None:
    (path,) = dossier.glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    rows[-1][place] = valeur
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows(rows)


def _parquet(dossier: Path, colonnes: str, options: str) -> None:
    (path,) = (found for found in dossier.glob("*.parquet") if found.name != DETAIL)
    draft = path.with_suffix(".autre")
    duckdb.sql(f"copy (select {colonnes} from '{path}') to '{draft}' (format parquet, {options})")
    draft.replace(path)
