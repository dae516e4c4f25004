"""The interval attack on hand-made rows: each row is bounded by its own persons."""

from collections.abc import Mapping

import duckdb
import pytest

from orchestration.disclosure.gate.findings import Evidence
from orchestration.disclosure.gate.interval_attack import measure

THRESHOLD, WIDTH = 11, 4
# Levels after the first one, by what they keep: the last one keeps nothing.
KEPT = [["status", "age", "place"], ["age", "place"], ["place"], []]
LAST = 4


def _evidence(rows: Mapping[int, tuple[int, list[int]]]) -> Evidence:
    """Rows by number: their level, and the persons of each cell that they hide."""
    connection = duckdb.connect()
    connection.execute(
        "create table arbres (num_ligne integer, niveau_diffusion integer, unite varchar, "
        "personnes bigint, groupe_0 integer)"
    )
    connection.execute("create table unites (numero varchar, titulaires varchar[])")
    connection.execute(
        "create table recomptes (num_ligne integer, nb_titulaires bigint, nb_dossiers bigint)"
    )
    for number, (level, cells) in rows.items():
        for rank, persons in enumerate(cells):
            cell = f"{number}-{rank}"
            who = [f"{cell}-{person}" for person in range(persons)]
            connection.execute(
                "insert into arbres values (?, ?, ?, ?, ?)", [number, level, cell, persons, number]
            )
            connection.execute("insert into unites values (?, ?)", [cell, who])
        connection.execute(
            "insert into recomptes values (?, ?, ?)", [number, sum(cells), sum(cells)]
        )
    return Evidence(connection, {"gardees": KEPT, "tables": {"unites": "unites"}})


@pytest.mark.parametrize(
    ("cells", "narrow"),
    [
        pytest.param([8, 8], 0, id="sixteen in two cells: six to ten"),
        pytest.param([9, 8], 2, id="seventeen: seven to ten is too narrow"),
        pytest.param([5, 4, 6], 0, id="fifteen in three cells"),
        # Whoever knows that none is empty: 11 in 10 cells leaves one or two persons in each.
        pytest.param([2] + [1] * 9, 10, id="as many cells as persons, but one"),
    ],
)
# Rows that give up everything, of any size, stand before and after.
@pytest.mark.parametrize("others", [{}, {1: (LAST, [8] * 40), 9: (LAST, [3, 3, 3, 3])}])
def test_a_row_is_bounded_by_its_own_persons(
    cells: list[int], narrow: int, others: dict[int, tuple[int, list[int]]]
) -> None:
    widths = measure(_evidence({**others, 5: (3, cells)}), THRESHOLD, WIDTH)
    assert widths.etroites == narrow
    assert widths.petites == len(cells) + sum(len(hidden) for _, hidden in others.values())
