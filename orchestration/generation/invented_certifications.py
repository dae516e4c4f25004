"""The certifications on sale, with price, length and weight: well-known ones, an invented tail.

The tail's codes start beyond those in use.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from orchestration.generation import reference

NATIONAL_SIZE = 3400  # certifications offered at national scale
RNCP_OFFER_SHARE = 0.24  # of the offer's rows
FIRST_RNCP, FIRST_RS = 60_001, 20_001  # codes not attributed yet
# Medians of the NSF 326 sample: 3,600 € for RNCP, 1,476 € for RS; costlier with the level.
RNCP_PRICE_EUR, RS_PRICE_EUR = 3000, 1450
PRICE_FACTORS = {"NIV3": 0.7, "NIV4": 0.85, "NIV5": 1.0, "NIV6": 1.35, "NIV7": 1.9, "": 1.0}


_VERBS = (
    "Mettre en œuvre", "Concevoir et réaliser", "Piloter", "Maîtriser", "Organiser et sécuriser",
    "Développer", "Assurer et contrôler", "Préparer et conduire", "Optimiser", "Coordonner",
    "Analyser et améliorer", "Animer et évaluer", "Gérer au quotidien", "Exploiter",
)  # fmt: skip
_COMPLEMENTS = (
    "", " dans son activité professionnelle", " en entreprise", " - niveau avancé",
    " pour les très petites entreprises", " à l’aide d’outils numériques",
    " en contexte international", " - fondamentaux", " en secteur médico-social",
    " dans une démarche durable", " pour les indépendants",
)  # fmt: skip
_JOB_TITLES = (
    ("Assistant", "NIV4"), ("Technicien", "NIV4"), ("Agent", "NIV3"), ("Conseiller", "NIV5"),
    ("Gestionnaire", "NIV5"), ("Chargé", "NIV6"), ("Responsable", "NIV6"), ("Animateur", "NIV5"),
    ("Chef de projet", "NIV6"), ("Coordinateur", "NIV6"), ("Manager", "NIV7"), ("Expert", "NIV7"),
    ("Opérateur", "NIV3"), ("Directeur", "NIV7"), ("Consultant", "NIV7"),
)  # fmt: skip
_SPECIALTIES = (
    "", " - option intelligence artificielle", " option international", " et innovation",
    " et transition écologique", " - parcours avancé", " des collectivités", " et transmission",
    " option territoires ruraux", " en entreprise artisanale",
)  # fmt: skip
_MAX_DRAWS = 200  # draws before a number tells homonyms apart


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
    offer_weight: float
    part_distance: float
    certificateur: str

    @property
    def exception(self) -> bool:
        """Tell whether it is a legislative exception (driving licences, bilan, VAE …)."""
        return self.code.startswith("CPF")

    @property
    def sector(self) -> reference.Sector:
        """Sector of the bodies that sell it."""
        return reference.sector(self.nsf, self.exception)

    @property
    def rncp(self) -> bool:
        """Tell whether it is in the RNCP."""
        return self.code.startswith("RNCP")


@dataclass(frozen=True)
class Segment:
    """A run of consecutive certifications bought alike; parts in percent of 2021, 2023, 2024."""

    first: int
    count: int
    parts: tuple[float, ...]
    public: str


@dataclass(frozen=True)
class Catalog:
    """Every certification on sale, and the segments that share them out."""

    certifications: tuple[Certification, ...]
    segments: tuple[Segment, ...]


def build(scale: float, seed: int) -> Catalog:
    """Make the catalogue: the well-known certifications, then each domain's tail by rank."""
    rng = np.random.default_rng([seed, 1])
    flagships, domains = reference.flagships(), reference.domains()
    listed = [_flagship(flagship) for flagship in flagships]
    segments = [
        Segment(rank, 1, flagship.parts, flagship.public) for rank, flagship in enumerate(flagships)
    ]
    # Fewer of them in a small extract, yet not in proportion: the tail stays a tail.
    size = max(round(NATIONAL_SIZE * min(scale, 1.0) ** 0.45) - len(listed), 80)
    rest = [
        100 - sum(year) for year in zip(*(flagship.parts for flagship in flagships), strict=True)
    ]
    total = sum(domain.part_dossiers for domain in domains)
    for domain, count in zip(domains, _tail_sizes(size), strict=True):
        parts = tuple(domain.part_dossiers / total * part for part in rest)
        segments.append(Segment(len(listed), count, parts, domain.public))
        listed += _tail(domain, count, len(listed), rng)
    return Catalog(tuple(_weighted(listed)), tuple(segments))


