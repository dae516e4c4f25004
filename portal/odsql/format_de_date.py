"""``date_format``: dates written as the request says, in the reader's language.

Belongs here: the letters of a format. Does not: reading dates (``dates``).
"""

import re
from functools import lru_cache

from babel import Locale

from portal.odsql import erreurs
from portal.odsql.contexte import Contexte
from portal.odsql.fragment import Fragment, joindre, sql, valeur

_MORCEAUX = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|([^A-Za-z']+)")
_STRFTIME = {
    "yyyy": "%Y",
    "y": "%Y",
    "yy": "%y",
    "xxxx": "%G",
    "ww": "%V",
    "e": "%u",
    "DDD": "%j",
    "D": "%-j",
    "MM": "%m",
    "M": "%-m",
    "dd": "%d",
    "d": "%-d",
    "HH": "%H",
    "H": "%-H",
    "mm": "%M",
    "m": "%-M",
    "ss": "%S",
    "s": "%-S",
}
_SQL = {
    "w": "cast(date_part('week', {}) as varchar)",
    "x": "cast(date_part('isoyear', {}) as varchar)",
    "xx": "right(strftime({}, '%G'), 2)",
}
# Letters that are written one way whatever their number, and the longest that is told apart.
_LONGUEURS = {"e": 1, "E": 4, "M": 4}


def formater(local: Fragment, motif: str, contexte: Contexte) -> Fragment:
    """Return the text of a local TIMESTAMP. Raises ``ApiError`` for a letter that means nothing."""
    parts, end = [], 0
    for found in _MORCEAUX.finditer(motif):
        if found.start() != end:
            break
        end = found.end()
        parts.append(_morceau(found, local, contexte))
    if end != len(motif) or not parts:
        raise erreurs.malformee(f"date_format: {motif[end:]!r} is not understood", contexte.clause)
    return sql("({})", joindre(" || ", parts))


def _morceau(found: re.Match[str], local: Fragment, contexte: Contexte) -> Fragment:
    if found[1] is not None:
        return valeur(found[1].replace("''", "'") or "'")
    if found[3] is not None:
        return valeur(found[3])
    token = _ecriture(found[0])
    if token in _STRFTIME:
        return sql(f"strftime({{}}, '{_STRFTIME[token]}')", local)
    if token in _SQL:
        return sql(_SQL[token], local)
    part = _noms(token, contexte.langue)
    if part is None:
        raise erreurs.malformee(f"date_format: {token!r} is not understood", contexte.clause)
    field, names = part
    return sql(
        f"list_extract({{}}, cast(date_part('{field}', {{}}) as bigint))", valeur(names), local
    )


def _ecriture(jeton: str) -> str:
    """Return the letters as the tables name them: Y for y, no more than are told apart."""
    letters = jeton.lower() if jeton[0] in "YX" else jeton
    return letters[: _LONGUEURS.get(letters[0], 4)]


@lru_cache(maxsize=64)
def _noms(jeton: str, langue: str) -> tuple[str, list[str]] | None:
    locale = Locale.parse(langue)
    if jeton in ("MMM", "MMMM"):
        names = locale.months["format"]["abbreviated" if jeton == "MMM" else "wide"]
        return "month", [names[number] for number in range(1, 13)]
    if jeton in ("E", "EE", "EEE", "EEEE"):
        days = locale.days["format"]["wide" if jeton == "EEEE" else "abbreviated"]
        return "isodow", [days[number] for number in range(7)]
    return None
