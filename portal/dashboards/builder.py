"""« Construire le vôtre »: a chart of any served dataset, said by its address.

``<shape>~<dimension>~<operation>[~<column>[~<divisor>]]``: ``barres~nom_region~lignes``,
``periode~mois_validation~ratio~montant_engage~nb_dossiers``. It becomes a declaration like another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.sql import identifier
from portal.dashboards.declarations import Chart, Dashboard, Dimension, Measure
from portal.dashboards.selection import RESERVED, bad_request, missing
from portal.packages.dataset import Dataset
from portal.packages.field import NUMERIC, Field, Type

PREFIX = "construire/"
SHAPES = {"barres": "Barres", "periode": "Périodes", "carte": "Carte des départements"}
OPERATIONS = {
    "lignes": "Nombre de lignes", "somme": "Somme", "ratio": "Rapport de deux sommes",
    "distincts": "Nombre de valeurs distinctes", "moyenne": "Moyenne", "mediane": "Médiane",
}  # fmt: skip
_COLUMNS = {"lignes": 0, "ratio": 2}
_NUMBERS = ("somme", "ratio", "moyenne", "mediane")
_NOT_BROKEN_DOWN = (Type.GEO_POINT, Type.GEO_SHAPE, Type.JSON)
_LIMIT, _PARTS = 20, 5
# A table of several totals, of which each counts everything.
_TABLE = "tableau"


@dataclass(frozen=True)
class _Refusal:
    operations: tuple[str, ...]
    columns: re.Pattern[str]
    divisors: re.Pattern[str] | None
    message: str


@lru_cache(maxsize=1)
def _refusals() -> tuple[_Refusal, ...]:
    path = Path(__file__).parent / "refus.yml"
    declared: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        _Refusal(
            tuple(item["operations"]),
            re.compile(item["colonnes"]),
            re.compile(item["par"]) if "par" in item else None,
            item["message"],
        )
        for item in declared
    )


def columns_of(operation: str) -> int:
    """Return how many columns an operation measures."""
    return _COLUMNS.get(operation, 1)


def breakable(dataset: Dataset) -> list[Field]:
    """Return the fields that a chart may be broken down or filtered by."""
    return [
        field
        for field in dataset.fields
        if field.type not in _NOT_BROKEN_DOWN and not field.multivalued
    ]


def numbers(dataset: Dataset) -> list[Field]:
    """Return the fields that can be measured."""
    return [field for field in dataset.fields if field.type in NUMERIC]


def parameter(field: Field) -> str:
    """Return the name of the filter on a field: not one of those that mean something else."""
    return f"{field.nom}_" if field.nom in RESERVED else field.nom


def build(dataset: Dataset, said: str) -> tuple[Dashboard, Chart]:
    """Make the dashboard of one chart. Raises ``ApiError`` (400, 404)."""
    shape, dimension, operation, columns = _parts(said)
    fields = {field.nom: field for field in breakable(dataset)}
    if dimension not in fields:
        told = ", ".join(list(fields)[:12])
        raise missing(f"« {dimension[:60]} » n'est pas une dimension. Il y a : {told}…")
    measure = _measure(dataset, operation, columns)
    chart = Chart(
        said,
        f"Par {_label(fields[dimension])}",
        shape,
        (measure.name,),
        parameter(fields[dimension]),
        _LIMIT if shape == "barres" else 0,
    )
    title = str(dataset.metas.get("title") or dataset.id)
    return (
        Dashboard(
            name=PREFIX + dataset.id,
            title=title,
            summary=f"Un graphique construit sur {title}.",
            scope=str(dataset.metas.get("description") or f"Toutes les lignes de {title}."),
            caution="",
            detail=dataset.id,
            totals="",
            periods={},
            measures={measure.name: measure},
            dimensions={parameter(field): _dimension(field) for field in fields.values()},
            payers={},
            charts={said: chart},
            built=True,
        ),
        chart,
    )


def check_filters(dataset: Dataset, filters: Mapping[str, str]) -> None:
    """Refuse what would count several times. Raises ``ApiError`` (400)."""
    if {_TABLE, "diffusion"} <= set(dataset.by_name) and _TABLE not in filters:
        raise bad_request(
            "Ce jeu réunit plusieurs tableaux, et chacun compte tous les dossiers : en choisir un "
            "(filtre « tableau »)."
        )


def _parts(said: str) -> tuple[str, str, str, list[str]]:
    shape, *others = said.split("~")
    if shape not in SHAPES or not 2 <= len(others) < _PARTS:  # noqa: PLR2004
        raise missing(
            "Un graphique construit s'écrit forme~dimension~operation~colonne ; formes : "
            f"{', '.join(SHAPES)} ; opérations : {', '.join(OPERATIONS)}."
        )
    dimension, operation, *columns = others
    if operation not in OPERATIONS:
        raise missing(f"L'opération « {operation[:40]} » n'existe pas : {', '.join(OPERATIONS)}.")
    if len([name for name in columns if name]) != columns_of(operation):
        raise bad_request(f"« {operation} » demande {columns_of(operation)} colonne(s) mesurée(s).")
    return shape, dimension, operation, columns


def _measure(dataset: Dataset, operation: str, columns: list[str]) -> Measure:
    named = [dataset.field(name) for name in columns]
    fields = [field for field in named if field is not None]
    if len(fields) < len(columns):
        raise missing(f"{dataset.id} n'a pas de colonne « {', '.join(columns)[:80]} ».")
    if operation in _NUMBERS and any(field.type not in NUMERIC for field in fields):
        raise bad_request(f"« {operation} » demande des colonnes de nombres.")
    _refuse(operation, columns)
    quoted = [identifier(field.nom) for field in fields]
    unit = str(fields[0].annotations.get("unit") or "") if fields else "lignes"
    unit = {"euros": "€"}.get(unit, unit)
    told = " / ".join(field.label for field in fields)
    label = told if operation in ("somme", "ratio") else f"{OPERATIONS[operation]} : {told}"
    expressions = {
        "lignes": "count(*)",
        "somme": "round(sum({0}), 2)",
        "ratio": "round(sum({0}) / nullif(sum({1}) filter ({0} is not null), 0), 2)",
        "distincts": "count(distinct {0})",
        "moyenne": "round(avg({0}), 2)",
        "mediane": "round(median({0}), 2)",
    }
    adds_up = operation in ("lignes", "somme")
    return Measure(
        "mesure_construite",
        label if fields else OPERATIONS[operation],
        "valeurs" if operation == "distincts" else unit,
        expressions[operation].format(*quoted),
        " ".join(field.description or "" for field in fields) or "Lignes du jeu publié.",
        adds_up,
        adds_up,
    )


def _refuse(operation: str, columns: list[str]) -> None:
    for rule in _refusals():
        if operation not in rule.operations or not rule.columns.search(
            columns[0] if columns else ""
        ):
            continue
        if rule.divisors is None or rule.divisors.search(columns[-1]):
            raise bad_request(rule.message)


def _dimension(field: Field) -> Dimension:
    name = identifier(field.nom)
    if field.type in (Type.DATE, Type.DATETIME):
        form = {"year": "%Y", "month": "%Y-%m"}.get(field.precision, "%Y-%m-%d")
        code = f"strftime({name}, '{form}')"
    else:
        code = name if field.type is Type.TEXT else f"cast({name} as varchar)"
    return Dimension(parameter(field), field.label, code, code, "Non renseigné")


def _label(field: Field) -> str:
    return field.label[:1].lower() + field.label[1:] if field.label[1:2].islower() else field.label
