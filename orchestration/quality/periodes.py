"""Periods as the datasets write them: ``AAAA-MM-JJ``, ``AAAA-MM``, ``AAAA-Tn``, ``AAAA``.

Belongs here: turning them into dates, that compare whatever their length. Does not: which period a
dataset should hold (``derivees``). A generalised period (``REGROUPE``) tells no date.
"""

import datetime as dt
import re
from collections.abc import Iterable

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-T([1-4]))?")
_DECEMBER = 12


def periode(jour: dt.date, rythme: str) -> str:
    """Return the period of a dataset of this rhythm in which ``jour`` falls."""
    match rythme:
        case "mensuel":
            return f"{jour:%Y-%m}"
        case "trimestriel":
            return f"{jour:%Y}-T{(jour.month + 2) // 3}"
        case _:
            return jour.isoformat()


def bornes(texte: str) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a period. Raises ValueError when it is none."""
    found = _FORM.fullmatch(texte)
    if not found:
        raise ValueError("période attendue : AAAA-MM-JJ, AAAA-MM, AAAA-Tn ou AAAA")
    year, month, day, quarter = (int(part) if part else 0 for part in found.groups())
    if day:
        date = dt.date(year, month, day)
        return date, date
    if month:
        return dt.date(year, month, 1), _fin_du_mois(year, month)
    if quarter:
        return dt.date(year, 3 * quarter - 2, 1), _fin_du_mois(year, 3 * quarter)
    return dt.date(year, 1, 1), dt.date(year, _DECEMBER, 31)


def connue(textes: Iterable[str | None]) -> str | None:
    """Return the first that is a period: of a row's month, quarter and year, the finest known."""
    for text in textes:
        try:
            bornes(text or "")
        except ValueError:
            continue
        return text
    return None


def _fin_du_mois(year: int, month: int) -> dt.date:
    following = dt.date(year + month // _DECEMBER, month % _DECEMBER + 1, 1)
    return following - dt.timedelta(days=1)
