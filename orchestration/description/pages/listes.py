"""The code lists that columns refer to, read from the seeds and what their YAML says of them.

Belongs here: reading ``seeds/``. Does not: showing them (templates).
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from orchestration import settings
from orchestration.quality.regles import nomenclature


@dataclass(frozen=True)
class Liste:
    """A code list: its text, its columns (name, text) and its rows."""

    nom: str
    description: str
    colonnes: tuple[tuple[str, str], ...]
    lignes: tuple[tuple[str, ...], ...]


def lire_listes(noms: Iterable[str]) -> tuple[Liste, ...]:
    """Read these lists, in alphabetical order."""
    declared = _declarees()
    return tuple(_liste(name, declared[name]) for name in sorted(set(noms)))


def _liste(nom: str, seed: dict[str, Any]) -> Liste:
    with nomenclature(nom).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    texts = {column["name"]: column.get("description", "") for column in seed["columns"]}
    return Liste(
        nom=nom,
        description=" ".join(seed["description"].split()),
        colonnes=tuple((name, texts[name]) for name in header),
        lignes=tuple(tuple(row) for row in rows),
    )


def _declarees() -> dict[str, dict[str, Any]]:
    return {
        seed["name"]: seed
        for path in sorted((settings.PROJECT / "seeds").glob("_*.yml"))
        for seed in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]
    }
