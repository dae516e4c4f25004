"""How much detail a publication keeps, and what other thresholds would keep.

In shares that anybody could draw from its files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.disclosure.gate.findings import Evidence

THRESHOLDS = (5, 10, 11)


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
    """Euros of a financer that rows tell, and how many rows tell them."""

    colonne: str
    euros: str
    lignes: int


@dataclass(frozen=True)
class Edition:
    """Cohorts, rows and dossiers of an edition, and the rows that tell their amount."""

    edition: str
    cohortes: int
    lignes: int
    dossiers: int
    lignes_avec_montant: int


@dataclass(frozen=True)
class Suite:
    """How many provisional rows became definitive in this way: brought up to date, or kept."""

    suite: str
    lignes: int


@dataclass(frozen=True)
class Waiting:
    """Dossiers that may not be told as they are today, rounded down to multiples of the threshold.

    Of cohorts to come, come since a provisional edition, in rows that keep their value or in none.
    """

    a_venir: int
    arrives_depuis: int
    non_repris: int


def editions(evidence: "Evidence") -> tuple[Edition, ...]:
    """Return what the candidate publishes by edition."""
    return tuple(Edition(**edition) for edition in evidence.rows("editions"))


def suites(evidence: "Evidence") -> tuple[Suite, ...]:
    """Return what became of the provisional rows that the candidate makes definitive."""
    return tuple(Suite(**suite) for suite in evidence.rows("suites"))


def en_attente(evidence: "Evidence") -> Waiting:
    """Return how many dossiers wait."""
    (counts,) = evidence.rows("en_attente")
    return Waiting(**counts)


def niveaux(evidence: "Evidence") -> tuple[Level, ...]:
    """Return what the candidate publishes at each level of the plan."""
    levels = evidence.rows("niveaux")
    return tuple(Level(*level.values()) for level in levels)


def financeurs(evidence: "Evidence") -> tuple[FinanceurTotals, ...]:
    """Return the euros that the candidate tells of each financer; what it tells of none, last."""
    return tuple(FinanceurTotals(**total) for total in evidence.rows("financeurs"))


def estimations(evidence: "Evidence") -> tuple[Estimation, ...]:
    """Return what each of ``THRESHOLDS`` would keep: a roll-up of the cells by their persons alone.

    Without the rules on intervals and amounts, nor persons counted once between cells: a trend.
    """
    evidence.make("fines")
    return tuple(
        Estimation(seuil, _to_shares(list(_kept_by_level(evidence, seuil)))) for seuil in THRESHOLDS
    )


def _kept_by_level(evidence: "Evidence", seuil: int) -> Iterator[int]:
    """Yield the dossiers kept at each level from the second, then those that no level keeps."""
    evidence.make("reste")
    for level in range(2, len(evidence.names["gardees"]) + 1):
        evidence.make("gardes", niveau=level, seuil=seuil)
        yield evidence.value("dossiers_gardes", niveau=level)
        evidence.make("reste", "tables/encore_reste", niveau=level)
    yield evidence.value("dossiers_restants")


def _to_shares(counts: list[int]) -> tuple[float, ...]:
    total = sum(counts) or 1
    return tuple(round(count / total, 3) for count in counts[:-1])
