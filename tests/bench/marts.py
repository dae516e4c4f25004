"""Cubes of real marts: the last whole year of the vault, as nested tables would publish it.

What the partition does instead of these tables is in each version's disclosure report.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from orchestration import settings, warehouse
from tests.bench.cubes import Axis, Cube

# Mart -> dossiers, their place, and the flat axes that readers cross with the place.
MARTS = {
    "users": (
        "coffre.intermediate.int_usagers__dossiers",
        "code_departement_residence",
        ("code_genre", "tranche_age", "csp"),
    ),
    "purchases": (
        """(
            select
                dossiers.*,
                coalesce(certifications.code_nsf_1, 'NR') as code_nsf
            from coffre.intermediate.int_formations_engagees__dossiers as dossiers
            left join coffre.intermediate.int_certifications__enrichies as certifications
                using (code_certification)
        )""",
        "code_departement_lieu",
        ("code_nsf", "modalite_presence"),
    ),
}


def cubes() -> Iterator[tuple[str, Cube]]:
    """Yield name and cube of each mart; none without a vault."""
    if not settings.vault_path().exists():
        return
    with warehouse.vault(read_only=True) as connection:
        for name, (dossiers, place, flat) in MARTS.items():
            rows = connection.execute(
                f"""
                select
                    coalesce(departements.code_region, {place}),
                    {place},
                    {", ".join(flat)},
                    count(*)
                from {dossiers} as dossiers
                left join coffre.nomenclatures.departements as departements
                    on {place} = departements.code
                where year(cohorte) = (select year(max(cohorte)) - 1 from {dossiers})
                group by all
                """
            ).fetchall()
            yield name, _cube(rows, flat)


def _cube(rows: list[tuple[Any, ...]], flat: tuple[str, ...]) -> Cube:
    places = sorted({(row[0], row[1]) for row in rows})
    regions = sorted({region for region, _ in places})
    # Ranks stand for codes and labels: pytauargus takes neither "<25" nor codes of two lengths.
    territory = Axis(
        "territoire",
        (
            "Total",
            *(f"R{rank:03}" for rank in range(len(regions))),
            *(f"D{rank:03}" for rank in range(len(places))),
        ),
        (-1, *(0 for _ in regions), *(1 + regions.index(region) for region, _ in places)),
    )
    axes = [territory]
    ranks = [{place: rank for rank, (_, place) in enumerate(places)}]
    for position, name in enumerate(flat, start=2):
        values = sorted({str(row[position]) for row in rows})
        codes = (f"V{rank:03}" for rank in range(len(values)))
        axes.append(Axis(name, ("Total", *codes), (-1, *(0 for _ in values))))
        ranks.append({value: rank for rank, value in enumerate(values)})
    counts = np.zeros([len(axis.leaves) for axis in axes], dtype=np.int64)
    for row in rows:
        counts[tuple(rank[str(key)] for rank, key in zip(ranks, row[1:-1], strict=True))] += row[-1]
    return Cube(tuple(axes), counts)
