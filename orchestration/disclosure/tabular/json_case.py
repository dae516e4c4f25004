"""A case as JSON: ``{"cells": […], "equations": […], "primary": […], "min_width": …}``."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, cast

import numpy as np
from scipy import sparse

from orchestration.disclosure.tabular.audit import attack_case
from orchestration.disclosure.tabular.table import Case, CaseError, validate


def attack(path: Path) -> str:
    """Return ``{"determined": […], "intervals": {id: [lo, hi]}}``; null when unbounded.

    Raises :class:`~orchestration.disclosure.tabular.table.CaseError`.
    """
    attack = attack_case(read_case(path))
    intervals = {
        name: [_finite(low), _finite(high)] for name, (low, high) in attack.intervals.items()
    }
    return _json({"determined": list(attack.determined_cells), "intervals": intervals})


def protect(path: Path) -> str:
    """Return ``{"suppressed": […], "secondary_cells": n, "secondary_value": v}``.

    Raises :class:`~orchestration.disclosure.tabular.table.CaseError`.
    """
    from orchestration.disclosure.tabular.suppression import protect_case

    protection = protect_case(read_case(path))
    return _json(
        {
            "suppressed": list(protection.suppressed),
            "secondary_cells": protection.secondary_count,
            "secondary_value": _finite(protection.secondary_value),
        }
    )


def _finite(value: float) -> int | float | None:
    if math.isinf(value):
        return None
    return int(value) if float(value).is_integer() else value


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


JsonObject = Mapping[str, Any]


def read_case(path: Path) -> Case:
    """Read ``CASE.json``. Raises :class:`CaseError` naming the cell or the equation at fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CaseError(f"{path} : fichier introuvable, vérifier le chemin.") from None
    except OSError as error:
        raise CaseError(f"{path} : illisible ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise CaseError(f"{path.name} : ce fichier n'est pas en UTF-8.") from None
    if not text.strip():
        raise CaseError(f"{path.name} : ce fichier est vide.")
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise CaseError(
            f"{path.name}, ligne {error.lineno}, colonne {error.colno} : JSON mal formé."
        ) from None
    except RecursionError:
        raise CaseError(f"{path.name} : trop de niveaux imbriqués.") from None
    except ValueError as error:
        # Python refuses integers of more than 4,300 digits.
        if isinstance(error, CaseError):
            raise
        raise CaseError(f"{path.name} : un nombre est démesuré.") from None
    return as_case(content)


def as_case(content: object) -> Case:
    """Check a case given as parsed JSON. Raises :class:`CaseError`."""
    root = _as_object(content, "le cas")
    listed = enumerate(_list(root, "cells"), start=1)
    cells = [_as_object(cell, f"cellule {rank}") for rank, cell in listed]
    ids = [_identifier(cell, rank) for rank, cell in enumerate(cells, start=1)]
    position = _positions(ids)
    primary = np.zeros(len(ids), dtype=bool)
    if root.get("primary") is not None:
        for name in _list(root, "primary"):
            primary[_position(position, name, "primary")] = True
    values = np.array([_number(cell, "value", math.nan) for cell in cells], dtype=np.float64)
    prices = np.where(np.isnan(values), 1.0, np.abs(values)).tolist()
    return validate(
        Case(
            ids=tuple(ids),
            values=values,
            published=np.array([_is_published(cell) for cell in cells], dtype=bool) & ~primary,
            lower=np.array([_number(cell, "lower", 0.0, if_null=-math.inf) for cell in cells]),
            upper=np.array([_number(cell, "upper", math.inf) for cell in cells]),
            equations=_equations(_list(root, "equations"), position),
            weights=np.array(
                [_number(cell, "weight", price) for cell, price in zip(cells, prices, strict=True)]
            ),
            primary=primary,
            min_width=_number(root, "min_width", 0.0),
        )
    )


def _refuse_constant(name: str) -> NoReturn:
    raise CaseError(f"{name} n'est pas un nombre : omettre la valeur, ou donner null.")


def _positions(ids: Sequence[str]) -> dict[str, int]:
    position: dict[str, int] = {}
    for rank, name in enumerate(ids):
        if position.setdefault(name, rank) != rank:
            raise CaseError(f"cellule « {name} » : identifiant donné deux fois.")
    return position


def _equations(items: Sequence[Any], position: Mapping[str, int]) -> sparse.csr_matrix:
    rows: list[int] = []
    columns: list[int] = []
    signs: list[float] = []
    for rank, item in enumerate(items):
        location = f"équation {rank + 1}"
        equation = _as_object(item, location)
        if "total" not in equation:
            raise CaseError(f"{location} : il manque total.")
        parts = _list(equation, "parts", location)
        if not parts:
            raise CaseError(f"{location} : parts est vide.")
        parsed = [_position(position, name, location) for name in (equation["total"], *parts)]
        if len(set(parsed)) < len(parsed):
            raise CaseError(f"{location} : une cellule y figure deux fois.")
        rows += [rank] * len(parsed)
        columns += parsed
        signs += [1.0] + [-1.0] * len(parts)
    return sparse.csr_matrix((signs, (rows, columns)), shape=(len(items), len(position)))


def _position(position: Mapping[str, int], name: object, location: str) -> int:
    if not isinstance(name, str) or name not in position:
        raise CaseError(f"{location} : cellule inconnue « {name} ».")
    return position[name]


def _identifier(cell: JsonObject, rank: int) -> str:
    name = cell.get("id")
    if not isinstance(name, str) or not name:
        raise CaseError(f"cellule {rank} : id doit être un texte.")
    return name


def _is_published(cell: JsonObject) -> bool:
    parsed = cell.get("published", True)
    if not isinstance(parsed, bool):
        raise CaseError(f"cellule « {cell['id']} » : published doit être true ou false.")
    return parsed


def _number(item: JsonObject, key: str, absent: float, if_null: float | None = None) -> float:
    """Return a number; ``absent`` when there is none, ``nul`` (or ``absent``) when it is null."""
    parsed = item.get(key, absent)
    if parsed is None:
        return absent if if_null is None else if_null
    location = f"cellule « {item['id']} »" if "id" in item else "le cas"
    if isinstance(parsed, bool) or not isinstance(parsed, int | float):
        raise CaseError(f"{location} : {key} doit être un nombre.")
    try:
        number = float(parsed)
    except OverflowError:
        number = math.inf
    if key in item and not math.isfinite(number):
        raise CaseError(f"{location} : {key} est démesuré ou n'est pas un nombre.")
    return number


def _as_object(item: object, location: str) -> JsonObject:
    if not isinstance(item, dict):
        raise CaseError(f"{location} : un objet JSON est attendu.")
    return cast("JsonObject", item)


def _list(item: JsonObject, key: str, location: str = "le cas") -> Sequence[Any]:
    parsed = item.get(key)
    if not isinstance(parsed, list):
        raise CaseError(f"{location} : {key} doit être une liste.")
    return parsed
