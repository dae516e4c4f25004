"""The certifications that the other modules sell: well-known ones and an invented long tail.

Belongs here: which certifications exist, with their usual price, length and weight. Does not: the
register's files (``registre``). The tail is fictitious: its codes start beyond those in use and its
titles combine a verb or a trade with an object of the domain.
"""

import math
from dataclasses import dataclass

import numpy as np

from orchestration.generation import reference

TAILLE_NATIONALE = 3400  # certifications offered at national scale
PART_RNCP_OFFRE = 0.24  # of the offer's rows
PREMIER_RNCP, PREMIER_RS = 60_001, 20_001  # codes not attributed yet

VERBES = (
    "Mettre en œuvre", "Concevoir et réaliser", "Piloter", "Maîtriser", "Organiser et sécuriser",
    "Développer", "Assurer et contrôler", "Préparer et conduire", "Optimiser", "Coordonner",
    "Analyser et améliorer", "Animer et évaluer", "Gérer au quotidien", "Exploiter",
)  # fmt: skip
COMPLEMENTS = (
    "", " dans son activité professionnelle", " en entreprise", " - niveau avancé",
    " pour les très petites entreprises", " à l’aide d’outils numériques",
    " en contexte international", " - fondamentaux", " en secteur médico-social",
    " dans une démarche durable", " pour les indépendants",
)  # fmt: skip
FONCTIONS = (
    ("Assistant", "NIV4"), ("Technicien", "NIV4"), ("Agent", "NIV3"), ("Conseiller", "NIV5"),
    ("Gestionnaire", "NIV5"), ("Chargé", "NIV6"), ("Responsable", "NIV6"), ("Animateur", "NIV5"),
    ("Chef de projet", "NIV6"), ("Coordinateur", "NIV6"), ("Manager", "NIV7"), ("Expert", "NIV7"),
    ("Opérateur", "NIV3"), ("Directeur", "NIV7"), ("Consultant", "NIV7"),
)  # fmt: skip
MENTIONS = (
    "", " - option intelligence artificielle", " option international", " et innovation",
    " et transition écologique", " - parcours avancé", " des collectivités", " et transmission",
    " option territoires ruraux", " en entreprise artisanale",
)  # fmt: skip


@dataclass(frozen=True)
class Certification:
    """A certification on sale; ``segment`` is its place in the demand, ``prix_eur`` of 2024."""

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


@dataclass(frozen=True)
class Segment:
    """A run of consecutive certifications bought alike; parts in percent of 2021, 2023, 2024."""

    premiere: int
    nombre: int
    parts: tuple[float, float, float]
    public: str


@dataclass(frozen=True)
class Catalogue:
    """Every certification on sale, and the segments that share them out."""

    certifications: tuple[Certification, ...]
    segments: tuple[Segment, ...]


def construit(scale: float, graine: int) -> Catalogue:
    """Make the catalogue: the well-known certifications, then each domain's tail by rank."""
    alea = np.random.default_rng([graine, 1])
    liste = [_phare(phare) for phare in reference.phares()]
    segments = [
        Segment(rang, 1, phare.parts, phare.public)
        for rang, phare in enumerate(reference.phares())
    ]
    taille = max(round(TAILLE_NATIONALE * min(scale, 1.0) ** 0.45) - len(liste), 80)
    reste = [100 - sum(phare.parts[annee] for phare in reference.phares()) for annee in range(3)]
    total = sum(domaine.part_dossiers for domaine in reference.domaines())
    for domaine, nombre in zip(reference.domaines(), _effectifs(taille), strict=True):
        premiere = len(liste)
        liste += _traine(domaine, nombre, premiere, alea)
        part = domaine.part_dossiers / total
        parts = (part * reste[0], part * reste[1], part * reste[2])
        segments.append(Segment(premiere, nombre, parts, domaine.public))
    return Catalogue(tuple(_ponderees(liste)), tuple(segments))


def _phare(phare: reference.Phare) -> Certification:
    return Certification(
        code=phare.code,
        intitule=phare.intitule,
        niveau=phare.niveau,
        nsf=phare.nsf,
        formacodes=phare.formacodes,
        romes=phare.romes,
        prix_eur=phare.prix_eur,
        dispersion=0.22 if phare.code.startswith("CPF") else 0.40,
        heures=phare.heures,
        jours=phare.jours,
        poids_offre=phare.part_offre,
        part_distance=phare.part_distance,
        certificateur=phare.certificateur,
    )


