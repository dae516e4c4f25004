"""The few code lists that the landing checks against, read from the project's own seeds.

Belongs here: reading a seed. Does not: lists that belong to one source only (its own module).
"""

import csv
from functools import cache

from orchestration import settings


@cache
def regions_of_departements() -> dict[str, str]:
    """Return the code of the région of each département, from ``seeds/departements.csv``."""
    path = settings.PROJECT / "seeds" / "departements.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["code_region"] for row in csv.DictReader(file)}


def departements() -> tuple[str, ...]:
    """Return the codes of the départements."""
    return tuple(regions_of_departements())
