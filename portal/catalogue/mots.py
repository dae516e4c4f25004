"""The words of a text, as searches know them.

Belongs here: cutting texts. Does not: searching.
"""

import re
import unicodedata

_LIE = r"(?:(?:(?<=[^\W\d])\.(?=[^\W\d])|(?<=\d)[.,](?=\d))[{0}]+)*"
_MOTS = re.compile(r"[\w]+" + _LIE.format(r"\w"))
_JOKERS = re.compile(r"[\w*?]+" + _LIE.format(r"\w*?"))


def _plat(texte: str) -> str:
    folded = unicodedata.normalize("NFD", texte.lower())
    return "".join(char for char in folded if not unicodedata.combining(char))


def mots(texte: str) -> list[str]:
    """Return the words of a text."""
    return _MOTS.findall(_plat(texte))


def mots_avec_jokers(texte: str) -> list[str]:
    """Return the words of a pattern, with their ``*`` and ``?``."""
    return _JOKERS.findall(_plat(texte))
