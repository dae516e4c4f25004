"""Public facts that the generated extracts imitate, read from ``faits/*.csv``.

Belongs here: typed access to départements, yearly totals, well-known certifications, domains and
buyers' profiles. Does not: random draws or file formats. Sources of the facts: the publisher's
yearly reports (dossiers, prices, shares), INSEE (populations, chefs-lieux), the NSF, Formacode and
ROME nomenclatures, France compétences (codes of the well-known certifications).
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FAITS = Path(__file__).parent / "faits"

# Share of a year's dossiers by month. 2024 bought 30 % more than 2023 until May (the flat
# participation came on the 2nd of May), 14 % less afterwards; the other years are nearly even.
SAISON_ORDINAIRE = (1.08, 1.00, 1.08, 0.98, 0.97, 0.95, 0.83, 0.74, 1.12, 1.14, 1.08, 1.03)
SAISON_2024 = (1.24, 1.20, 1.26, 1.36, 1.04, 0.80, 0.76, 0.66, 0.96, 0.98, 0.92, 0.82)
SAISON_2020 = (0.75, 0.75, 0.65, 0.60, 0.80, 0.95, 0.95, 0.80, 1.25, 1.45, 1.50, 1.55)

TRANCHES_AGE = (18, 25, 40, 50, 65)  # bounds of the four brackets: <25, 25-39, 40-49, 50+
PART_AGE = (0.100, 0.447, 0.235, 0.218)
PART_FEMMES = 0.495


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
    """A well-known certification: price in €, hours, usual length in days, shares in percent."""

    code: str
    intitule: str
    niveau: str
    nsf: str
    formacodes: tuple[str, ...]
    romes: tuple[str, ...]
    prix_eur: float
    heures: int
    jours: int
    parts: tuple[float, float, float]  # of the dossiers of 2021, 2023 and 2024
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


def _liste(texte: str) -> tuple[str, ...]:
    return tuple(texte.split("|")) if texte else ()


@cache
def departements() -> tuple[Departement, ...]:
    """The 101 départements in the order of their codes."""
    return tuple(
        Departement(**{**ligne, "milliers_habitants": int(ligne["milliers_habitants"])})  # type: ignore[arg-type]
        for ligne in _lignes("departements")
    )


@cache
def annees() -> tuple[Annee, ...]:
    """Known and extrapolated years, the last one standing for those after it."""
    return tuple(
        Annee(
            annee=int(ligne["annee"]),
            dossiers=int(ligne["dossiers"]),
            prix_moyen=float(ligne["prix_moyen"]),
            part_annulee=float(ligne["part_annulee"]),
            part_demandeur_emploi=float(ligne["part_demandeur_emploi"]),
            part_dans_offre=float(ligne["part_dans_offre"]),
        )
        for ligne in _lignes("annees")
    )


def annee_de(annee: int) -> Annee:
    """Facts of a year; years after the last known one repeat it."""
    return annees()[min(annee, annees()[-1].annee) - annees()[0].annee]


def saison(annee: int) -> tuple[float, ...]:
    """Twelve monthly weights of a year's dossiers."""
    return {2020: SAISON_2020, 2024: SAISON_2024}.get(annee, SAISON_ORDINAIRE)


@cache
def phares() -> tuple[Phare, ...]:
    """The well-known certifications, legislative exceptions (``CPFnnn``) included."""
    return tuple(
        Phare(
            code=ligne["code"],
            intitule=ligne["intitule"],
            niveau=ligne["niveau"],
            nsf=ligne["nsf"],
            formacodes=_liste(ligne["formacodes"]),
            romes=_liste(ligne["romes"]),
            prix_eur=float(ligne["prix_eur"]),
            heures=int(ligne["heures"]),
            jours=int(ligne["jours"]),
            parts=(
                float(ligne["part_2021"]),
                float(ligne["part_2023"]),
                float(ligne["part_2024"]),
            ),
            part_offre=float(ligne["part_offre"]),
            part_distance=float(ligne["part_distance"]),
            public=ligne["public"],
            certificateur=ligne["certificateur"],
        )
        for ligne in _lignes("phares")
    )


def _codes(texte: str) -> tuple[str, ...]:
    return tuple(couple.split(":", 1)[0] for couple in _liste(texte))


@cache
def domaines() -> tuple[Domaine, ...]:
    """NSF groups of the less known certifications."""
    return tuple(
        Domaine(
            nsf=ligne["nsf"],
            libelle=ligne["libelle"],
            formacodes=_codes(ligne["formacodes"]),
            romes=_codes(ligne["romes"]),
            poids_rncp=float(ligne["poids_rncp"]),
            poids_rs=float(ligne["poids_rs"]),
            part_dossiers=float(ligne["part_dossiers"]),
            part_distance=float(ligne["part_distance"]),
            public=ligne["public"],
            objets=_liste(ligne["objets"]),
            metiers=_liste(ligne["metiers"]),
        )
        for ligne in _lignes("domaines")
    )


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
    textes = {ligne["code"]: ligne["libelle"] for ligne in _lignes("formacodes")}
    textes |= {ligne["code"]: ligne["libelle"] for ligne in _lignes("romes")}
    for ligne in _lignes("domaines"):
        textes[ligne["nsf"]] = ligne["libelle"]
        for couple in _liste(ligne["formacodes"]) + _liste(ligne["romes"]):
            code, libelle = couple.split(":", 1)
            textes[code] = libelle
    return textes
