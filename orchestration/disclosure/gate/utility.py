"""How much detail a publication keeps, in shares that anybody could draw from its files, and what
other thresholds would keep.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.findings import Evidence
from orchestration.disclosure.gate.microdata import short_name

THRESHOLDS = (5, 10, 11)
MAX_EXAMPLES = 20
# What says most of a person: a whole group that shares it is flagged.
SENSITIVE_COLUMNS = {"formations_engagees": ("statut_dossier",), "usagers": ("csp", "statut")}


@dataclass(frozen=True)
class Level:
    """Rows, dossiers and euros published at one level."""

    niveau: int
    lignes: int
    dossiers: int
    montant: str


@dataclass(frozen=True)
class Estimation:
    """Share of the dossiers at each level if only a threshold of ``seuil`` persons were applied."""

    seuil: int
    parts: tuple[float, ...]


@dataclass(frozen=True)
class FinanceurTotals:
    """Euros of a financer told by rows, and told again by rows of ventilation."""

    colonne: str
    par_lignes: str
    par_ventilation: str


@dataclass(frozen=True)
class Unanimity:
    """Rows whose whole group shares one value of ``colonne``, and the public keys of some."""

    colonne: str
    lignes: int
    exemples: tuple[dict[str, Any], ...]


def niveaux(evidence: Evidence) -> tuple[Level, ...]:
    """Return what the candidate publishes at each level of the plan."""
    levels = evidence.rows("niveaux")
    return tuple(Level(*level.values()) for level in levels)


def financeurs(evidence: Evidence) -> tuple[FinanceurTotals, ...]:
    """Return the euros that the candidate tells of each financer; what it tells of none, last."""
    return tuple(FinanceurTotals(**total) for total in evidence.rows("financeurs"))


def estimations(evidence: Evidence) -> tuple[Estimation, ...]:
    """Return what each of ``THRESHOLDS`` would keep: a roll-up of the cells by their persons alone.

    Without the rules on intervals and amounts, nor persons counted once between cells: a trend.
    """
    evidence.make("fines")
    return tuple(
        Estimation(seuil, _to_shares(list(_kept_by_level(evidence, seuil)))) for seuil in THRESHOLDS
    )


def _kept_by_level(evidence: Evidence, seuil: int) -> Iterator[int]:
    """Yield the dossiers kept at each level, then those that no level keeps."""
    evidence.make("reste")
    for level in range(1, len(evidence.names["gardees"]) + 1):
        evidence.make("gardes", niveau=level, seuil=seuil)
        yield evidence.value("dossiers_gardes", niveau=level)
        evidence.make("reste", "tables/encore_reste", niveau=level)
    yield evidence.value("dossiers_restants")


def _to_shares(counts: list[int]) -> tuple[float, ...]:
    total = sum(counts) or 1
    return tuple(round(count / total, 4) for count in counts[:-1])


def unanimites(evidence: Evidence, dataset: Dataset) -> tuple[Unanimity, ...]:
    """Find the rows whose siblings are all empty: whoever is in the group has that value."""
    return tuple(
        _unanimity(evidence, column) for column in SENSITIVE_COLUMNS.get(short_name(dataset), ())
    )


def _unanimity(evidence: Evidence, colonne: str) -> Unanimity:
    evidence.make("unanimes", sensible=colonne)
    count = evidence.value("nombre_d_unanimes")
    examples = evidence.rows("unanimes", sensible=colonne, limite=MAX_EXAMPLES)
    return Unanimity(colonne, int(count), tuple(examples))
