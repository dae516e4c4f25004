"""Dates as people write them: a literal covers a period, ``now()`` moves about."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from dateutil.relativedelta import FR, MO, SA, SU, TH, TU, WE, relativedelta

_LITERAL = re.compile(
    r"(?P<year>\d{4})(?:(?P<sep>[-/])(?P<month>\d{1,2})(?:(?P=sep)(?P<day>\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2})(?::(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_WEEKDAYS = (MO, TU, WE, TH, FR, SA, SU)
_WEEKDAY_NAMES = (
    "mondays",
    "tuesdays",
    "wednesdays",
    "thursdays",
    "fridays",
    "saturdays",
    "sundays",
)
_ABSOLUTE = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_RELATIVE = ("years", "months", "days", "hours", "minutes", "seconds", "microseconds")
SUNDAY = 6


class DateError(ValueError):
    """The text is not a date."""


@dataclass(frozen=True)
class Period:
    """From ``start`` to ``end``, not included.

    ``has_time`` when the text has an hour, ``zone`` when it has an offset (then both are UTC); else
    both are of no zone in particular.
    """

    start: dt.datetime
    end: dt.datetime
    has_time: bool = False
    zone: bool = False

    def utc(self, timezone: str) -> tuple[dt.datetime, dt.datetime]:
        """Return both ends in UTC, for somebody who reads the text in a zone."""
        if self.zone:
            return self.start, self.end
        return _to_utc(self.start, timezone), _to_utc(self.end, timezone)


def _to_utc(local: dt.datetime, timezone: str) -> dt.datetime:
    if timezone == "UTC":
        return local
    try:
        return local.replace(tzinfo=ZoneInfo(timezone)).astimezone(dt.UTC).replace(tzinfo=None)
    except OverflowError:
        return local


def parse_period(text: str) -> Period:
    """Read ``2024``, ``2024/3/5``, ``20240305``, ``2024-03-05T10:00Z``. Raises ``DateError``."""
    stripped = text.strip()
    if compact := _COMPACT.fullmatch(stripped):
        stripped = "-".join(part for part in compact.groups() if part)
    match = _LITERAL.fullmatch(stripped)
    if not match:
        raise DateError(f"{text!r} is not a date")
    try:
        return _period(match)
    except (ValueError, OverflowError):
        raise DateError(f"{text!r} is not a date of the calendar") from None


def _period(match: re.Match[str]) -> Period:
    year, month, day, hour, minute, second = (
        int(match[name]) if match[name] else None
        for name in ("year", "month", "day", "hour", "minute", "second")
    )
    microsecond = int(f"{match['fraction']:0<6}"[:6]) if match["fraction"] else 0
    start = dt.datetime(  # noqa: DTZ001
        year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0, microsecond
    )
    steps = (
        (match["fraction"], relativedelta(microseconds=1000)),
        (match["second"], relativedelta(seconds=1)),
        (match["minute"], relativedelta(minutes=1)),
        (match["hour"], relativedelta(hours=1)),
        (match["day"], relativedelta(days=1)),
        (match["month"], relativedelta(months=1)),
        (True, relativedelta(years=1)),
    )
    end = start + next(step for present, step in steps if present)
    zone = match["zone"]
    if zone:
        shift = _offset(zone)
        start, end = start - shift, end - shift
    return Period(start, end, has_time=bool(match["hour"]), zone=bool(zone))


def _offset(zone: str) -> dt.timedelta:
    if zone in "Zz":
        return dt.timedelta()
    sign = -1 if zone[0] == "-" else 1
    digits = zone[1:].replace(":", "")
    return sign * dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))


@lru_cache(maxsize=1)
def timezones() -> frozenset[str]:
    """Names of the time zones that are known."""
    return frozenset(available_timezones())


def now_in(
    timezone: str, adjustments: Mapping[str, int], base: dt.datetime | None = None
) -> dt.datetime:
    """Return the moment (UTC, without zone) that ``now(…)`` means. Raises ``DateError``."""
    start = base or dt.datetime.now(dt.UTC)
    local = start.astimezone(ZoneInfo(timezone))
    try:
        for name, number in adjustments.items():
            local += _shift(name, number)
        return local.astimezone(dt.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise DateError(f"now(): {error}") from None


def _shift(name: str, number: int) -> relativedelta:
    """Plural names move; singular ones set, save below zero, where nothing is: they move too."""
    if name in _WEEKDAY_NAMES:
        return relativedelta(weekday=_WEEKDAYS[_WEEKDAY_NAMES.index(name)](number or 1))
    if name == "weekday" and 0 <= number <= SUNDAY:
        return relativedelta(weekday=_WEEKDAYS[number])
    if name in _RELATIVE:
        return relativedelta(**{name: number})  # type: ignore[arg-type]
    if name in _ABSOLUTE:
        return relativedelta(**{name if number >= 0 else f"{name}s": number})  # type: ignore[arg-type]
    raise DateError(f"{name}={number} means nothing")
