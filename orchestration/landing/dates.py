"""The extraction date of a file, when nobody gives it: read in its name, else today.

Belongs here: reading names. Does not: reading contents (the portal's export has its own date).
"""

import calendar
import datetime as dt
import re

_DAY = re.compile(r"(?<!\d)(20\d{2})([-_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(r"(?<!\d)(20\d{2})[-_](0[1-9]|1[0-2])(?!\d)")


def extraction_date(name: str) -> dt.date:
    """Return the first date of a file name (``2024-02-22``, ``2024_02_22``, ``20240222``).

    ``2024-02`` alone is the last day of that month; without any date, today (UTC).
    """
    for day in _DAY.finditer(name):
        try:
            return dt.date(int(day[1]), int(day[3]), int(day[4]))
        except ValueError:
            continue
    month = _MONTH.search(name)
    if month:
        year, number = int(month[1]), int(month[2])
        return dt.date(year, number, calendar.monthrange(year, number)[1])
    return dt.datetime.now(dt.UTC).date()
