"""Public facts that the generated extracts imitate, read from ``faits/*.csv``.

Their sources: the publisher's yearly reports (dossiers, prices, shares), INSEE (populations,
chefs-lieux), the NSF, Formacode and ROME nomenclatures, France compétences (codes of the well-known
certifications). The rates of unemployment are only orders of magnitude, not INSEE's figures; the
sectors, and how much is given up in each, are ours.
"""

import csv
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

FACTS = Path(__file__).parent / "faits"

# Weight of each month in its year. Published: 2024 bought 30 % more than 2023 until May (the flat
# participation came on the 2nd of May) and 14 % less afterwards. Both cannot hold with the totals
# of the two years, which come first: the contrast 1.30 / 0.86 is kept, on a 2023 that grows.
ORDINARY_SEASON = (1.08, 1.00, 1.08, 0.98, 0.97, 0.95, 0.83, 0.74, 1.12, 1.14, 1.08, 1.03)
SEASON_2020 = (0.75, 0.75, 0.65, 0.60, 0.80, 0.95, 0.95, 0.80, 1.25, 1.45, 1.50, 1.55)
SEASON_2023 = (0.90, 0.86, 0.94, 0.85, 0.85, 0.96, 0.90, 0.82, 1.22, 1.26, 1.24, 1.20)
SEASON_2024 = tuple(
    weight * (1.30 if rank < 5 else 0.86) for rank, weight in enumerate(SEASON_2023)
)

AGE_SHARES = (0.100, 0.447, 0.235, 0.218)  # <25, 25-39, 40-49, 50+ (2023)
WOMEN_SHARE = 0.495
GROWTH_AFTER = 0.015  # of the dossiers, a year, after the last year of ``annees.csv``
GENERAL_SECTOR = "general"  # bodies that sell everything
DRIVING_SECTOR, TRANSPORT_NSF = "conduite", "311"  # driving licences are sold by driving schools

Fact = TypeVar("Fact")


@dataclass(frozen=True)
class Departement:
    """One of the 101 départements and its chef-lieu; population in thousands.

    ``taux_chomage`` is an order of magnitude, in whole percents.
    """

    code: str
    nom: str
    code_region: str
    milliers_habitants: int
    chef_lieu: str
    code_commune: str
    code_postal: str
    taux_chomage: int


@dataclass(frozen=True)
class Year:
    """Yearly totals of the consumption: dossiers, mean price in €, shares between 0 and 1.

    ``facteur_distance`` multiplies the remote share of 2024.
    """

    annee: int
    dossiers: int
    prix_moyen: float
    part_annulee: float
    part_demandeur_emploi: float
    part_dans_offre: float
    facteur_distance: float


@dataclass(frozen=True)
class Flagship:
    """A well-known certification: 2024 price in €, hours, usual length in days.

    ``parts`` are percents of the dossiers of 2021, 2023 and 2024; ``part_offre`` a percent of the
    offer's rows (of the legislative exceptions' rows for these).
    """

    code: str
    intitule: str
    niveau: str
    nsf: str
    formacodes: tuple[str, ...]
    romes: tuple[str, ...]
    prix_eur: float
    heures: int
    jours: int
    parts: tuple[float, ...]
    part_offre: float
    part_distance: float
    public: str
    certificateur: str


@dataclass(frozen=True)
class Domain:
    """An NSF group and what its less known certifications are made of."""

    nsf: str
    libelle: str
    formacodes: tuple[str, ...]
    romes: tuple[str, ...]
    poids_rncp: float
    poids_rs: float
    part_dossiers: float
    part_distance: float
    public: str
    objets: tuple[str, ...]
    metiers: tuple[str, ...]


@dataclass(frozen=True)
class Sector:
    """NSF groups that the same bodies sell, the words of these bodies' names.

    ``abandon`` multiplies the chances that a dossier is cancelled or left half done.
    """

    secteur: str
    nsf: tuple[str, ...]
    mots: tuple[str, ...]
    abandon: float


def _rows(name: str) -> list[dict[str, str]]:
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _parse_value(text: str, field_type: Any) -> Any:
    """Convert a cell to the type of its field; tuples are separated by ``|``."""
    if field_type in {str, int, float}:
        return field_type(text)
    element = field_type.__args__[0]
    return tuple(element(piece) for piece in text.split("|")) if text else ()


def _load(name: str, row_type: type[Fact]) -> tuple[Fact, ...]:
    field_types = get_type_hints(row_type)
    names = [field.name for field in fields(row_type)]  # type: ignore[arg-type]
    return tuple(
        row_type(**{field: _parse_value(row[field], field_types[field]) for field in names})
        for row in _rows(name)
    )


@cache
def departements() -> tuple[Departement, ...]:
    """The 101 départements in the order of their codes."""
    return _load("departements", Departement)


@cache
def years() -> tuple[Year, ...]:
    """Known and extrapolated years, the last one standing for those after it."""
    return _load("annees", Year)


def facts_of_year(year: int) -> Year:
    """Facts of a year; years after the last known one repeat it, but for their dossiers."""
    last = years()[-1]
    if year <= last.annee:
        return years()[year - years()[0].annee]
    growth = (1 + GROWTH_AFTER) ** (year - last.annee)
    return replace(last, dossiers=round(last.dossiers * growth))


def season(year: int) -> tuple[float, ...]:
    """Twelve monthly weights of a year's dossiers."""
    seasons = {2020: SEASON_2020, 2023: SEASON_2023, 2024: SEASON_2024}
    return seasons.get(year, ORDINARY_SEASON)


@cache
def flagships() -> tuple[Flagship, ...]:
    """The well-known certifications, legislative exceptions (``CPFnnn``) included."""
    return _load("phares", Flagship)


@cache
def domains() -> tuple[Domain, ...]:
    """NSF groups of the less known certifications."""
    return _load("domaines", Domain)


@cache
def sectors() -> tuple[Sector, ...]:
    """Sectors of the bodies; each NSF group is in one."""
    return _load("secteurs", Sector)


def sector(nsf: str, exception: bool) -> Sector:
    """Sector of the bodies that sell an NSF group, or a legislative exception of it.

    Raises:
        KeyError: no sector has this group.
    """
    if exception and nsf == TRANSPORT_NSF:
        return next(s for s in sectors() if s.secteur == DRIVING_SECTOR)
    try:
        return next(s for s in sectors() if nsf in s.nsf)
    except StopIteration:
        raise KeyError(nsf) from None


@cache
def audiences() -> dict[str, tuple[float, ...]]:
    """Appetence of each profile by women <25, 25-39, 40-49, 50+, then men alike (1 = average)."""
    return {
        row["public"]: tuple(float(value) for name, value in row.items() if name != "public")
        for row in _rows("publics")
    }


@cache
def labels() -> dict[str, str]:
    """Label of every Formacode, ROME and NSF code used by the generator."""
    texts = {row["code"]: row["libelle"] for row in _rows("libelles")}
    return texts | {domain.nsf: domain.libelle for domain in domains()}
