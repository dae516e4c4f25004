"""Invented persons, streets and bodies, so that no real one appears in the extracts.

E-mails end in ``example.fr``, telephones are in a range kept for fiction (01 99 00 xx xx), and no
SIREN passes its own check digit, so that none can be a real company's.
"""

import numpy as np

FIRST_NAMES = (
    "Camille", "Léa", "Hugo", "Chloé", "Nathan", "Inès", "Théo", "Manon", "Lucas", "Zoé", "Élodie",
    "Karim", "Fatou", "Julien", "Aurélie", "Mathieu", "Sophie", "Yanis", "Clémence", "Thomas",
    "Nadia", "Grégory", "Béatrice", "Olivier", "Hélène", "Samir", "Noémie", "Florian", "Maïté",
    "François",
)  # fmt: skip
LAST_NAMES = (
    "Martelot", "Duvivrier", "Lambrozet", "Pérrinel", "Garcianne", "Roustan-Noël", "Blanchetel",
    "Moreaudin", "Fontainier", "Chevallone", "Gauthereau", "Benhamidi", "Diarrassy", "Lefébvrin",
    "Rousselange", "Carpentois", "Marchandis", "Guillemotte", "Rivièrard", "Delacombe", "Boissonet",
    "Tanguyard", "Pelletarre", "Vasseurin", "Hoarauld", "Payetone", "Leccianti", "Casanovart",
    "Schmittel", "Kerbratoux",
)  # fmt: skip
STREETS = (
    "rue des Écoles", "avenue de la République", "rue du Général Leclerc", "boulevard Voltaire",
    "place de la Mairie", "rue Jean Jaurès", "chemin des Vignes", "allée des Érables",
    "route de Paris", "rue de l'Église", "impasse du Moulin", "quai des Tanneurs",
    "rue Pasteur", "avenue Victor Hugo", "zone d'activité des Hauts Prés", "rue Marie Curie",
)  # fmt: skip
_NAME_STARTS = (
    "ALPHA", "HORIZON", "NOVA", "CAP", "ATLAS", "SYNERGIE", "OBJECTIF", "ESPACE", "PÔLE",
    "AVENIR", "ACADÉMIE", "CENTRE", "INSTITUT", "ÉCOLE", "ATELIER", "CAMPUS", "PASSERELLE",
    "TREMPLIN", "ESSOR", "IMPULSION", "BOUSSOLE", "PHARE", "RÉSEAU", "CLUB", "OSMOSE", "ZÉNITH",
    "DÉCLIC", "ODYSSÉE", "ÉLAN", "SAVOIRS",
)  # fmt: skip
_NAME_MIDDLES = (
    "FORMATION", "COMPÉTENCES", "CONSEIL", "DIGITAL", "LANGUES", "CONDUITE", "MÉTIERS", "PRO",
    "RH", "SANTÉ", "SÉCURITÉ", "BÂTIMENT", "TERTIAIRE", "NUMÉRIQUE", "ACADEMY", "APPRENTISSAGE",
    "TRANSPORT", "LOGISTIQUE", "GESTION", "COACHING", "BUREAUTIQUE", "INSERTION", "CRÉATION",
)  # fmt: skip
_NAME_ENDS = (
    "", "DU LITTORAL", "DES VALLÉES", "DU CENTRE", "OUEST", "SUD", "NORD", "EST", "DE FRANCE",
    "ATLANTIQUE", "ALPES", "MÉDITERRANÉE", "PARIS", "OCÉAN INDIEN", "& ASSOCIÉS", "GROUPE", "PLUS",
    "CONSULTING", "SERVICES", "EXPERTISE", "SAS", "SARL", "EURL", "SCOP", "ASSOCIATION",
)  # fmt: skip


def sirens(count: int, rng: np.random.Generator) -> list[str]:
    """Draw distinct SIRENs of 9 digits whose check digit is wrong."""
    bases = rng.choice(79_000_000, size=count, replace=False) + 20_000_000
    return [f"{base}{(_key(int(base)) + 5) % 10}" for base in bases]


def _key(base: int) -> int:
    """Check digit (Luhn) that would make the eight digits a valid SIREN."""
    total = 0
    for rank, digit in enumerate(reversed(str(base))):
        double = int(digit) * 2 if rank % 2 == 0 else int(digit)
        total += double - 9 if double > 9 else double
    return -total % 10


def body_names(count: int, rng: np.random.Generator) -> list[str]:
    """Draw names of training bodies; a number tells homonyms apart now and then."""
    choices = [
        rng.integers(len(words), size=count) for words in (_NAME_STARTS, _NAME_MIDDLES, _NAME_ENDS)
    ]
    return [
        f"{_NAME_STARTS[start]} {_NAME_MIDDLES[middle]} {_NAME_ENDS[end]}".rstrip()
        for start, middle, end in zip(*(ranks.tolist() for ranks in choices), strict=True)
    ]
