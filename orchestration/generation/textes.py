"""Phrases of the trainings' HTML: objectives, contents, expected results, strong points.

Belongs here: invented, impersonal texts. Does not: XML. The catalogue is ISO-8859-1 and these texts
go into CDATA sections, where character references mean nothing: signs outside Latin-1 are written
as HTML entities (``&euro;``, ``&rsquo;``), as the bodies' editors do.
"""

from typing import NamedTuple

import numpy as np

from orchestration.generation.reference import Domaine, domaines

VARIANTES = 10  # texts per domain


class Textes(NamedTuple):
    """HTML of a training, 300 to 1,500 characters each."""

    objectif: str
    resultats: str
    contenu: str


_OBJECTIFS = (
    "Acquérir une méthode pour mener à bien {objet} de façon autonome",
    "Identifier les besoins, les contraintes et les acteurs liés à {objet}",
    "Appliquer la réglementation en vigueur et les règles de sécurité",
    "Choisir les outils adaptés à sa situation professionnelle",
    "Mettre en pratique {objet} à partir de cas réels de l'entreprise",
    "Évaluer ses résultats et proposer des améliorations",
    "Préparer les épreuves de la certification dans les meilleures conditions",
    "Communiquer efficacement avec l'ensemble des interlocuteurs",
)
_CONTENUS = (
    "Accueil, tour de table et recueil des attentes des participants",
    "Rappel des notions fondamentales : {objet}",
    "Étude de cas tirée de l'expérience des stagiaires, en sous-groupes de trois personnes",
    "Vocabulaire, normes et bonnes pratiques du domaine : {libelle}",
    "Mise en situation progressive avec retour personnalisé du formateur",
    "Travaux dirigés sur poste individuel, supports remis à chaque participant",
    "Prise en main des outils, paramétrage et erreurs à éviter",
    "Organisation du travail, planification et gestion des priorités",
    "Exercices corrigés, questionnaires en ligne et évaluation intermédiaire",
    "Coût, délais et qualité : arbitrages sur un budget de 1 500 &euro;",
    "Entraînement à l&rsquo;examen dans les conditions réelles, sujets des sessions passées",
    "Bilan de la formation, plan d'action individuel et suivi à trois mois",
)
_RESULTATS = (
    "À l'issue de la formation, le stagiaire est capable de conduire {objet}.",
    "L'évaluation finale comprend une épreuve pratique et un entretien avec le jury.",
    "Une attestation de fin de formation est remise à chaque participant.",
    "Le passage de la certification est inclus et organisé dans nos locaux ou à distance.",
    "En cas d'échec, une seconde présentation est possible dans les six mois.",
)
POINTS_FORTS = (
    "Petits groupes de 4 à 6 personnes, formateurs issus du métier.",
    "<p>Une formation adaptée à votre rythme, une équipe à votre écoute.</p>",
    "Plateforme accessible 24 h/24 &amp; accompagnement individuel.",
    "<p><strong>95 % de réussite</strong> à l'examen, centre accessible à tous.</p>",
    "Cours du soir et du samedi, entrées toute l'année.",
    "",
    "",
)


def _phrases(
    pool: tuple[str, ...], nombre: int, domaine: Domaine, alea: np.random.Generator
) -> list[str]:
    choix = sorted(alea.choice(len(pool), size=nombre, replace=False).tolist())
    objet = domaine.objets[int(alea.integers(len(domaine.objets)))]
    return [pool[rang].format(objet=objet, libelle=domaine.libelle) for rang in choix]


def _liste(phrases: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{phrase}</li>" for phrase in phrases) + "</ul>"


def _modules(phrases: list[str]) -> str:
    moitie = len(phrases) // 2
    return "".join(
        f"<p><strong>Module {rang} - {titre}</strong></p>{_liste(partie)}"
        for rang, (titre, partie) in enumerate(
            (("Connaître", phrases[:moitie]), ("Mettre en pratique", phrases[moitie:])), start=1
        )
    )


def pool(alea: np.random.Generator) -> dict[str, list[Textes]]:
    """Draw the texts of each domain, keyed by its NSF code."""
    return {
        domaine.nsf: [
            Textes(
                objectif=_liste(_phrases(_OBJECTIFS, int(alea.integers(4, 8)), domaine, alea)),
                resultats=" ".join(_phrases(_RESULTATS, int(alea.integers(3, 6)), domaine, alea)),
                contenu=_modules(_phrases(_CONTENUS, int(alea.integers(6, 13)), domaine, alea)),
            )
            for _ in range(VARIANTES)
        ]
        for domaine in domaines()
    }
