"""Titles of the invented certifications: a verb or a trade, an object, a complement.

Belongs here: the words and their combination. Does not: prices or weights (``invented_certifications``).
"""

import numpy as np

from orchestration.generation.reference import Domain

VERBS = (
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
JOB_TITLES = (
    ("Assistant", "NIV4"), ("Technicien", "NIV4"), ("Agent", "NIV3"), ("Conseiller", "NIV5"),
    ("Gestionnaire", "NIV5"), ("Chargé", "NIV6"), ("Responsable", "NIV6"), ("Animateur", "NIV5"),
    ("Chef de projet", "NIV6"), ("Coordinateur", "NIV6"), ("Manager", "NIV7"), ("Expert", "NIV7"),
    ("Opérateur", "NIV3"), ("Directeur", "NIV7"), ("Consultant", "NIV7"),
)  # fmt: skip
SPECIALTIES = (
    "", " - option intelligence artificielle", " option international", " et innovation",
    " et transition écologique", " - parcours avancé", " des collectivités", " et transmission",
    " option territoires ruraux", " en entreprise artisanale",
)  # fmt: skip
MAX_DRAWS = 200  # draws before a number tells homonyms apart


def draw(domain: Domain, rncp: bool, rng: np.random.Generator, taken: set[str]) -> tuple[str, str]:
    """Draw a title absent from ``pris`` (and add it), with its level ('' for RS)."""
    title, level = _compose(domain, rncp, rng)
    attempt = 1
    while title in taken:
        title, level = _compose(domain, rncp, rng)
        attempt += 1
        if attempt > MAX_DRAWS:
            title = f"{title} ({attempt})"
    taken.add(title)
    return title, level


def _compose(domain: Domain, rncp: bool, rng: np.random.Generator) -> tuple[str, str]:
    if rncp:
        job, level = JOB_TITLES[int(rng.integers(len(JOB_TITLES)))]
        trade = domain.metiers[int(rng.integers(len(domain.metiers)))]
        return f"{job} {trade}{SPECIALTIES[int(rng.integers(len(SPECIALTIES)))]}", level
    objet = domain.objets[int(rng.integers(len(domain.objets)))]
    complement = COMPLEMENTS[int(rng.integers(len(COMPLEMENTS)))]
    return f"{VERBS[int(rng.integers(len(VERBS)))]} {objet}{complement}", ""
