"""What two published versions have in common: their columns, their types, their key.

Belongs here: reading it from the Parquet files and the metadata that the versions themselves hold
(an old one may have other columns than today's). Does not: comparing rows (``calcul``).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.jeux import Jeu

_SCHEMA = "schema.json"


@dataclass(frozen=True)
class Cote:
    """A version to compare: its name, its Parquet file, what distinguishes its rows."""

    version: str
    parquet: Path
    cle: tuple[str, ...]


@dataclass(frozen=True)
class Changement:
    """A change of schema: ``nature`` is ajoutee, retiree or type; types are DuckDB's."""

    colonne: str
    nature: str
    avant: str | None
    apres: str | None


@dataclass(frozen=True)
class Commun:
    """What can be compared. ``types``: of each common column, the one in which both are compared.

    ``cle`` is empty when neither key is in both versions: rows are then compared as a whole.
    """

    types: dict[str, str]
    cle: tuple[str, ...]
    changements: tuple[Changement, ...]


def cote(dossier: Path, jeu: Jeu) -> Cote:
    """Describe a published version: its key is the one that its own ``schema.json`` tells."""
    return Cote(dossier.name, dossier / f"{jeu.nom}.parquet", _cle(dossier) or jeu.cle)


def commun(connection: duckdb.DuckDBPyConnection, avant: Cote, apres: Cote) -> Commun:
    """Compare the columns of two versions, in the order of the newer one."""
    old, new = colonnes(connection, avant.parquet), colonnes(connection, apres.parquet)
    types = {
        name: kind if kind == old[name] else _comparable(connection, old[name], kind)
        for name, kind in new.items()
        if name in old
    }
    key = next(
        (side.cle for side in (apres, avant) if side.cle and set(side.cle) <= set(types)), ()
    )
    return Commun(types, key, tuple(_changements(old, new)))


def colonnes(connection: duckdb.DuckDBPyConnection, parquet: Path) -> dict[str, str]:
    """Columns of a Parquet file, with their DuckDB types."""
    found = connection.execute(f"describe from read_parquet({texte(parquet)})").fetchall()
    return {str(row[0]): str(row[1]) for row in found}


def texte(valeur: object) -> str:
    """Quote a text for SQL: a path may hold anything."""
    return "'" + str(valeur).replace("'", "''") + "'"


def nom(colonne: str) -> str:
    """Quote a column's name for SQL."""
    return '"' + colonne.replace('"', '""') + '"'


def _cle(dossier: Path) -> tuple[str, ...]:
    try:
        content = json.loads((dossier / _SCHEMA).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()  # older than its metadata
    return tuple(content.get("primaryKey") or next(iter(content.get("uniqueKeys", ())), ()))


def _changements(old: dict[str, str], new: dict[str, str]) -> Iterator[Changement]:
    for name in [*new, *(name for name in old if name not in new)]:
        before, after = old.get(name), new.get(name)
        if before != after:
            nature = "ajoutee" if before is None else "retiree" if after is None else "type"
            yield Changement(name, nature, before, after)


def _comparable(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> str:
    """Type that holds the values of both: DECIMAL(12,2) and DECIMAL(12,3) say equal amounts."""
    both = f"select typeof(case when true then null::{old} else null::{new} end)"
    try:
        row = connection.execute(both).fetchone()
    except duckdb.Error:
        return "VARCHAR"
    return str(row[0]) if row else "VARCHAR"
