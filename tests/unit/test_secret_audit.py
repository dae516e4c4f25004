"""The audit of a publication: the known answers of trees, sound partitions, naive ones."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from orchestration.secret.audit import auditer
from orchestration.secret.lignes import (
    DOSSIERS,
    EXTREME,
    PERSONNES,
    Fuite,
    Ligne,
    Regles,
    Version,
)
from orchestration.secret.mutations_de_versions import reviser
from orchestration.secret.retouches import avec, avec_faits, personnes
from tests.unit.partition_secrete import MONTANT, REGLES, population, publier


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


def version(faits: pd.DataFrame, mesure: str = PERSONNES, **lines: str) -> Version:
    """Publish lines of the cells that one letter each names; a line ``bloc`` is a block."""
    published = tuple(Ligne(name, mesure, frozenset(cells), 0) for name, cells in lines.items())
    blocks = {"bloc": tuple(frozenset(cell) for cell in lines["bloc"])} if "bloc" in lines else {}
    return Version(published, faits, blocks)


def genres(found: tuple[Fuite, ...]) -> set[str]:
    return {leak.genre for leak in found}


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
    assert genres(auditer(published, REGLES)) == expected


def test_a_leak_names_the_lines_that_leak_together() -> None:
    published = version(parts(a=25, b=3), total="ab", a="a")
    assert auditer(published, REGLES) == (
        Fuite("effectif", ("total",)),
        Fuite("effectif", ("total", "a")),
    )


def test_a_person_in_two_cells_counts_once() -> None:
    """Ten persons and nine of them again: 19 are 10 distinct."""
    twice = pd.concat([parts(a=10), parts(a=9).assign(cellule="b")])
    assert genres(auditer(version(twice, total="ab"), REGLES)) == {"effectif"}


def test_another_threshold_is_another_answer() -> None:
    published = version(parts(a=25, b=9), total="ab", a="a")
    assert genres(auditer(published, Regles(k=5))) == set()


def test_the_extreme_of_a_group_of_k_is_accepted() -> None:
    line = Ligne("a", "employeur", frozenset("a"), 0, EXTREME)
    for count, expected in [(10, {"extreme"}), (11, set())]:
        assert genres(auditer(Version((line,), parts(a=count)), REGLES)) == expected


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_sound_partition_leaks_nothing(seed: int) -> None:
    published = publier(population(seed))
    assert len(published.blocs) > 5
    assert auditer(published, REGLES) == ()


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_carried_forward_after_revisions_leak_nothing(seed: int) -> None:
    """One dossier in a hundred is gone: nothing of it shows."""
    first = publier(population(seed))
    second = replace(first, faits=reviser(first.faits, np.random.default_rng(seed)))
    assert len(second.faits) < len(first.faits)
    assert auditer(second, REGLES, first) == ()


@pytest.mark.parametrize(("arrivals", "expected"), [(11, set()), (10, {"revision"})])
def test_k_persons_more_may_be_published(arrivals: int, expected: set[str]) -> None:
    first = publier(population(3))
    cells = min((line.cellules for line in first.lignes), key=len)
    names = [f"arrivée {rank}" for rank in range(arrivals)]
    more = pd.DataFrame({"titulaire": names, "cellule": min(cells)})
    lines = tuple(
        replace(line, valeur=line.valeur + arrivals) if cells <= line.cellules else line
        for line in first.lignes
    )
    second = replace(first, lignes=lines, faits=avec_faits(first, more))
    assert genres(auditer(second, REGLES, first)) == expected


def test_an_amount_revised_for_one_person_is_a_revision() -> None:
    first = publier(population(4))
    facts = first.faits.copy()
    facts.loc[0, MONTANT] += 50
    lines = tuple(
        replace(line, valeur=line.valeur + 50)
        if line.mesure == MONTANT and facts.loc[0, "cellule"] in line.cellules
        else line
        for line in first.lignes
    )
    second = replace(first, lignes=lines, faits=facts)
    assert genres(auditer(second, REGLES, first)) == {"revision"}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_plain_threshold_leaks(seed: int) -> None:
    """The proof that the test bites: every group of k, at every level, and nothing else."""
    facts = population(seed)
    tree: dict[str, set[str]] = {}
    for cell in facts["cellule"].unique():
        codes = cell.split("-")
        for depth in range(len(codes) + 1):
            tree.setdefault("-".join(codes[:depth]), set()).add(cell)
    every = Version((), facts)
    for cells in map(frozenset, tree.values()):
        if len(personnes(every, cells)) >= REGLES.k:
            every = avec(every, cells)
    assert len([leak for leak in auditer(every, REGLES) if leak.genre == "effectif"]) > 5
