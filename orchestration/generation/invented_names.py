"""Invented persons, streets and bodies, so that no real one appears in the extracts.

E-mails end in ``example.fr``, telephones are in a range kept for fiction (01 99 00 xx xx), and no
SIREN passes its own check digit, so that none can be a real company's.
"""

from collections.abc import Sequence

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
# Coined words in three pieces: none is a word of the language, a place or a first name.
_COINED_STARTS = (
    "VARB", "LUZ", "TARV", "ORV", "SIZ", "NOF", "KERB", "BLEV", "ARD", "MEZ", "FROV", "KALB",
    "DRAM", "ESK", "GAV", "HULM", "ISK", "JOV", "LEVR", "MIJ", "NULV", "PLOM", "QUER", "RUV",
    "SORV", "TIRB", "URB", "VOZ", "YDR", "ZELM",
)  # fmt: skip
_COINED_MIDDLES = ("A", "E", "I", "O", "U", "AN", "EN", "IN", "ON", "AL", "EL", "OR", "UR", "IS")
_COINED_ENDS = (
    "DIS", "TEO", "VIA", "NUX", "RIS", "MOS", "TIQ", "LYS", "QUO", "XIA", "DOR", "ZEN", "GUS",
    "PHE", "TUM", "VEX",
)  # fmt: skip
_NAME_ENDS = ("", "", "", "& ASSOCIÉS", "GROUPE", "PLUS", "SERVICES", "EXPERTISE", "SAS", "SARL",
    "EURL", "SCOP", "ASSOCIATION", "RÉSEAU")  # fmt: skip


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


def coined_words(count: int, rng: np.random.Generator) -> list[str]:
    """Draw words that mean nothing, in capitals; some come more than once."""
    pieces = (_COINED_STARTS, _COINED_MIDDLES, _COINED_ENDS)
    choices = [rng.integers(len(piece), size=count).tolist() for piece in pieces]
    return [
        _COINED_STARTS[start] + _COINED_MIDDLES[middle] + _COINED_ENDS[end]
        for start, middle, end in zip(*choices, strict=True)
    ]


def body_names(trades: Sequence[Sequence[str]], rng: np.random.Generator) -> list[str]:
    """Draw a name for each body: a coined word and one of the words that say what it sells."""
    count = len(trades)
    words = [
        trade[int(draw * len(trade))] for trade, draw in zip(trades, rng.random(count), strict=True)
    ]
    first = (rng.random(count) < 0.5).tolist()
    ends = rng.integers(len(_NAME_ENDS), size=count).tolist()
    return [
        f"{f'{word} {coined}' if word_first else f'{coined} {word}'} {_NAME_ENDS[end]}".rstrip()
        for word, word_first, coined, end in zip(
            words, first, coined_words(count, rng), ends, strict=True
        )
    ]
