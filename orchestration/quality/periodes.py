"""Periods as the datasets write them: ``AAAA-MM-JJ``, ``AAAA-MM``, ``AAAA-Tn``.

Belongs here: comparing them. Does not: which one a dataset should hold (``derivees``).
"""

import datetime as dt
import re

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-T([1-4]))")


def periode(jour: dt.date, rythme: str) -> str:
    """Return the period of a dataset of this rhythm in which ``jour`` falls."""
    match rythme:
        case "mensuel":
            return f"{jour:%Y-%m}"
        case "trimestriel":
            return f"{jour:%Y}-T{(jour.month + 2) // 3}"
        case _:
            return jour.isoformat()


def rang(texte: str) -> int:
    """Number a period so that the next one of its kind has the next number (ValueError if none)."""
    found = _FORM.fullmatch(texte)
    if not found:
        raise ValueError("période attendue : AAAA-MM-JJ, AAAA-MM ou AAAA-Tn")
    year, month, day, quarter = (int(part) if part else 0 for part in found.groups())
    if quarter:
        return year * 4 + quarter
    return dt.date(year, month, day).toordinal() if day else year * 12 + month
