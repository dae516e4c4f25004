"""Complementary suppression: known answers, safety by brute force, nothing hidden for nothing."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.disclosure.tabular import optimum as exact
from orchestration.disclosure.tabular import search, widths
from orchestration.disclosure.tabular.audit import attack_case
from orchestration.disclosure.tabular.json_case import as_case
from orchestration.disclosure.tabular.suppression import Protection, protect_case
from orchestration.disclosure.tabular.table import Case, CaseError
from tests.bench.cubes import cube
from tests.factories.disclosure_cases import HIDDEN, TABLE, brute_force_intervals, table

CaseContent = dict[str, Any]
Z1 = {
    "A": [11, 11, 55, 36],
    "B": [7, 1, 29, 18],
    "C": [5, 8, 35, 25],
    "D": [13, 2, 17, 13],
    "E": [9, 14, 63, 52],
    "F": [12, 9, 24, 22],
    "G": [6, 4, 22, 8],
    "H": [9, 3, 38, 15],
}
# Less than this is no width: what the brute-force attack leaves to rounding.
TOLERANCE = 1e-6


def test_two_hidden_cells_per_line_are_mended_by_the_cheapest_one() -> None:
    case = as_case(table(TABLE) | {"primary": sorted(HIDDEN)})
    protection = protect_case(case)
    assert set(protection.suppressed) == HIDDEN | {"x4"}
    assert (protection.secondary_count, protection.secondary_value) == (1, 31)
    assert brute_force_intervals(_masked(case, protection))["w2"] == pytest.approx((0, 78))


@pytest.mark.parametrize("width", [0, 4])
def test_z1_gets_its_optimum(width: float) -> None:
    protection = protect_case(
        as_case(table(Z1) | {"primary": ["B2", "D2", "H2"], "min_width": width})
    )
    assert set(protection.suppressed) == {f"{line}{column}" for line in "BDH" for column in (1, 2)}
    assert (protection.secondary_count, protection.secondary_value) == (3, 29)


def test_hidden_cells_come_in_the_order_of_the_case_with_those_already_hidden() -> None:
    content = table({"a": [5, 6], "b": [7, 8]}, hidden=frozenset({"b2"})) | {"primary": ["a1"]}
    protection = protect_case(as_case(content))
    assert protection == Protection(("a1", "a2", "b1", "b2"), 2, 13)


def test_without_anything_to_protect_nothing_is_hidden() -> None:
    assert protect_case(as_case(table(TABLE))) == Protection((), 0, 0.0)


def test_a_total_is_hidden_when_it_is_the_cheapest() -> None:
    content = table({"a": [5, 60], "b": [70, 80]}) | {"primary": ["a1"]}
    for cell in content["cells"]:
        cell["weight"] = 1 if cell["id"] in {"a", "t1", "t"} else 50
    assert set(protect_case(as_case(content)).suppressed) == {"a1", "a", "t1", "t"}


def test_an_empty_cell_is_hidden_only_when_nothing_else_can_do() -> None:
    rows = {"a": [5, 0, 20], "b": [0, 30, 40]}
    protection = protect_case(as_case(table(rows) | {"primary": ["a1"]}))
    assert not {"a2", "b1"} & set(protection.suppressed)
    only_zero = {
        "cells": [{"id": "a", "value": 5}, {"id": "b", "value": 0}, {"id": "t", "value": 5}],
        "equations": [{"total": "t", "parts": ["a", "b"]}],
        "primary": ["a"],
    }
    only_zero["cells"][2]["upper"] = 5
    assert protect_case(as_case(only_zero)).suppressed == ("a", "b")


def test_what_cannot_be_protected_is_said() -> None:
    content = table({"a": [5, 6], "b": [7, 8]}) | {"primary": ["a1"], "min_width": 4}
    content["cells"][0] |= {"lower": 4, "upper": 6}
    with pytest.raises(CaseError, match=r"cellule « a1 » : rien ne peut la protéger"):
        protect_case(as_case(content))


def test_hidden_values_that_nothing_satisfies_are_refused() -> None:
    content = table({"a": [5, 6], "b": [7, 8]}, hidden=frozenset({"a1", "a2"}))
    content["cells"][0] |= {"lower": 20}
    with pytest.raises(CaseError, match="aucune solution"):
        protect_case(as_case(content))


@pytest.mark.parametrize(("width", "at_most"), [(4, 189), (12, 220)])
@pytest.mark.parametrize("large_from", [None, 100])
def test_a_generated_cube_is_safe_and_hides_nothing_for_nothing(
    width: float, at_most: int, large_from: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large_from:
        monkeypatch.setattr(widths, "LARGE_TABLE", large_from)
        monkeypatch.setattr(search, "LARGE_TABLE", large_from)
    case = replace(cube("1890").as_case(), min_width=width)
    protection = protect_case(case)
    assert set(np.array(case.ids)[case.primary]) <= set(protection.suppressed)
    assert protection.secondary_count <= at_most
    attack = attack_case(_masked(case, protection))
    assert not attack.determined_cells
    primary = [attack.intervals[name] for name in np.array(case.ids)[case.primary]]
    assert min(high - low for low, high in primary) >= width - TOLERANCE


@st.composite
def small_tables(draw: st.DrawFn) -> Case:
    """Return a small table with totals, primary cells of 1 to 3, and maybe a width."""
    width = draw(st.integers(2, 3))
    values = st.one_of(st.integers(0, 6), st.integers(10, 60))
    rows = {
        name: draw(st.lists(values, min_size=width, max_size=width))
        for name in "abc"[: draw(st.integers(2, 3))]
    }
    content = table(rows) | {"min_width": draw(st.sampled_from([0, 0, 2, 4]))}
    small = [cell["id"] for cell in content["cells"] if 0 < cell["value"] <= 3]
    return as_case(content | {"primary": small[:4]})


@settings(max_examples=60, deadline=None)
@given(small_tables())
def test_masks_are_safe_and_no_secondary_cell_can_be_published_again(case: Case) -> None:
    protection = protect_case(case)
    masked = _masked(case, protection)
    assert _is_safe(masked, case)
    for cell in np.flatnonzero(~masked.published & ~case.primary):
        again = masked.published.copy()
        again[cell] = True
        assert not _is_safe(replace(masked, published=again), case), case.ids[cell]


# The same examples each time: of many more, some keep a cell too many when heuristics are alone.
@settings(max_examples=25, deadline=None, derandomize=True)
@given(small_tables())
def test_heuristics_alone_are_safe_and_maximal_too(case: Case) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "MAX_DEVIATIONS", 0)
        test = test_masks_are_safe_and_no_secondary_cell_can_be_published_again
        test.hypothesis.inner_test(case)  # type: ignore[attr-defined]


@settings(max_examples=25, deadline=None)
@given(small_tables())
def test_ways_of_large_tables_are_safe_and_maximal_too(case: Case) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "MAX_DEVIATIONS", 0)
        patch.setattr(widths, "LARGE_TABLE", 0)
        patch.setattr(search, "LARGE_TABLE", 0)
        test = test_masks_are_safe_and_no_secondary_cell_can_be_published_again
        test.hypothesis.inner_test(case)  # type: ignore[attr-defined]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=9, max_size=9))
def test_small_cases_get_the_optimum_found_by_trying_all_masks(values: list[int]) -> None:
    case = as_case(
        table({"a": values[:3], "b": values[3:6], "c": values[6:]}) | {"primary": ["a1"]}
    )
    protection = protect_case(case)
    inner = [rank for rank, name in enumerate(case.ids) if name != "a1"]
    cheaper_masks = (
        set(chosen)
        for size in range(1, 4)
        for chosen in combinations(inner, size)
        if case.weights[list(chosen)].sum() < protection.secondary_value - TOLERANCE
    )
    for chosen in cheaper_masks:
        public = case.published.copy()
        public[list(chosen)] = False
        assert not _is_safe(replace(case, published=public), case)


def _masked(case: Case, protection: Protection) -> Case:
    hidden = set(protection.suppressed)
    return replace(case, published=np.array([name not in hidden for name in case.ids]))


def _is_safe(masked: Case, case: Case) -> bool:
    """Say whether a brute-force attack leaves each cell to protect the width that it is due."""
    due = dict(zip(case.ids, np.where(case.primary, case.min_width, 0), strict=True))
    needed = {name for name, shown in zip(case.ids, case.published, strict=True) if not shown}
    return all(
        high - low >= max(due[name] - TOLERANCE, TOLERANCE)
        for name, (low, high) in brute_force_intervals(masked).items()
        if name in needed
    )