def _effectifs(taille: int) -> list[int]:
    """Number of certifications of each domain, in proportion of its weights (at least two)."""
    poids = [domaine.poids_rncp + domaine.poids_rs for domaine in reference.domaines()]
    return [max(2, round(taille * part / sum(poids))) for part in poids]


def _traine(
    domaine: reference.Domaine, nombre: int, premiere: int, alea: np.random.Generator
) -> list[Certification]:
    """The certifications of a domain from the most to the least sold."""
    part_rncp = domaine.poids_rncp / (domaine.poids_rncp + domaine.poids_rs)
    titres: set[str] = set()
    return [
        _certification(domaine, rang, premiere + rang, alea.random() < part_rncp, alea, titres)
        for rang in range(nombre)
    ]


def _certification(
    domaine: reference.Domaine,
    rang: int,
    numero: int,
    rncp: bool,
    alea: np.random.Generator,
    titres: set[str],
) -> Certification:
    intitule, niveau = _titre(domaine, rncp, alea, titres)
    # Medians of the NSF 326 sample: 3,600 € for RNCP, 1,476 € for RS; costlier with the level.
    cherte = {"NIV3": 0.7, "NIV4": 0.85, "NIV5": 1.0, "NIV6": 1.35, "NIV7": 1.9}.get(niveau, 1.0)
    prix = (3000 if rncp else 1450) * cherte * math.exp(alea.normal(0, 0.35))
    heures = round(alea.normal(400, 80) * math.sqrt(cherte)) if rncp else int(alea.integers(2, 9)) * 7
    formacodes = alea.permutation(domaine.formacodes)[: int(alea.integers(1, 4))]
    romes = alea.permutation(domaine.romes)[: int(alea.integers(1, 4))] if rncp else ()
    return Certification(
        code=f"RNCP{PREMIER_RNCP + numero}" if rncp else f"RS{PREMIER_RS + numero}",
        intitule=intitule,
        niveau=niveau,
        nsf=domaine.nsf,
        formacodes=tuple(str(code) for code in formacodes),
        romes=tuple(str(code) for code in romes),
        prix_eur=float(round(prix, -1)),
        dispersion=0.45,
        heures=max(heures, 14),
        jours=max(heures // 3, 3) if rncp else int(alea.integers(3, 45)),
        poids_offre=(domaine.poids_rncp + domaine.poids_rs) / (rang + 3),
        part_distance=domaine.part_distance,
        certificateur="",
    )


def _titre(
    domaine: reference.Domaine, rncp: bool, alea: np.random.Generator, titres: set[str]
) -> tuple[str, str]:
    """Draw a title not used yet in the domain, with its level ('' for RS)."""
    for essai in range(400):
        if rncp:
            fonction, niveau = FONCTIONS[int(alea.integers(len(FONCTIONS)))]
            metier = domaine.metiers[int(alea.integers(len(domaine.metiers)))]
            titre = f"{fonction} {metier}{MENTIONS[int(alea.integers(len(MENTIONS)))]}"
        else:
            niveau = ""
            objet = domaine.objets[int(alea.integers(len(domaine.objets)))]
            titre = (
                f"{VERBES[int(alea.integers(len(VERBES)))]} {objet}"
                f"{COMPLEMENTS[int(alea.integers(len(COMPLEMENTS)))]}"
            )
        titre = titre if essai < 200 else f"{titre} ({essai})"
        if titre not in titres:
            break
    titres.add(titre)
    return titre, niveau


def _ponderees(liste: list[Certification]) -> list[Certification]:
    """Scale the tail's weights so that, exceptions aside, the offer is 100 with 24 % of RNCP."""
    phares = reference.phares()
    rncp = sum(phare.part_offre for phare in phares if phare.code.startswith("RNCP"))
    autres = sum(phare.part_offre for phare in phares if phare.code.startswith("RS"))
    cible = {True: 100 * PART_RNCP_OFFRE - rncp, False: 100 * (1 - PART_RNCP_OFFRE) - autres}
    tete, traine = liste[: len(phares)], liste[len(phares) :]
    somme = {
        genre: sum(c.poids_offre for c in traine if c.code.startswith("RNCP") == genre)
        for genre in (True, False)
    }
    return tete + [
        _pesee(c, c.poids_offre * cible[rncp] / somme[rncp])
        for c in traine
        for rncp in (c.code.startswith("RNCP"),)
    ]


def _pesee(certification: Certification, poids: float) -> Certification:
    return Certification(**{**vars(certification), "poids_offre": poids})
