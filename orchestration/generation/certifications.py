"""The certifications that the other modules sell: well-known ones and an invented long tail.

Belongs here: which certifications exist, with their usual price, length and weight. Does not: the
register's files (``registre``). The tail is fictitious: its codes start beyond those in use.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from orchestration.generation import reference, titres

TAILLE_NATIONALE = 3400  # certifications offered at national scale
PART_RNCP_OFFRE = 0.24  # of the offer's rows
PREMIER_RNCP, PREMIER_RS = 60_001, 20_001  # codes not attributed yet
# Medians of the NSF 326 sample: 3,600 € for RNCP, 1,476 € for RS; costlier with the level.
PRIX_RNCP_EUR, PRIX_RS_EUR = 3000, 1450
CHERTE = {"NIV3": 0.7, "NIV4": 0.85, "NIV5": 1.0, "NIV6": 1.35, "NIV7": 1.9, "": 1.0}


@dataclass(frozen=True)
class Certification:
    """A certification on sale: 2024 price in €, log-normal dispersion, hours, length in days."""

    code: str
    intitule: str
    niveau: str
    nsf: str
    formacodes: tuple[str, ...]
    romes: tuple[str, ...]
    prix_eur: float
    dispersion: float
    heures: int
    jours: int
    poids_offre: float
    part_distance: float
    certificateur: str

    @property
    def exception(self) -> bool:
        """Tell whether it is a legislative exception (driving licences, bilan, VAE …)."""
        return self.code.startswith("CPF")

    @property
    def rncp(self) -> bool:
        """Tell whether it is in the RNCP."""
        return self.code.startswith("RNCP")


@dataclass(frozen=True)
class Segment:
    """A run of consecutive certifications bought alike; parts in percent of 2021, 2023, 2024."""

    premiere: int
    nombre: int
    parts: tuple[float, ...]
    public: str


@dataclass(frozen=True)
class Catalogue:
    """Every certification on sale, and the segments that share them out."""

    certifications: tuple[Certification, ...]
    segments: tuple[Segment, ...]


def construit(scale: float, graine: int) -> Catalogue:
    """Make the catalogue: the well-known certifications, then each domain's tail by rank."""
    alea = np.random.default_rng([graine, 1])
    phares, domaines = reference.phares(), reference.domaines()
    liste = [_phare(phare) for phare in phares]
    segments = [Segment(rang, 1, phare.parts, phare.public) for rang, phare in enumerate(phares)]
    # Fewer of them in a small extract, yet not in proportion: the tail stays a tail.
    taille = max(round(TAILLE_NATIONALE * min(scale, 1.0) ** 0.45) - len(liste), 80)
    reste = [100 - sum(annee) for annee in zip(*(phare.parts for phare in phares), strict=True)]
    total = sum(domaine.part_dossiers for domaine in domaines)
    for domaine, nombre in zip(domaines, _effectifs(taille), strict=True):
        parts = tuple(domaine.part_dossiers / total * part for part in reste)
        segments.append(Segment(len(liste), nombre, parts, domaine.public))
        liste += _traine(domaine, nombre, len(liste), alea)
    return Catalogue(tuple(_ponderees(liste)), tuple(segments))


def _phare(phare: reference.Phare) -> Certification:
    communs = {
        nom: valeur
        for nom, valeur in vars(phare).items()
        if nom not in {"parts", "part_offre", "public"}
    }
    dispersion = 0.22 if phare.code.startswith("CPF") else 0.40
    return Certification(**communs, poids_offre=phare.part_offre, dispersion=dispersion)


def _effectifs(taille: int) -> list[int]:
    """Number of certifications of each domain, in proportion of its weights (at least two)."""
    poids = [domaine.poids_rncp + domaine.poids_rs for domaine in reference.domaines()]
    return [max(2, round(taille * part / sum(poids))) for part in poids]


def _traine(
    domaine: reference.Domaine, nombre: int, premiere: int, alea: np.random.Generator
) -> list[Certification]:
    """The certifications of a domain from the most to the least sold."""
    part_rncp = domaine.poids_rncp / (domaine.poids_rncp + domaine.poids_rs)
    pris: set[str] = set()
    certifications = []
    for rang in range(nombre):
        rncp = bool(alea.random() < part_rncp)
        intitule, niveau = titres.tire(domaine, rncp, alea, pris)
        numero = premiere + rang
        heures, jours = _duree(rncp, niveau, alea)
        certifications.append(
            Certification(
                code=f"RNCP{PREMIER_RNCP + numero}" if rncp else f"RS{PREMIER_RS + numero}",
                intitule=intitule,
                niveau=niveau,
                nsf=domaine.nsf,
                formacodes=_quelques(domaine.formacodes, alea),
                romes=_quelques(domaine.romes, alea) if rncp else (),
                prix_eur=_prix(rncp, niveau, alea),
                dispersion=0.45,
                heures=heures,
                jours=jours,
                poids_offre=(domaine.poids_rncp + domaine.poids_rs) / (rang + 3),
                part_distance=domaine.part_distance,
                certificateur="",
            )
        )
    return certifications


def _quelques(codes: tuple[str, ...], alea: np.random.Generator) -> tuple[str, ...]:
    return tuple(str(code) for code in alea.permutation(codes)[: int(alea.integers(1, 4))])


def _prix(rncp: bool, niveau: str, alea: np.random.Generator) -> float:
    base = PRIX_RNCP_EUR if rncp else PRIX_RS_EUR
    return float(round(base * CHERTE[niveau] * math.exp(alea.normal(0, 0.35)), -1))


def _duree(rncp: bool, niveau: str, alea: np.random.Generator) -> tuple[int, int]:
    """Hours and days: months for a qualification, days for a skill."""
    if not rncp:
        return int(alea.integers(2, 9)) * 7, int(alea.integers(1, 16))
    heures = max(round(alea.normal(400, 80) * math.sqrt(CHERTE[niveau])), 105)
    return heures, heures // 4


def _ponderees(liste: list[Certification]) -> list[Certification]:
    """Scale the tail's weights so that, exceptions aside, the offer is 100 with 24 % of RNCP."""
    phares, traine = (
        liste[: len(reference.phares())],
        liste[len(reference.phares()) :],
    )
    facteurs = {}
    for rncp, part in ((True, PART_RNCP_OFFRE), (False, 1 - PART_RNCP_OFFRE)):
        fixe = sum(c.poids_offre for c in phares if c.rncp == rncp and not c.exception)
        libre = sum(c.poids_offre for c in traine if c.rncp == rncp)
        facteurs[rncp] = (100 * part - fixe) / libre
    return phares + [replace(c, poids_offre=c.poids_offre * facteurs[c.rncp]) for c in traine]
