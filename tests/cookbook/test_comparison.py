"""The comparison itself: what it lets through, and what it does not."""

from decimal import Decimal
from typing import Any

import pytest

from tests.cookbook.comparison import Truth, compare

TRUTH: list[dict[str, Any]] = [
    {"an": 2020, "dossiers": 10, "euros": Decimal("1.10")},
    {"an": 2021, "dossiers": 20},
]
EXACT = Truth("", key=("an",))
MINIMUM = Truth("", key=("an",), at_least={"dossiers": "reste"})
EITHER = Truth("", key=("an",), unless={"dossiers": "secrets"})
TOP = Truth("", key=("an",), partial=True, ranked_by="dossiers")


def _row(dossiers: Any, an: int = 2021, **others: Any) -> dict[str, Any]:
    return {"an": an, "dossiers": dossiers} | others


@pytest.mark.parametrize(
    ("recipe", "how", "differs"),
    [
        ([_row(20)], EXACT, False),
        ([_row(19)], EXACT, True),
        ([_row(20, an=2022)], EXACT, True),
        ([], EXACT, True),
        ([_row(20), _row(20)], EXACT, True),
        ([{"an": 2021}], EXACT, True),
        ([_row(17, reste=3)], MINIMUM, False),
        ([_row(16, reste=3)], MINIMUM, True),
        ([_row(21, reste=3)], MINIMUM, True),
        ([_row(17, secrets=1)], EITHER, False),
        ([_row(17, secrets=0)], EITHER, True),
        ([_row(20, non_ventiles=0)], TOP, False),
        ([_row(10, 2020, non_ventiles=0)], TOP, True),
    ],
)
def test_a_difference_is_seen(recipe: list[dict[str, Any]], how: Truth, *, differs: bool) -> None:
    truth = TRUTH[1:] if not how.partial else [_row(20), _row(10, 2020)]
    assert bool(compare(recipe, truth, how).differences) == differs


def test_amounts_are_compared_to_the_cent() -> None:
    same = compare([_row(10, 2020, euros=Decimal("1.1"))], TRUTH[:1], EXACT)
    assert (same.cells, same.differences) == (2, ())
    assert compare([_row(10, 2020, euros=Decimal("1.11"))], TRUTH[:1], EXACT).differences


def test_an_empty_figure_is_counted_and_not_compared() -> None:
    compared = compare([_row(None)], TRUTH[1:], EXACT)
    assert (compared.cells, compared.empty, compared.told) == (0, 1, 0)
