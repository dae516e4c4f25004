"""Periods as the datasets write them: ``AAAA-MM-JJ``, ``AAAA-MM``, ``AAAA-Tn``, ``AAAA``."""

import datetime as dt
import re

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-T([1-4]))?")
_DECEMBER = 12


def period(day: dt.date, frequency: str) -> str:
    """Return the period of a dataset of this rhythm in which ``jour`` falls."""
    match frequency:
        case "mensuel":
            return f"{day:%Y-%m}"
        case "trimestriel":
            return f"{day:%Y}-T{(day.month + 2) // 3}"
        case _:
            return day.isoformat()


def period_bounds(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a period. Raises ValueError when it is none."""
    match = _FORM.fullmatch(text)
    if not match:
        raise ValueError("période attendue : AAAA-MM-JJ, AAAA-MM, AAAA-Tn ou AAAA")
    year, month, day, quarter = (int(part) if part else 0 for part in match.groups())
    if day:
        date = dt.date(year, month, day)
        return date, date
    if month:
        return dt.date(year, month, 1), _month_end(year, month)
    if quarter:
        return dt.date(year, 3 * quarter - 2, 1), _month_end(year, 3 * quarter)
    return dt.date(year, 1, 1), dt.date(year, _DECEMBER, 31)


def is_period(text: str) -> bool:
    """Say whether a text is a period, its month and its day included."""
    try:
        period_bounds(text)
    except ValueError:
        return False
    return True


def _month_end(year: int, month: int) -> dt.date:
    following = dt.date(year + month // _DECEMBER, month % _DECEMBER + 1, 1)
    return following - dt.timedelta(days=1)
