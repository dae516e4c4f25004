"""The partition, on hand-made cells: who is behind each row, at which level."""

import datetime as dt
from collections.abc import Sequence
from itertools import count

import pytest

from tests.factories.diffusion_steps import Row, Vault
from tests.factories.small_datasets import PURCHASES, USERS

COHORT = dt.date(2024, 1, 1)
AGES = ("15-24 ans", "25-39 ans", "40-49 ans", "50-59 ans")


def _cells(*sizes: int | Sequence[int], regions: Sequence[str] = ()) -> list[Row]:
    """Cells of one département that differ by age (with ``regions``: by region too).

    A size is a number of persons whom no other cell has, or these persons.
    """
    numbers = count(1_000_000)
    cells = []
    for number, size in enumerate(sizes):
        persons = [next(numbers) for _ in range(size)] if isinstance(size, int) else list(size)
        region = regions[number] if regions else "11"
        cells.append(
            {
                "cohorte": COHORT,
                "est_suivie": False,
                "tranche_age": AGES[number],
                "genre": "Femme",
                "code_departement_residence": f"{region}D",
                "code_region_residence": region,
                "numero": number,
                "numeros": persons,
                "titulaires": persons,
                "nb_titulaires": len(set(persons)),
            }
        )
    return cells


def _partition(vault: Vault, cells: list[Row], fine: Sequence[str] = ("",)) -> list[Row]:
    """The rows of cells whose dossiers are, in turn, each of ``fine``."""
    vault.put("cellules", cells)
    vault.put(
        "dossiers",
        [
            {"numero": number, "titulaire": person}
            | dict.fromkeys(("csp", "statut", "statut_dossier", "modalite_presence"), fine[place])
            for cell in cells
            for place, (number, person) in enumerate(
                zip(cell["numeros"], cell["titulaires"], strict=True)
            )
            for place in [place % len(fine)]
        ],
    )
    return vault.run("partition")


def _rows(sql: dict[str, str], cells: list[Row]) -> list[tuple[int, int]]:
    """The level and the persons of each row, which hold each cell once or none at all."""
    rows = _partition(Vault(sql, USERS), cells)
    held = [number for row in rows for number in row["cellules"]]
    assert sorted(held) in ([], [cell["numero"] for cell in cells])
    assert len({row["num_famille"] for row in rows}) == len(rows)
    return sorted((row["niveau_diffusion"], row["nb_titulaires"]) for row in rows)


@pytest.mark.parametrize(
    ("sizes", "rows"),
    [
        pytest.param((14,), [(2, 14)], id="enough"),
        pytest.param((11, 11, 11), [(2, 11), (2, 11), (2, 11)], id="just enough, three times"),
        # 3 persons alone in their cohort take in the smallest row: 3 + 12.
        pytest.param((25, 12, 3), [(2, 25), (6, 15)], id="the smallest row is taken in"),
        # Two cells of at most 10: their sum would say 10 and 10.
        pytest.param((10, 10), [], id="a sum that says its parts"),
        pytest.param((10, 10, 30), [(6, 50)], id="the same, with a row to take in"),
        pytest.param((8, 8), [(3, 16)], id="two small cells leave a wide interval"),
        pytest.param((9,), [], id="a cohort too small is not published"),
        # 2 persons and a row of exactly 11: it would leave the interval 0 to 2.
        pytest.param((11, 12, 2), [], id="a rest that no row hides keeps its cohort back"),
        pytest.param((30, 12, 12, 2), [(2, 30), (6, 26)], id="a rest that two rows hide"),
    ],
)
def test_known_answers_of_users(
    first: dict[str, str], sizes: tuple[int, ...], rows: list[tuple[int, int]]
) -> None:
    assert _rows(first, _cells(*sizes)) == rows


def test_persons_are_counted_not_dossiers(first: dict[str, str]) -> None:
    """Twelve dossiers of four persons are four persons, in one cell or in two."""
    assert _rows(first, _cells([1, 2, 3, 4] * 3)) == []
    assert _rows(first, _cells([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7])) == []
    assert _rows(first, _cells(6, 7)) == [(3, 13)]


def test_a_level_gives_up_what_is_its_own(first: dict[str, str]) -> None:
    """Two small cells of one département meet at level 3; of two régions, at level 6."""
    assert _rows(first, _cells(8, 8, regions=["11", "11"])) == [(3, 16)]
    assert _rows(first, _cells(8, 8, regions=["11", "94"])) == [(6, 16)]


def test_a_cohort_that_is_followed_is_not_partitioned_again(
    following: dict[str, str],
) -> None:
    vault = Vault(following, USERS)
    vault.put_registry("lignes", [{"num_ligne": 41}])
    later = [cell | {"cohorte": dt.date(2024, 4, 1)} for cell in _cells(14)]
    followed = [cell | {"est_suivie": True, "numero": 7} for cell in _cells(20)]
    (row,) = _partition(vault, [*later, *followed])
    assert (row["cellules"], row["num_famille"]) == ([0], 42)


def test_the_purchases_have_their_own_threshold(first: dict[str, str]) -> None:
    vault = Vault(first, PURCHASES)
    places = {"75": "11", "92": "11", "13": "93", "69": "84"}
    sizes = (5, 2, 2, 2)
    rows = _partition(
        vault,
        [
            {
                "cohorte": COHORT,
                "est_suivie": False,
                "code_departement_lieu_formation": place,
                "code_region_lieu_formation": region,
                "code_certification": "RS6198",
                "code_nsf": "326",
                "numero": number,
                "numeros": [10 * number + rank for rank in range(size)],
                "titulaires": [10 * number + rank for rank in range(size)],
                "nb_titulaires": size,
            }
            for number, ((place, region), size) in enumerate(
                zip(places.items(), sizes, strict=True)
            )
        ],
    )
    # Three cells of two persons, each of its région: together at the level without région (4).
    assert sorted((row["niveau_diffusion"], row["nb_titulaires"]) for row in rows) == [
        (2, 5),
        (4, 6),
    ]


@pytest.mark.parametrize(
    ("size", "fine", "levels"),
    [
        pytest.param(5, "AB", {3}, id="3 and 2 of at most 4"),
        pytest.param(8, "AB", {3}, id="twice 4"),
        pytest.param(9, "AB", {2}, id="5 and 4"),
        pytest.param(8, "ABC", {2}, id="3, 3 and 2"),
        pytest.param(9, "ABC", {3}, id="three times 3, of at most 4"),
        pytest.param(6, "ABCDE", {3}, id="2, 1, 1, 1 and 1"),
        pytest.param(7, "ABCDE", {2}, id="2, 2, 1, 1 and 1"),
    ],
)
def test_a_row_hides_its_own_cells(
    first: dict[str, str], size: int, fine: str, levels: set[int]
) -> None:
    """By what only the definitive edition tells: else it gives up one more column, with others."""
    vault = Vault(first, PURCHASES)
    places = {"75": size, "92": 3, "93": 3, "94": 2}
    cells = [
        {
            "cohorte": COHORT,
            "est_suivie": False,
            "code_departement_lieu_formation": place,
            "code_region_lieu_formation": "11",
            "code_certification": "RS6198",
            "code_nsf": "326",
            "numero": int(place),
            "numeros": [100 * int(place) + rank for rank in range(persons)],
            "titulaires": [100 * int(place) + rank for rank in range(persons)],
            "nb_titulaires": persons,
        }
        for place, persons in places.items()
    ]
    rows = _partition(vault, cells, fine)
    (row,) = (row for row in rows if 75 in row["cellules"])
    assert {row["niveau_diffusion"]} == levels
