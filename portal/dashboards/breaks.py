"""What changed the rules: drawn over time, so that nobody takes a rule for a trend."""

import csv
from functools import lru_cache
from pathlib import Path

from portal.dashboards.figures import Break

_FILE = Path(__file__).parents[2] / "seeds" / "ruptures.csv"


@lru_cache(maxsize=8)
def breaks(dashboard: str) -> tuple[Break, ...]:
    """Return those of a dashboard, the oldest first."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Break(line["date"][:7], line["libelle"], line["source"])
            for line in csv.DictReader(file)
            if dashboard in line["tableaux"].split()
        )
