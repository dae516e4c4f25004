"""Public facts that the generated extracts imitate, read from ``faits/*.csv``.

Belongs here: typed access to départements, yearly totals, well-known certifications, domains and
buyers' profiles. Does not: random draws or file formats. Sources of the facts: the publisher's
yearly reports (dossiers, prices, shares), INSEE (populations, chefs-lieux), the NSF, Formacode and
ROME nomenclatures, France compétences (codes of the well-known certifications).
"""

import csv
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

FAITS = Path(__file__).parent / "faits"

# Weight of each month in its year. Published: 2024 bought 30 % more than 2023 until May (the flat
# participation came on the 2nd of May) and 14 % less afterwards. Both cannot hold with the totals
# of the two years, which come first: the contrast 1.30 / 0.86 is kept, on a 2023 that grows.
SAISON_ORDINAIRE = (1.08, 1.00, 1.08, 0.98, 0.97, 0.95, 0.83, 0.74, 1.12, 1.14, 1.08, 1.03)
SAISON_2020 = (0.75, 0.75, 0.65, 0.60, 0.80, 0.95, 0.95, 0.80, 1.25, 1.45, 1.50, 1.55)
SAISON_2023 = (0.90, 0.86, 0.94, 0.85, 0.85, 0.96, 0.90, 0.82, 1.22, 1.26, 1.24, 1.20)
SAISON_2024 = tuple(poids * (1.30 if rang < 5 else 0.86) for rang, poids in enumerate(SAISON_2023))

PART_AGE = (0.100, 0.447, 0.235, 0.218)  # <25, 25-39, 40-49, 50+ (2023)
PART_FEMMES = 0.495

Fait = TypeVar("Fait")


@dataclass(frozen=True)
class Departement:
    """One of the 101 départements and its chef-lieu; population in thousands."""

    code: str
    nom: str
    code_region: str
    milliers_habitants: int
    chef_lieu: str
    code_commune: str
    code_postal: str


@dataclass(frozen=True)
class Annee:
    """Yearly totals of the consumption: dossiers, mean price in €, shares between 0 and 1."""

    annee: int
    dossiers: int
    prix_moyen: float
    part_annulee: float
    part_demandeur_emploi: float
    part_dans_offre: float


@dataclass(frozen=True)
class Phare:
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
class Domaine:
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


def _lignes(nom: str) -> list[dict[str, str]]:
    with (FAITS / f"{nom}.csv").open(encoding="utf-8", newline="") as fichier:
        return list(csv.DictReader(fichier, delimiter=";"))


def _valeur(texte: str, genre: Any) -> Any:
    """Convert a cell to the type of its field; tuples are separated by ``|``."""
    if genre in {str, int, float}:
        return genre(texte)
    element = genre.__args__[0]
    return tuple(element(morceau) for morceau in texte.split("|")) if texte else ()


def _charge(nom: str, classe: type[Fait]) -> tuple[Fait, ...]:
    genres = get_type_hints(classe)
    noms = [champ.name for champ in fields(classe)]  # type: ignore[arg-type]
    return tuple(
        classe(**{champ: _valeur(ligne[champ], genres[champ]) for champ in noms})
        for ligne in _lignes(nom)
    )


@cache
def departements() -> tuple[Departement, ...]:
    """The 101 départements in the order of their codes."""
    return _charge("departements", Departement)


@cache
def annees() -> tuple[Annee, ...]:
    """Known and extrapolated years, the last one standing for those after it."""
    return _charge("annees", Annee)


def annee_de(annee: int) -> Annee:
    """Facts of a year; years after the last known one repeat it."""
    return annees()[min(annee, annees()[-1].annee) - annees()[0].annee]


def saison(annee: int) -> tuple[float, ...]:
    """Twelve monthly weights of a year's dossiers."""
    particulieres = {2020: SAISON_2020, 2023: SAISON_2023, 2024: SAISON_2024}
    return particulieres.get(annee, SAISON_ORDINAIRE)


@cache
def phares() -> tuple[Phare, ...]:
    """The well-known certifications, legislative exceptions (``CPFnnn``) included."""
    return _charge("phares", Phare)


@cache
def domaines() -> tuple[Domaine, ...]:
    """NSF groups of the less known certifications."""
    return _charge("domaines", Domaine)


@cache
def publics() -> dict[str, tuple[float, ...]]:
    """Appetence of each profile by women <25, 25-39, 40-49, 50+, then men alike (1 = average)."""
    return {
        ligne["public"]: tuple(float(valeur) for nom, valeur in ligne.items() if nom != "public")
        for ligne in _lignes("publics")
    }


@cache
def libelles() -> dict[str, str]:
    """Label of every Formacode, ROME and NSF code used by the generator."""
    textes = {ligne["code"]: ligne["libelle"] for ligne in _lignes("libelles")}
    return textes | {domaine.nsf: domaine.libelle for domaine in domaines()}
