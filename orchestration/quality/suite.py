"""The rules of a dataset as data: read from ``regles/<jeu>.yml``, code lists taken from the seeds.

Belongs here: what a rule is, reading and resolving the files. Does not: the rules that every
dataset has (``derived``), nor evaluating any (``moteur``).
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration import settings
from orchestration.datasets import Dataset

FOLDER = Path(__file__).parent / "suites"
CRITICAL = "critique"
WARNING = "alerte"
# What a rule bears on: the rows, or a frame of measures.
DATA, FILE, TYPES, PROFILE, SOURCES = "donnees", "fichier", "types", "profil", "sources"

# A rule said as an SQL condition is this expectation on the column that the condition computes.
SATISFIED = "expect_column_values_to_be_in_set"
BETWEEN = "expect_column_values_to_be_between"
NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_compound_columns_to_be_unique"
# Against the last publication, when a dataset says nothing else: rows and totals, as ratios.
DRIFT = {"minimum": 0.7, "maximum": 1.3}
_WORD = re.compile(r"\w+")


class RuleError(ValueError):
    """A rule is badly written; the message says which file and which rule."""


@dataclass(frozen=True)
class Rule:
    """One expectation. ``cadre`` is what it bears on (``DATA``: the rows).

    ``condition`` is SQL that every row must satisfy (null counts as a failure); ``filtre`` is SQL
    that chooses the rows under the rule. ``columns`` are the public columns that it reads.
    """

    id: str
    libelle: str
    type: str
    kwargs: Mapping[str, Any]
    colonnes: tuple[str, ...]
    frame: str = DATA
    severity: str = CRITICAL
    condition: str | None = None
    row_filter: str | None = None


@dataclass(frozen=True)
class WatchedColumn:
    """A column whose share of nulls is watched, among the rows where ``si`` holds."""

    column: str
    si: str = "true"


@dataclass(frozen=True)
class RuleSet:
    """All that a rules' file says: the rules, and the settings of the derived ones.

    ``facultatives`` are key columns whose null has a meaning. ``derive`` bounds rows and totals
    against the last publication, as ratios.
    """

    rules: tuple[Rule, ...]
    optional_columns: tuple[str, ...] = ()
    drift: Mapping[str, float] = field(default_factory=dict)
    watched_columns: tuple[WatchedColumn, ...] = ()


def read_rule_set(dataset: Dataset) -> RuleSet:
    """Read the rules of ``dataset``. Raises :class:`RuleError`."""
    path = FOLDER / f"{dataset.nom}.yml"
    if not path.exists():
        raise RuleError(
            f"{dataset.nom} n'a pas de règles : écrire {path.name} dans {FOLDER.name}/."
        )
    own = _load(path)
    common = _load(FOLDER / f"{own['inclure']}.yml") if "inclure" in own else {}
    entries = [*common.get("regles", []), *own.get("regles", [])]
    ids = [entry["id"] for entry in entries]
    duplicates = sorted({name for name in ids if ids.count(name) > 1})
    if duplicates:
        raise RuleError(f"{path.name} : règle écrite deux fois : {', '.join(duplicates)}.")
    return RuleSet(
        rules=tuple(_parse_rule(entry, dataset, path) for entry in entries),
        optional_columns=tuple(own.get("cle_facultative", [])),
        drift=own.get("derive", common.get("derive", DRIFT)),
        watched_columns=tuple(
            WatchedColumn(entry["colonne"], entry.get("si", "true"))
            for entry in own.get("nuls_suivis", [])
        ),
    )


def seed_path(nom: str) -> Path:
    """Path of a seed, which conditions may read as a table of that name."""
    return settings.PROJECT / "seeds" / f"{nom}.csv"


def codes(nom: str, column: str) -> list[str]:
    """Return the values of one column of a seed, in its order."""
    with seed_path(nom).open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def cited_columns(text: str, dataset: Dataset) -> tuple[str, ...]:
    """Public columns that an SQL text names."""
    words = set(_WORD.findall(text))
    return tuple(column.nom for column in dataset.colonnes if column.nom in words)


def _load(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _parse_rule(entry: Mapping[str, Any], dataset: Dataset, path: Path) -> Rule:
    known = {"id", "libelle", "type", "kwargs", "condition", "filtre", "severity"}
    if not {"id", "libelle"} <= set(entry) <= known or ("type" in entry) == ("condition" in entry):
        raise RuleError(
            f"{path.name} : la règle {entry.get('id', '?')} demande id, libelle, puis soit type et "
            "kwargs, soit condition ; filtre et severity sont facultatifs."
        )
    severity = entry.get("severity", CRITICAL)
    if severity not in (CRITICAL, WARNING):
        raise RuleError(f"{path.name} : severity de {entry['id']} : {CRITICAL} ou {WARNING}.")
    condition, row_filter = entry.get("condition"), entry.get("filtre")
    kwargs = (
        {"column": entry["id"], "value_set": [True]}
        if condition
        else {key: _resolved(value) for key, value in entry["kwargs"].items()}
    )
    return Rule(
        id=entry["id"],
        libelle=entry["libelle"],
        type=entry.get("type", SATISFIED),
        kwargs=kwargs,
        colonnes=cited_columns(condition, dataset) if condition else _columns(kwargs),
        severity=severity,
        condition=condition,
        row_filter=row_filter,
    )


def _columns(kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    names = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    return (*names, *kwargs.get("column_list", []))


def _resolved(value: Any) -> Any:
    """Replace ``{seed: nsf, colonne: code, plus: [...]}`` by the codes of that seed."""
    if not (isinstance(value, Mapping) and "seed" in value):
        return value
    return [*codes(value["seed"], value["colonne"]), *value.get("plus", [])]
