"""What the catalogue's elements hold: HTML texts, addresses and contact persons, all invented.

The catalogue is ISO-8859-1 and its texts go into CDATA sections, where character references mean
nothing: signs outside Latin-1 are written as HTML entities (``&euro;``, ``&rsquo;``), as editors
do. In reality contact persons must never go further than the raw extract.
"""

from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from orchestration.generation import invented_names, reference
from orchestration.generation.reference import Domain
from orchestration.generation.training_bodies import TrainingBody, code_postal

VARIANTS = 10  # texts per domain


class TrainingTexts(NamedTuple):
    """HTML of a training, 300 to 1,500 characters each."""

    objective: str
    resultats: str
    content: str


_OBJECTIVES = (
    "Acquérir une méthode pour mener à bien {objet} de façon autonome",
    "Identifier les besoins, les contraintes et les acteurs liés à {objet}",
    "Appliquer la réglementation en vigueur et les règles de sécurité",
    "Choisir les outils adaptés à sa situation professionnelle",
    "Mettre en pratique {objet} à partir de cas réels de l'entreprise",
    "Évaluer ses résultats et proposer des améliorations",
    "Préparer les épreuves de la certification dans les meilleures conditions",
    "Communiquer efficacement avec l'ensemble des interlocuteurs",
)
_CONTENTS = (
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
_RESULTS = (
    "À l'issue de la formation, le stagiaire est capable de conduire {objet}.",
    "L'évaluation finale comprend une épreuve pratique et un entretien avec le jury.",
    "Une attestation de fin de formation est remise à chaque participant.",
    "Le passage de la certification est inclus et organisé dans nos locaux ou à distance.",
    "En cas d'échec, une seconde présentation est possible dans les six mois.",
)
STRONG_POINTS = (
    "Petits groupes de 4 à 6 personnes, formateurs issus du métier.",
    "<p>Une formation adaptée à votre rythme, une équipe à votre écoute.</p>",
    "Plateforme accessible 24 h/24 &amp; accompagnement individuel.",
    "<p><strong>95 % de réussite</strong> à l'examen, centre accessible à tous.</p>",
    "Cours du soir et du samedi, entrées toute l'année.",
    "",
    "",
)


def _sentences(
    pool: tuple[str, ...], count: int, domain: Domain, rng: np.random.Generator
) -> list[str]:
    choices = sorted(rng.choice(len(pool), size=count, replace=False).tolist())
    objet = domain.objets[int(rng.integers(len(domain.objets)))]
    return [pool[rank].format(objet=objet, libelle=domain.libelle) for rank in choices]


def _list(sentences: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{sentence}</li>" for sentence in sentences) + "</ul>"


def _modules(sentences: list[str]) -> str:
    half = len(sentences) // 2
    return "".join(
        f"<p><strong>Module {rank} - {title}</strong></p>{_list(section)}"
        for rank, (title, section) in enumerate(
            (("Connaître", sentences[:half]), ("Mettre en pratique", sentences[half:])), start=1
        )
    )


def draw_texts(rng: np.random.Generator) -> dict[str, list[TrainingTexts]]:
    """Draw the texts of each domain, keyed by its NSF code."""
    return {
        domain.nsf: [
            TrainingTexts(
                objective=_list(_sentences(_OBJECTIVES, int(rng.integers(4, 8)), domain, rng)),
                resultats=" ".join(_sentences(_RESULTS, int(rng.integers(3, 6)), domain, rng)),
                content=_modules(_sentences(_CONTENTS, int(rng.integers(6, 13)), domain, rng)),
            )
            for _ in range(VARIANTS)
        ]
        for domain in reference.domains()
    }


class RandomStream:
    """A cheap stream of draws: numpy's generator, taken by blocks instead of one by one."""

    BLOCK = 65_536

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._draws: list[float] = []

    def part(self) -> float:
        """Next draw, in [0, 1)."""
        if not self._draws:
            self._draws = self._rng.random(self.BLOCK).tolist()
        return self._draws.pop()

    def integer(self, bound: int) -> int:
        """Next draw, an integer below ``bound``."""
        return int(self.part() * bound)


def address(stream: RandomStream, body: TrainingBody, departement: int) -> str:
    """Address of a place (rank of its département); a remote training (-1) gives the body's own."""
    if departement < 0:
        place, postcode = body.departement, body.code_postal
    else:
        place = reference.departements()[departement]
        postcode = code_postal(place, stream.integer(60))
    street = invented_names.STREETS[stream.integer(len(invented_names.STREETS))]
    return (
        f'<adresse numero="1"><ligne>{escape(body.denomination[:50])}</ligne>'
        f"<codepostal>{postcode}</codepostal><ville>{place.chef_lieu.upper()}</ville>"
        f'<extras info="adresse"><extra info="libelle-voie">{street}</extra>'
        '<extra info="conformite-reglementaire">1</extra></extras></adresse>'
    )


def contact_person(stream: RandomStream, address_xml: str = "") -> str:
    """Contact person, with an address when given."""
    name = invented_names.LAST_NAMES[stream.integer(len(invented_names.LAST_NAMES))]
    first_name = invented_names.FIRST_NAMES[stream.integer(len(invented_names.FIRST_NAMES))]
    number = stream.integer(10_000)
    return (
        f'<coordonnees numero="{number}"><nom>{name}</nom><prenom>{first_name}</prenom>'
        f"{address_xml}"
        f"<telfixe><numtel>019900{number:04d}</numtel></telfixe>"
        f"<courriel>contact{number}@example.fr</courriel></coordonnees>"
    )
