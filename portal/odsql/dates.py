"""Dates as people write them: a literal covers a period, ``now()`` moves about.

Belongs here: texts to moments. Does not: SQL.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from dateutil.relativedelta import FR, MO, SA, SU, TH, TU, WE, relativedelta

_LITTERAL = re.compile(
    r"(?P<an>\d{4})(?:(?P<sep>[-/])(?P<mois>\d{1,2})(?:(?P=sep)(?P<jour>\d{1,2})"
    r"(?:[T ](?P<h>\d{1,2})(?::(?P<min>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<frac>\d+))?)?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_JOURS = (MO, TU, WE, TH, FR, SA, SU)
_NOMS_DE_JOURS = (
    "mondays",
    "tuesdays",
    "wednesdays",
    "thursdays",
    "fridays",
    "saturdays",
    "sundays",
)
_ABSOLUS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_RELATIFS = ("years", "months", "days", "hours", "minutes", "seconds", "microseconds")
DIMANCHE = 6


class DateError(ValueError):
    """The text is not a date."""


@dataclass(frozen=True)
class Periode:
    """From ``debut`` to ``fin``, not included.

    ``heure`` when the text has an hour, ``zone`` when it has an offset (then both are UTC); else
    both are of no zone in particular.
    """

    debut: dt.datetime
    fin: dt.datetime
    heure: bool = False
    zone: bool = False

    def utc(self, fuseau: str) -> tuple[dt.datetime, dt.datetime]:
        """Return both ends in UTC, for somebody who reads the text in ``fuseau``."""
        if self.zone:
            return self.debut, self.fin
        return _en_utc(self.debut, fuseau), _en_utc(self.fin, fuseau)


def _en_utc(local: dt.datetime, fuseau: str) -> dt.datetime:
    if fuseau == "UTC":
        return local
    try:
        return local.replace(tzinfo=ZoneInfo(fuseau)).astimezone(dt.UTC).replace(tzinfo=None)
    except OverflowError:
        return local


def lire_periode(texte: str) -> Periode:
    """Read ``2024``, ``2024/3/5``, ``20240305``, ``2024-03-05T10:00Z``. Raises ``DateError``."""
    text = texte.strip()
    if compact := _COMPACT.fullmatch(text):
        text = "-".join(part for part in compact.groups() if part)
    found = _LITTERAL.fullmatch(text)
    if not found:
        raise DateError(f"{texte!r} is not a date")
    try:
        return _periode(found)
    except (ValueError, OverflowError):
        raise DateError(f"{texte!r} is not a date of the calendar") from None


def _periode(found: re.Match[str]) -> Periode:
    an, mois, jour, h, minute, s = (
        int(found[name]) if found[name] else None
        for name in ("an", "mois", "jour", "h", "min", "s")
    )
    micro = int(f"{found['frac']:0<6}"[:6]) if found["frac"] else 0
    start = dt.datetime(an or 0, mois or 1, jour or 1, h or 0, minute or 0, s or 0, micro)  # noqa: DTZ001
    steps = (
        (found["frac"], relativedelta(microseconds=1000)),
        (found["s"], relativedelta(seconds=1)),
        (found["min"], relativedelta(minutes=1)),
        (found["h"], relativedelta(hours=1)),
        (found["jour"], relativedelta(days=1)),
        (found["mois"], relativedelta(months=1)),
        (True, relativedelta(years=1)),
    )
    end = start + next(step for present, step in steps if present)
    zone = found["zone"]
    if zone:
        shift = _decalage(zone)
        start, end = start - shift, end - shift
    return Periode(start, end, heure=bool(found["h"]), zone=bool(zone))


def _decalage(zone: str) -> dt.timedelta:
    if zone in "Zz":
        return dt.timedelta()
    sign = -1 if zone[0] == "-" else 1
    digits = zone[1:].replace(":", "")
    return sign * dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))


@lru_cache(maxsize=1)
def fuseaux() -> frozenset[str]:
    """Names of the time zones that are known."""
    return frozenset(available_timezones())


def maintenant(
    fuseau: str, reglages: Mapping[str, int], base: dt.datetime | None = None
) -> dt.datetime:
    """Return the moment (UTC, without zone) that ``now(…)`` means. Raises ``DateError``."""
    start = base or dt.datetime.now(dt.UTC)
    local = start.astimezone(ZoneInfo(fuseau))
    try:
        for name, number in reglages.items():
            local = _regler(local, name, number)
        return local.astimezone(dt.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise DateError(f"now(): {error}") from None


def _regler(moment: dt.datetime, nom: str, nombre: int) -> dt.datetime:
    return moment + _deplacement(nom, nombre)


def _deplacement(nom: str, nombre: int) -> relativedelta:
    """Plural names move; singular ones set, save below zero, where nothing is: they move too."""
    if nom in _NOMS_DE_JOURS:
        return relativedelta(weekday=_JOURS[_NOMS_DE_JOURS.index(nom)](nombre or 1))
    if nom == "weekday" and 0 <= nombre <= DIMANCHE:
        return relativedelta(weekday=_JOURS[nombre])
    if nom in _RELATIFS:
        return relativedelta(**{nom: nombre})  # type: ignore[arg-type]
    if nom in _ABSOLUS:
        return relativedelta(**{nom if nombre >= 0 else f"{nom}s": nombre})  # type: ignore[arg-type]
    raise DateError(f"{nom}={nombre} means nothing")
