"""What an attacker deduces from a case: known answers, and brute force on random cases."""

import math

import pytest
from hypothesis import given, settings

from orchestration.disclosure.tabular.audit import attack_case
from orchestration.disclosure.tabular.json_case import as_case
from orchestration.disclosure.tabular.table import CaseError
from tests.factories.disclosure_cases import (
    HIDDEN,
    TABLE,
    CaseContent,
    brute_force_intervals,
    cell_entries,
    contents,
    table,
)


def test_two_hidden_cells_per_line_are_not_enough() -> None:
    attack = attack_case(as_case(table(TABLE, HIDDEN)))
    assert attack.determined_cells == ("w2",)
    assert attack.intervals["w2"] == (47, 47)
    assert list(attack.intervals) == sorted(HIDDEN)


def test_hiding_one_more_protects_it() -> None:
    attack = attack_case(as_case(table(TABLE, HIDDEN | {"x4"})))
    assert attack.determined_cells == ()
    assert attack.intervals["w2"] == (0, 78)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        pytest.param({}, {"a": (0, 20), "b": (0, 20)}, id="nothing known"),
        pytest.param({"upper": 10}, {"a": (10, 10), "b": (10, 10)}, id="the rule k = 11"),
        pytest.param({"upper": 12}, {"a": (8, 12), "b": (8, 12)}, id="closed form"),
        pytest.param({"lower": None}, {"a": (-math.inf, math.inf)}, id="unbounded"),
        pytest.param({"lower": -5}, {"a": (-5, 25), "b": (-5, 25)}, id="negative"),
        pytest.param({"lower": 2.25, "upper": None}, {"a": (2.25, 17.75)}, id="decimals"),
    ],
)
def test_a_block_of_two(bounds: CaseContent, expected: dict[str, tuple[float, float]]) -> None:
    cells = [{"id": "t", "value": 20}]
    cells += [{"id": name, "published": False} | bounds for name in ("a", "b")]
    attack = attack_case(
        as_case({"cells": cells, "equations": [{"total": "t", "parts": ["a", "b"]}]})
    )
    assert {name: attack.intervals[name] for name in expected} == expected
    closed = tuple(name for name, (low, high) in expected.items() if low == high)
    assert attack.determined_cells == closed


def test_a_hidden_total_links_two_hierarchies() -> None:
    """The same cell is a part of a region and of a sector, whose totals are hidden or not."""
    values = {"region": 0, "secteur": 30, "a": 4, "b": 0, "c": 7}
    hidden = frozenset({"region", "b", "a"})
    attack = attack_case(
        as_case(
            {
                "cells": cell_entries(values, hidden),
                "equations": [
                    {"total": "region", "parts": ["a", "b"]},
                    {"total": "secteur", "parts": ["b", "c"]},
                ],
            }
        )
    )
    assert attack.determined_cells == ("b",)
    assert attack.intervals == {"region": (23, math.inf), "a": (0, math.inf), "b": (23, 23)}


def test_nothing_hidden_is_nothing_to_find() -> None:
    attack = attack_case(as_case(table(TABLE)))
    assert (attack.determined_cells, attack.intervals) == ((), {})


def test_euros_are_exact_to_the_cent() -> None:
    """Sums of cents are no sums of binary fractions: 0.1 + 0.2 is not 0.3."""
    cells = [{"id": "t", "value": 1_000_000_000.3}, {"id": "a", "value": 1_000_000_000.1}]
    content = {
        "cells": [*cells, {"id": "b", "published": False}],
        "equations": [{"total": "t", "parts": ["a", "b"]}],
    }
    assert attack_case(as_case(content)).intervals == {"b": (0.2, 0.2)}


@pytest.mark.parametrize("hidden", [frozenset({"w1", "w2"}), frozenset({"w1", "w2", "x1", "x2"})])
def test_contradictory_bounds_have_no_solution(hidden: frozenset[str]) -> None:
    """On a tree and around a cycle."""
    content = table(TABLE, hidden)
    for cell in content["cells"]:
        if cell["id"] in hidden:
            cell["upper"] = 20
    with pytest.raises(CaseError, match="aucune solution"):
        attack_case(as_case(content))


def test_only_programs_see_that_a_cycle_has_no_solution() -> None:
    """a + b, b + c and c + a are 2, 2 and 2; d = a + b + c would be 3, never at least 4."""
    content = {
        "cells": [
            *({"id": name, "value": 2} for name in ("ab", "bc", "ca")),
            *({"id": name, "published": False} for name in ("a", "b", "c")),
            {"id": "d", "published": False, "lower": 4, "upper": 100},
        ],
        "equations": [
            {"total": "ab", "parts": ["a", "b"]},
            {"total": "bc", "parts": ["b", "c"]},
            {"total": "ca", "parts": ["c", "a"]},
            {"total": "d", "parts": ["a", "b", "c"]},
        ],
    }
    with pytest.raises(CaseError, match="aucune solution"):
        attack_case(as_case(content))


def test_a_redundant_equation_may_have_no_solution_alone() -> None:
    """Lines and columns of a hidden 2 × 2 table do not add up to the same total."""
    content = {
        "cells": [
            *({"id": name, "value": 10} for name in ("ab", "cd", "ac")),
            {"id": "bd", "value": 11},
            *({"id": name, "published": False} for name in "abcd"),
        ],
        "equations": [{"total": pair, "parts": list(pair)} for pair in ("ab", "cd", "ac", "bd")],
    }
    with pytest.raises(CaseError, match="aucune solution"):
        attack_case(as_case(content))


def test_halves_are_found_too() -> None:
    """The same cycle alone determines a, b and c, though no elimination of bounds does."""
    pairs = {"ab": 3, "bc": 4, "ca": 4}
    content = {
        "cells": cell_entries(pairs | {"a": 0, "b": 0, "c": 0}, frozenset("abc")),
        "equations": [{"total": pair, "parts": list(pair)} for pair in pairs],
    }
    attack = attack_case(as_case(content))
    assert attack.determined_cells == ("a", "b", "c")
    assert attack.intervals == {"a": (1.5, 1.5), "b": (1.5, 1.5), "c": (2.5, 2.5)}


@settings(max_examples=200, deadline=None)
@given(contents())
def test_intervals_are_those_of_brute_force(content: CaseContent) -> None:
    case = as_case(content)
    attack = attack_case(case)
    expected = brute_force_intervals(case)
    assert list(attack.intervals) == list(expected)
    for name, ends in expected.items():
        assert attack.intervals[name] == pytest.approx(ends, abs=2e-6), name
    closed = tuple(name for name, (low, high) in expected.items() if high - low <= 2e-6)
    assert attack.determined_cells == closed
