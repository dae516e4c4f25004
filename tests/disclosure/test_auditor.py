"""The audit of a publication: the known answers of trees, sound partitions, naive ones."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.disclosure.auditor.auditor import audit_version
from tests.disclosure.auditor.edits import distinct_persons, with_cells, with_facts
from tests.disclosure.auditor.leaks_between_versions import revise
from tests.disclosure.auditor.published import (
    DOSSIERS,
    EXTREME,
    PERSONS,
    Figure,
    Leak,
    Rules,
    Version,
)
from tests.factories.safe_partition import AMOUNT, RULES, population, publish


def parts(**counts: int) -> pd.DataFrame:
    """Cells of so many persons, with one dossier each and 100 € from their employer."""
    rows = [
        {
            "titulaire": f"{cell}{rank}",
            "dossier": f"{cell}{rank}",
            "cellule": cell,
            "employeur": 100,
        }
        for cell, count in counts.items()
        for rank in range(count)
    ]
    return pd.DataFrame(rows)


def version(facts: pd.DataFrame, measure: str = PERSONS, **lines: str) -> Version:
    """Publish lines of the cells that one letter each names; a line ``bloc`` is a block."""
    published = tuple(Figure(name, measure, frozenset(cells), 0) for name, cells in lines.items())
    blocks = {"bloc": tuple(frozenset(cell) for cell in lines["bloc"])} if "bloc" in lines else {}
    return Version(published, facts, blocks)


def kinds(leaks: tuple[Leak, ...]) -> set[str]:
    return {leak.kind for leak in leaks}


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        pytest.param(
            version(parts(a=25, b=12, c=3), total="abc", a="a", bloc="bc"), set(), id="25, block 15"
        ),
        pytest.param(
            version(parts(a=25, b=12, c=3), total="abc", a="a", b="b"), {"effectif"}, id="25, 12"
        ),
        pytest.param(version(parts(a=10, b=10), bloc="ab"), {"intervalle"}, id="20 = 10 + 10"),
        pytest.param(version(parts(a=10, b=10), total="ab"), set(), id="20, not divided"),
        pytest.param(version(parts(a=9, b=30), a="a"), {"effectif"}, id="9"),
        pytest.param(version(parts(a=9, b=30), total="ab"), set(), id="9 in the parent"),
        pytest.param(
            version(parts(a=11, b=11, c=11), total="abc", a="a", b="b", c="c"), set(), id="33"
        ),
        pytest.param(version(parts(a=14), total="a", a="a"), set(), id="14 + 0 + 0"),
        pytest.param(
            version(pd.concat([parts(a=4)] * 3), DOSSIERS, a="a"),
            {"effectif"},
            id="12 dossiers of 4",
        ),
        pytest.param(version(parts(a=15), "employeur", a="a"), set(), id="15 contributors"),
        pytest.param(
            version(parts(a=15).assign(employeur=[5.0] * 2 + [0.0] * 13), "employeur", a="a"),
            {"contributeurs"},
            id="2 contributors",
        ),
        pytest.param(
            version(parts(a=15).assign(employeur=[126.0] + [1.0] * 14), "employeur", a="a"),
            {"dominance"},
            id="90 % of the amount",
        ),
        pytest.param(
            version(parts(a=15).assign(employeur=0.0), "employeur", a="a"), set(), id="no amount"
        ),
        pytest.param(
            version(parts(a=3, b=9, c=9, d=9), x="ab", y="bc", z="ca"),
            {"effectif"},
            id="halves of a cycle",
        ),
    ],
)
def test_known_answers(published: Version, expected: set[str]) -> None:
    assert kinds(audit_version(published, RULES)) == expected


def test_a_leak_names_the_lines_that_leak_together() -> None:
    published = version(parts(a=25, b=3), total="ab", a="a")
    assert audit_version(published, RULES) == (
        Leak("effectif", ("total",)),
        Leak("effectif", ("total", "a")),
    )


def test_a_person_in_two_cells_counts_once() -> None:
    """Ten persons and nine of them again: 19 are 10 distinct."""
    twice = pd.concat([parts(a=10), parts(a=9).assign(cellule="b")])
    assert kinds(audit_version(version(twice, total="ab"), RULES)) == {"effectif"}


def test_another_threshold_is_another_answer() -> None:
    published = version(parts(a=25, b=9), total="ab", a="a")
    assert kinds(audit_version(published, Rules(k=5))) == set()


def test_the_extreme_of_a_group_of_k_is_accepted() -> None:
    figure = Figure("a", "employeur", frozenset("a"), 0, EXTREME)
    for count, expected in [(10, {"extreme"}), (11, set())]:
        assert kinds(audit_version(Version((figure,), parts(a=count)), RULES)) == expected


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_sound_partition_leaks_nothing(seed: int) -> None:
    published = publish(population(seed))
    assert len(published.blocks) > 5
    assert audit_version(published, RULES) == ()


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_carried_forward_after_revisions_leak_nothing(seed: int) -> None:
    """One dossier in a hundred is gone: nothing of it shows."""
    first = publish(population(seed))
    second = replace(first, facts=revise(first.facts, np.random.default_rng(seed)))
    assert len(second.facts) < len(first.facts)
    assert audit_version(second, RULES, first) == ()


@pytest.mark.parametrize(("arrivals", "expected"), [(11, set()), (10, {"revision"})])
def test_k_persons_more_may_be_published(arrivals: int, expected: set[str]) -> None:
    first = publish(population(3))
    cells = min((figure.cells for figure in first.figures), key=len)
    names = [f"arrivée {rank}" for rank in range(arrivals)]
    more = pd.DataFrame({"titulaire": names, "cellule": min(cells)})
    lines = tuple(
        replace(figure, value=figure.value + arrivals) if cells <= figure.cells else figure
        for figure in first.figures
    )
    second = replace(first, figures=lines, facts=with_facts(first, more))
    assert kinds(audit_version(second, RULES, first)) == expected


def test_an_amount_revised_for_one_person_is_a_revision() -> None:
    first = publish(population(4))
    facts = first.facts.copy()
    facts.loc[0, AMOUNT] += 50
    lines = tuple(
        replace(figure, value=figure.value + 50)
        if figure.measure == AMOUNT and facts.loc[0, "cellule"] in figure.cells
        else figure
        for figure in first.figures
    )
    second = replace(first, figures=lines, facts=facts)
    assert kinds(audit_version(second, RULES, first)) == {"revision"}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_plain_threshold_leaks(seed: int) -> None:
    """The proof that the test bites: every group of k, at every level, and nothing else."""
    facts = population(seed)
    tree: dict[str, set[str]] = {}
    for cell in facts["cellule"].unique():
        codes = cell.split("-")
        for depth in range(len(codes) + 1):
            tree.setdefault("-".join(codes[:depth]), set()).add(cell)
    publication = Version((), facts)
    for cells in map(frozenset, tree.values()):
        if len(distinct_persons(publication, cells)) >= RULES.k:
            publication = with_cells(publication, cells)
    assert len([leak for leak in audit_version(publication, RULES) if leak.kind == "effectif"]) > 5
