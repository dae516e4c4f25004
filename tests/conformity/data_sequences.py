"""Four hundred rows by a formula, for pages, limits, groups and facets of more than 100 values.

Counts that cases expect follow from it by hand: 400 = 4 x 100 = 40 x 10; ``code`` has 150 values,
of which c001 to c100 thrice and the others twice.
"""

import datetime as dt

FIELDS = (
    {"name": "id", "type": "integer"},
    {"name": "groupe", "type": "string", "annotations": {"facet": True}},
    {"name": "code", "type": "string", "annotations": {"facet": True}},
    {"name": "nombre", "type": "integer"},
    {"name": "montant", "type": "number"},
    {"name": "jour", "type": "date", "annotations": {"facet": True}},
)


def make_row(rank: int) -> tuple[int, str, str, int, float, str]:
    """Return the row of an id, from 1: id 1 is 2020-01-01, id 366 is 2020-12-31."""
    day = dt.date(2019, 12, 31) + dt.timedelta(days=rank)
    return rank, "abcd"[rank % 4], f"c{rank % 150:03d}", rank % 40, rank * 1.5, day.isoformat()


ROWS = tuple(make_row(rank) for rank in range(1, 401))
