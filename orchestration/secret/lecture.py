"""A case as JSON: ``{"cells": […], "equations": […], "primary": […], "min_width": …}``.

Belongs here: reading a file, and naming the cell or the equation at fault. Does not: what a case is
and whether its figures agree (``cas``).
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, cast

import numpy as np
from scipy import sparse

from orchestration.secret.cas import Cas, CasError, verifier

Objet = Mapping[str, Any]


def lire_cas(path: Path) -> Cas:
    """Read ``CASE.json``. Raises :class:`CasError` naming the cell or the equation at fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CasError(f"{path} : fichier introuvable, vérifier le chemin.") from None
    except OSError as error:
        raise CasError(f"{path} : illisible ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise CasError(f"{path.name} : ce fichier n'est pas en UTF-8.") from None
    if not text.strip():
        raise CasError(f"{path.name} : ce fichier est vide.")
    try:
        content = json.loads(text, parse_constant=_constante)
    except json.JSONDecodeError as error:
        raise CasError(
            f"{path.name}, ligne {error.lineno}, colonne {error.colno} : JSON mal formé."
        ) from None
    except RecursionError:
        raise CasError(f"{path.name} : trop de niveaux imbriqués.") from None
    except ValueError as error:
        # Python refuses integers of more than 4,300 digits.
        if isinstance(error, CasError):
            raise
        raise CasError(f"{path.name} : un nombre est démesuré.") from None
    return cas(content)


def cas(content: object) -> Cas:
    """Check a case given as parsed JSON. Raises :class:`CasError`."""
    root = _objet(content, "le cas")
    listed = enumerate(_liste(root, "cells"), start=1)
    cells = [_objet(cell, f"cellule {rank}") for rank, cell in listed]
    ids = [_identifiant(cell, rank) for rank, cell in enumerate(cells, start=1)]
    position = _positions(ids)
    primary = np.zeros(len(ids), dtype=bool)
    if root.get("primary") is not None:
        for name in _liste(root, "primary"):
            primary[_position(position, name, "primary")] = True
    values = np.array([_nombre(cell, "value", math.nan) for cell in cells], dtype=np.float64)
    prices = np.where(np.isnan(values), 1.0, np.abs(values)).tolist()
    return verifier(
        Cas(
            ids=tuple(ids),
            valeurs=values,
            publiees=np.array([_publiee(cell) for cell in cells], dtype=bool) & ~primary,
            bas=np.array([_nombre(cell, "lower", 0.0, nul=-math.inf) for cell in cells]),
            haut=np.array([_nombre(cell, "upper", math.inf) for cell in cells]),
            equations=_equations(_liste(root, "equations"), position),
            poids=np.array(
                [_nombre(cell, "weight", price) for cell, price in zip(cells, prices, strict=True)]
            ),
            primaires=primary,
            largeur=_nombre(root, "min_width", 0.0),
        )
    )


def _constante(name: str) -> NoReturn:
    raise CasError(f"{name} n'est pas un nombre : omettre la valeur, ou donner null.")


def _positions(ids: Sequence[str]) -> dict[str, int]:
    position: dict[str, int] = {}
    for rank, name in enumerate(ids):
        if position.setdefault(name, rank) != rank:
            raise CasError(f"cellule « {name} » : identifiant donné deux fois.")
    return position


def _equations(items: Sequence[Any], position: Mapping[str, int]) -> sparse.csr_matrix:
    rows: list[int] = []
    columns: list[int] = []
    signs: list[float] = []
    for rank, item in enumerate(items):
        where = f"équation {rank + 1}"
        equation = _objet(item, where)
        if "total" not in equation:
            raise CasError(f"{where} : il manque total.")
        parts = _liste(equation, "parts", where)
        if not parts:
            raise CasError(f"{where} : parts est vide.")
        found = [_position(position, name, where) for name in (equation["total"], *parts)]
        if len(set(found)) < len(found):
            raise CasError(f"{where} : une cellule y figure deux fois.")
        rows += [rank] * len(found)
        columns += found
        signs += [1.0] + [-1.0] * len(parts)
    return sparse.csr_matrix((signs, (rows, columns)), shape=(len(items), len(position)))


def _position(position: Mapping[str, int], name: object, where: str) -> int:
    if not isinstance(name, str) or name not in position:
        raise CasError(f"{where} : cellule inconnue « {name} ».")
    return position[name]


def _identifiant(cell: Objet, rank: int) -> str:
    name = cell.get("id")
    if not isinstance(name, str) or not name:
        raise CasError(f"cellule {rank} : id doit être un texte.")
    return name


def _publiee(cell: Objet) -> bool:
    found = cell.get("published", True)
    if not isinstance(found, bool):
        raise CasError(f"cellule « {cell['id']} » : published doit être true ou false.")
    return found


def _nombre(item: Objet, key: str, absent: float, nul: float | None = None) -> float:
    """Return a number; ``absent`` when there is none, ``nul`` (or ``absent``) when it is null."""
    found = item.get(key, absent)
    if found is None:
        return absent if nul is None else nul
    where = f"cellule « {item['id']} »" if "id" in item else "le cas"
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise CasError(f"{where} : {key} doit être un nombre.")
    try:
        number = float(found)
    except OverflowError:
        number = math.inf
    if key in item and not math.isfinite(number):
        raise CasError(f"{where} : {key} est démesuré ou n'est pas un nombre.")
    return number


def _objet(item: object, where: str) -> Objet:
    if not isinstance(item, dict):
        raise CasError(f"{where} : un objet JSON est attendu.")
    return cast("Objet", item)


def _liste(item: Objet, key: str, where: str = "le cas") -> Sequence[Any]:
    found = item.get(key)
    if not isinstance(found, list):
        raise CasError(f"{where} : {key} doit être une liste.")
    return found
