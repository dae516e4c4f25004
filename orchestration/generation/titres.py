"""Titles of the invented certifications: a verb or a trade, an object, a complement.

Belongs here: the words and their combination. Does not: prices or weights (``certifications``).
"""

import numpy as np

from orchestration.generation.reference import Domaine

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
ESSAIS = 200  # draws before a number tells homonyms apart


def tire(
    domaine: Domaine, rncp: bool, alea: np.random.Generator, pris: set[str]
) -> tuple[str, str]:
    """Draw a title absent from ``pris`` (and add it), with its level ('' for RS)."""
    titre, niveau = _compose(domaine, rncp, alea)
    essai = 1
    while titre in pris:
        titre, niveau = _compose(domaine, rncp, alea)
        essai += 1
        if essai > ESSAIS:
            titre = f"{titre} ({essai})"
    pris.add(titre)
    return titre, niveau


def _compose(domaine: Domaine, rncp: bool, alea: np.random.Generator) -> tuple[str, str]:
    if rncp:
        fonction, niveau = FONCTIONS[int(alea.integers(len(FONCTIONS)))]
        metier = domaine.metiers[int(alea.integers(len(domaine.metiers)))]
        return f"{fonction} {metier}{MENTIONS[int(alea.integers(len(MENTIONS)))]}", niveau
    objet = domaine.objets[int(alea.integers(len(domaine.objets)))]
    complement = COMPLEMENTS[int(alea.integers(len(COMPLEMENTS)))]
    return f"{VERBES[int(alea.integers(len(VERBES)))]} {objet}{complement}", ""
