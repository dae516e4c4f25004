"""Complementary suppression: known answers, safety by brute force, nothing hidden for nothing."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.secret import intervalles, recherche
from orchestration.secret import optimum as exact
from orchestration.secret.attaque import attaquer
from orchestration.secret.cas import Cas, CasError
from orchestration.secret.lecture import cas
from orchestration.secret.protection import Protection, proteger
from tests.bench.cubes import cube
from tests.unit.cas_secrets import CACHEES, TABLE, intervalles_par_force, table

Contenu = dict[str, Any]
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
RIEN = 1e-6


def test_two_hidden_cells_per_line_are_mended_by_the_cheapest_one() -> None:
    case = cas(table(TABLE) | {"primary": sorted(CACHEES)})
    found = proteger(case)
    assert set(found.supprimees) == CACHEES | {"x4"}
    assert (found.nb_secondaires, found.valeur_secondaire) == (1, 31)
    assert intervalles_par_force(_masque(case, found))["w2"] == pytest.approx((0, 78))


@pytest.mark.parametrize("width", [0, 4])
def test_z1_gets_its_optimum(width: float) -> None:
    found = proteger(cas(table(Z1) | {"primary": ["B2", "D2", "H2"], "min_width": width}))
    assert set(found.supprimees) == {f"{line}{column}" for line in "BDH" for column in (1, 2)}
    assert (found.nb_secondaires, found.valeur_secondaire) == (3, 29)


def test_hidden_cells_come_in_the_order_of_the_case_with_those_already_hidden() -> None:
    content = table({"a": [5, 6], "b": [7, 8]}, hidden=frozenset({"b2"})) | {"primary": ["a1"]}
    found = proteger(cas(content))
    assert found == Protection(("a1", "a2", "b1", "b2"), 2, 13)


def test_without_anything_to_protect_nothing_is_hidden() -> None:
    assert proteger(cas(table(TABLE))) == Protection((), 0, 0.0)


def test_a_total_is_hidden_when_it_is_the_cheapest() -> None:
    content = table({"a": [5, 60], "b": [70, 80]}) | {"primary": ["a1"]}
    for cell in content["cells"]:
        cell["weight"] = 1 if cell["id"] in {"a", "t1", "t"} else 50
    assert set(proteger(cas(content)).supprimees) == {"a1", "a", "t1", "t"}


def test_an_empty_cell_is_hidden_only_when_nothing_else_can_do() -> None:
    rows = {"a": [5, 0, 20], "b": [0, 30, 40]}
    found = proteger(cas(table(rows) | {"primary": ["a1"]}))
    assert not {"a2", "b1"} & set(found.supprimees)
    only_zero = {
        "cells": [{"id": "a", "value": 5}, {"id": "b", "value": 0}, {"id": "t", "value": 5}],
        "equations": [{"total": "t", "parts": ["a", "b"]}],
        "primary": ["a"],
    }
    only_zero["cells"][2]["upper"] = 5
    assert proteger(cas(only_zero)).supprimees == ("a", "b")


def test_what_cannot_be_protected_is_said() -> None:
    content = table({"a": [5, 6], "b": [7, 8]}) | {"primary": ["a1"], "min_width": 4}
    content["cells"][0] |= {"lower": 4, "upper": 6}
    with pytest.raises(CasError, match=r"cellule « a1 » : rien ne peut la protéger"):
        proteger(cas(content))


def test_hidden_values_that_nothing_satisfies_are_refused() -> None:
    content = table({"a": [5, 6], "b": [7, 8]}, hidden=frozenset({"a1", "a2"}))
    content["cells"][0] |= {"lower": 20}
    with pytest.raises(CasError, match="aucune solution"):
        proteger(cas(content))


@pytest.mark.parametrize(("width", "at_most"), [(4, 189), (12, 220)])
@pytest.mark.parametrize("large_from", [None, 100])
def test_a_generated_cube_is_safe_and_hides_nothing_for_nothing(
    width: float, at_most: int, large_from: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large_from:
        monkeypatch.setattr(intervalles, "GRANDE", large_from)
        monkeypatch.setattr(recherche, "GRANDE", large_from)
    case = replace(cube("1890").cas(), largeur=width)
    found = proteger(case)
    assert set(np.array(case.ids)[case.primaires]) <= set(found.supprimees)
    assert found.nb_secondaires <= at_most
    attack = attaquer(_masque(case, found))
    assert not attack.determinees
    primary = [attack.intervalles[name] for name in np.array(case.ids)[case.primaires]]
    assert min(high - low for low, high in primary) >= width - RIEN


@st.composite
def petits_tableaux(draw: st.DrawFn) -> Cas:
    """Return a small table with totals, primary cells of 1 to 3, and maybe a width."""
    width = draw(st.integers(2, 3))
    values = st.one_of(st.integers(0, 6), st.integers(10, 60))
    rows = {
        name: draw(st.lists(values, min_size=width, max_size=width))
        for name in "abc"[: draw(st.integers(2, 3))]
    }
    content = table(rows) | {"min_width": draw(st.sampled_from([0, 0, 2, 4]))}
    small = [cell["id"] for cell in content["cells"] if 0 < cell["value"] <= 3]
    return cas(content | {"primary": small[:4]})


@settings(max_examples=60, deadline=None)
@given(petits_tableaux())
def test_masks_are_safe_and_no_secondary_cell_can_be_published_again(case: Cas) -> None:
    found = proteger(case)
    masked = _masque(case, found)
    assert _sure(masked, case)
    for cell in np.flatnonzero(~masked.publiees & ~case.primaires):
        again = masked.publiees.copy()
        again[cell] = True
        assert not _sure(replace(masked, publiees=again), case), case.ids[cell]


@settings(max_examples=25, deadline=None)
@given(petits_tableaux())
def test_heuristics_alone_are_safe_and_maximal_too(case: Cas) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "DEVIATIONS_MAX", 0)
        test = test_masks_are_safe_and_no_secondary_cell_can_be_published_again
        test.hypothesis.inner_test(case)  # type: ignore[attr-defined]


@settings(max_examples=25, deadline=None)
@given(petits_tableaux())
def test_ways_of_large_tables_are_safe_and_maximal_too(case: Cas) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "DEVIATIONS_MAX", 0)
        patch.setattr(intervalles, "GRANDE", 0)
        patch.setattr(recherche, "GRANDE", 0)
        test = test_masks_are_safe_and_no_secondary_cell_can_be_published_again
        test.hypothesis.inner_test(case)  # type: ignore[attr-defined]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=9, max_size=9))
def test_small_cases_get_the_optimum_found_by_trying_all_masks(values: list[int]) -> None:
    case = cas(table({"a": values[:3], "b": values[3:6], "c": values[6:]}) | {"primary": ["a1"]})
    found = proteger(case)
    inner = [rank for rank, name in enumerate(case.ids) if name != "a1"]
    cheaper = (
        set(chosen)
        for size in range(1, 4)
        for chosen in combinations(inner, size)
        if case.poids[list(chosen)].sum() < found.valeur_secondaire - RIEN
    )
    for chosen in cheaper:
        public = case.publiees.copy()
        public[list(chosen)] = False
        assert not _sure(replace(case, publiees=public), case)


def _masque(case: Cas, found: Protection) -> Cas:
    hidden = set(found.supprimees)
    return replace(case, publiees=np.array([name not in hidden for name in case.ids]))


def _sure(masked: Cas, case: Cas) -> bool:
    """Say whether a brute-force attack leaves each cell to protect the width that it is due."""
    due = dict(zip(case.ids, np.where(case.primaires, case.largeur, 0), strict=True))
    needed = {name for name, shown in zip(case.ids, case.publiees, strict=True) if not shown}
    return all(
        high - low >= max(due[name] - RIEN, RIEN)
        for name, (low, high) in intervalles_par_force(masked).items()
        if name in needed
    )
