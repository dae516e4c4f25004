"""The words of a text, as searches know them: in Python for queries, in SQL for the images.

A word is made of letters, digits and ``_``, without case nor accents. A ``.`` between two letters
stays inside of it ("CR.MOD"), like a ``.`` or a ``,`` between two digits ("1,5").
"""

import re
import unicodedata

_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss"}
_WORDS = re.compile(r"(?:[^\W\d_](?:\.[^\W\d_])+|\d(?:[.,]\d)+|\w)+")
_WILDCARD_WORDS = re.compile(
    r"(?:[^\W\d_](?:\.[^\W\d_])+|\d(?:[.,]\d)+|[\w*?]|[*?]\.(?=\w)|(?<=\w)\.[*?])+"
)
# RE2 has no look-around: a separator is taken together with what it joins.
_RE2 = r"(?:[\p{L}\p{Nl}\p{No}](?:\.[\p{L}\p{Nl}\p{No}])+|\p{Nd}(?:[.,]\p{Nd})+|[\p{L}\p{N}_])+"


def split_words(text: str) -> list[str]:
    """Return the words of a text."""
    return _WORDS.findall(_flatten(text))


def wildcard_words(text: str) -> list[str]:
    """Return the words of a pattern, with their ``*`` and ``?``."""
    return _WILDCARD_WORDS.findall(_flatten(text))


def words_sql(value: str) -> str:
    """Return the SQL of the words of a text expression, each between two spaces."""
    flat = f"strip_accents(lower({value}))"
    for ligature, letters in _LIGATURES.items():
        flat = f"replace({flat}, '{ligature}', '{letters}')"
    return f"' ' || array_to_string(regexp_extract_all({flat}, '{_RE2}'), ' ') || ' '"


def order_sql(value: str) -> str:
    """Return the SQL by which the portal orders texts: case and accents count last."""
    return f"lower(strip_accents({value})), {value}"


def _flatten(text: str) -> str:
    # Character by character, as DuckDB does: Python's own knows where a word ends (ς).
    lower = text.lower() if text.isascii() else "".join(char.lower() for char in text)
    if lower.isascii():
        return lower
    marked = unicodedata.normalize("NFD", lower)
    plain = "".join(char for char in marked if not unicodedata.category(char).startswith("M"))
    composed = unicodedata.normalize("NFC", plain)
    for ligature, letters in _LIGATURES.items():
        composed = composed.replace(ligature, letters)
    return composed
