"""The rules of a dataset as data: read from ``regles/<jeu>.yml``, code lists taken from the seeds.

Belongs here: what a rule is, reading and resolving the files. Does not: the rules that every
dataset has (``derivees``), nor evaluating any (``moteur``).
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration import settings
from orchestration.jeux import Jeu

FOLDER = Path(__file__).parent / "regles"
CRITIQUE = "critique"
ALERTE = "alerte"
# What a rule bears on: the rows, or a frame of measures.
DONNEES, FICHIER, TYPES, PROFIL, SOURCES = "donnees", "fichier", "types", "profil", "sources"

# A rule said as an SQL condition is this expectation on the column that the condition computes.
SATISFAITE = "expect_column_values_to_be_in_set"
ENTRE = "expect_column_values_to_be_between"
RENSEIGNEE = "expect_column_values_to_not_be_null"
UNIQUE = "expect_compound_columns_to_be_unique"
# Against the last publication, when a dataset says nothing else: rows and totals, as ratios.
DERIVE = {"minimum": 0.7, "maximum": 1.3}
_WORD = re.compile(r"\w+")


class RegleError(ValueError):
    """A rule is badly written; the message says which file and which rule."""


@dataclass(frozen=True)
class Regle:
    """One expectation. ``cadre`` is what it bears on (``DONNEES``: the rows).

    ``condition`` is SQL that every row must satisfy (null counts as a failure); ``filtre`` is SQL
    that chooses the rows under the rule. ``colonnes`` are the public columns that it reads.
    """

    id: str
    libelle: str
    type: str
    kwargs: Mapping[str, Any]
    colonnes: tuple[str, ...]
    cadre: str = DONNEES
    severity: str = CRITIQUE
    condition: str | None = None
    filtre: str | None = None


@dataclass(frozen=True)
class Suivi:
    """A column whose share of nulls is watched, among the rows where ``si`` holds."""

    colonne: str
    si: str = "true"


@dataclass(frozen=True)
class Reglement:
    """All that a rules' file says: the rules, and the settings of the derived ones.

    ``facultatives`` are key columns whose null has a meaning. ``derive`` bounds rows and totals
    against the last publication, as ratios.
    """

    regles: tuple[Regle, ...]
    facultatives: tuple[str, ...] = ()
    derive: Mapping[str, float] = field(default_factory=dict)
    suivis: tuple[Suivi, ...] = ()


def lire_reglement(jeu: Jeu) -> Reglement:
    """Read the rules of ``jeu``. Raises :class:`RegleError`."""
    path = FOLDER / f"{jeu.nom}.yml"
    if not path.exists():
        raise RegleError(f"{jeu.nom} n'a pas de règles : écrire {path.name} dans {FOLDER.name}/.")
    own = _load(path)
    common = _load(FOLDER / f"{own['inclure']}.yml") if "inclure" in own else {}
    entries = [*common.get("regles", []), *own.get("regles", [])]
    ids = [entry["id"] for entry in entries]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise RegleError(f"{path.name} : règle écrite deux fois : {', '.join(twice)}.")
    return Reglement(
        regles=tuple(_regle(entry, jeu, path) for entry in entries),
        facultatives=tuple(own.get("cle_facultative", [])),
        derive=own.get("derive", common.get("derive", DERIVE)),
        suivis=tuple(Suivi(**entry) for entry in own.get("nuls_suivis", [])),
    )


def nomenclature(nom: str) -> Path:
    """Path of a seed, which conditions may read as a table of that name."""
    return settings.PROJECT / "seeds" / f"{nom}.csv"


def codes(nom: str, colonne: str) -> list[str]:
    """Return the values of one column of a seed, in its order."""
    with nomenclature(nom).open(encoding="utf-8", newline="") as file:
        return [row[colonne] for row in csv.DictReader(file)]


def colonnes_citees(texte: str, jeu: Jeu) -> tuple[str, ...]:
    """Public columns that an SQL text names."""
    words = set(_WORD.findall(texte))
    return tuple(column.nom for column in jeu.colonnes if column.nom in words)


def _load(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _regle(entry: Mapping[str, Any], jeu: Jeu, path: Path) -> Regle:
    known = {"id", "libelle", "type", "kwargs", "condition", "filtre", "severity"}
    if not {"id", "libelle"} <= set(entry) <= known or ("type" in entry) == ("condition" in entry):
        raise RegleError(
            f"{path.name} : la règle {entry.get('id', '?')} demande id, libelle, puis soit type et "
            "kwargs, soit condition ; filtre et severity sont facultatifs."
        )
    severity = entry.get("severity", CRITIQUE)
    if severity not in (CRITIQUE, ALERTE):
        raise RegleError(f"{path.name} : severity de {entry['id']} : {CRITIQUE} ou {ALERTE}.")
    condition, filtre = entry.get("condition"), entry.get("filtre")
    kwargs = (
        {"column": entry["id"], "value_set": [True]}
        if condition
        else {key: _resolved(value) for key, value in entry["kwargs"].items()}
    )
    return Regle(
        id=entry["id"],
        libelle=entry["libelle"],
        type=entry.get("type", SATISFAITE),
        kwargs=kwargs,
        colonnes=colonnes_citees(condition, jeu) if condition else _columns(kwargs),
        severity=severity,
        condition=condition,
        filtre=filtre,
    )


def _columns(kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    names = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    return (*names, *kwargs.get("column_list", []))


def _resolved(value: Any) -> Any:
    """Replace ``{seed: nsf, colonne: code, plus: [...]}`` by the codes of that seed."""
    if not (isinstance(value, Mapping) and "seed" in value):
        return value
    return [*codes(value["seed"], value["colonne"]), *value.get("plus", [])]