def _flagship(flagship: reference.Flagship) -> Certification:
    shared = {
        name: value
        for name, value in vars(flagship).items()
        if name not in {"parts", "part_offre", "public"}
    }
    dispersion = 0.22 if flagship.code.startswith("CPF") else 0.40
    return Certification(**shared, offer_weight=flagship.part_offre, dispersion=dispersion)


def _tail_sizes(size: int) -> list[int]:
    """Number of certifications of each domain, in proportion of its weights (at least two)."""
    weights = [domain.poids_rncp + domain.poids_rs for domain in reference.domains()]
    return [max(2, round(size * part / sum(weights))) for part in weights]


def _tail(
    domain: reference.Domain, count: int, first: int, rng: np.random.Generator
) -> list[Certification]:
    """The certifications of a domain from the most to the least sold."""
    rncp_share = domain.poids_rncp / (domain.poids_rncp + domain.poids_rs)
    taken: set[str] = set()
    certifications = []
    for rank in range(count):
        rncp = bool(rng.random() < rncp_share)
        intitule, niveau = _draw_title(domain, rncp, rng, taken)
        number = first + rank
        heures, jours = _duration(rncp, niveau, rng)
        certifications.append(
            Certification(
                code=f"RNCP{FIRST_RNCP + number}" if rncp else f"RS{FIRST_RS + number}",
                intitule=intitule,
                niveau=niveau,
                nsf=domain.nsf,
                formacodes=_sample(domain.formacodes, rng),
                romes=_sample(domain.romes, rng) if rncp else (),
                prix_eur=_price(rncp, niveau, rng),
                dispersion=0.45,
                heures=heures,
                jours=jours,
                offer_weight=(domain.poids_rncp + domain.poids_rs) / (rank + 3),
                part_distance=domain.part_distance,
                certificateur="",
            )
        )
    return certifications


def _draw_title(
    domain: reference.Domain, rncp: bool, rng: np.random.Generator, taken: set[str]
) -> tuple[str, str]:
    """Draw a title absent from ``taken`` (and add it), with its level ('' for RS)."""
    title, level = _compose_title(domain, rncp, rng)
    attempt = 1
    while title in taken:
        title, level = _compose_title(domain, rncp, rng)
        attempt += 1
        if attempt > _MAX_DRAWS:
            title = f"{title} ({attempt})"
    taken.add(title)
    return title, level


def _compose_title(
    domain: reference.Domain, rncp: bool, rng: np.random.Generator
) -> tuple[str, str]:
    if rncp:
        job, level = _JOB_TITLES[int(rng.integers(len(_JOB_TITLES)))]
        trade = domain.metiers[int(rng.integers(len(domain.metiers)))]
        return f"{job} {trade}{_SPECIALTIES[int(rng.integers(len(_SPECIALTIES)))]}", level
    objet = domain.objets[int(rng.integers(len(domain.objets)))]
    complement = _COMPLEMENTS[int(rng.integers(len(_COMPLEMENTS)))]
    return f"{_VERBS[int(rng.integers(len(_VERBS)))]} {objet}{complement}", ""


def _sample(codes: tuple[str, ...], rng: np.random.Generator) -> tuple[str, ...]:
    return tuple(str(code) for code in rng.permutation(codes)[: int(rng.integers(1, 4))])


def _price(rncp: bool, niveau: str, rng: np.random.Generator) -> float:
    base = RNCP_PRICE_EUR if rncp else RS_PRICE_EUR
    return float(round(base * PRICE_FACTORS[niveau] * math.exp(rng.normal(0, 0.35)), -1))


def _duration(rncp: bool, niveau: str, rng: np.random.Generator) -> tuple[int, int]:
    """Hours and days: months for a qualification, days for a skill."""
    if not rncp:
        return int(rng.integers(2, 9)) * 7, int(rng.integers(1, 16))
    heures = max(round(rng.normal(400, 80) * math.sqrt(PRICE_FACTORS[niveau])), 105)
    return heures, heures // 4


def _weighted(listed: list[Certification]) -> list[Certification]:
    """Scale the tail's weights so that, exceptions aside, the offer is 100 with 24 % of RNCP."""
    flagships, tail = (
        listed[: len(reference.flagships())],
        listed[len(reference.flagships()) :],
    )
    factors = {}
    for rncp, part in ((True, RNCP_OFFER_SHARE), (False, 1 - RNCP_OFFER_SHARE)):
        fixed_weight = sum(c.offer_weight for c in flagships if c.rncp == rncp and not c.exception)
        free_weight = sum(c.offer_weight for c in tail if c.rncp == rncp)
        factors[rncp] = (100 * part - fixed_weight) / free_weight
    return flagships + [replace(c, offer_weight=c.offer_weight * factors[c.rncp]) for c in tail]
