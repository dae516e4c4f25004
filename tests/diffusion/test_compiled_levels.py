"""Each level of the plan says its own number, and keeps the columns that it has not given up."""

import re

import pytest

from orchestration.datasets import Dataset
from orchestration.registry import TABLES
from tests.factories.rendered_models import Models
from tests.factories.small_datasets import ENTRIES, PURCHASES, USERS
from tests.factories.steps import IN_PYTHON, ROWS, TOTALS, model, steps_of

DATASETS = (PURCHASES, USERS)
ALL = (ENTRIES, *DATASETS)


def _levels(dataset: Dataset) -> dict[int, list[str]]:
    """The columns that each level after the first one keeps."""
    last = len(dataset.plan) + 1
    return {n: [c for step in dataset.plan[n - 1 :] for c in step] for n in range(2, last + 1)}


def test_every_step_is_compiled_for_both_versions(compiled: dict[str, dict[str, str]]) -> None:
    expected = {
        model(dataset, step)
        for dataset in ALL
        for step in steps_of(dataset, ROWS + TOTALS)
        if step not in IN_PYTHON
    }
    assert set(compiled["first"]) == set(compiled["next"]) == expected
    followed = {model(dataset, step) for dataset in ALL for step in ("places", "suites")}
    assert all(
        ("registre" in compiled["next"][name], "registre" in compiled["first"][name])
        == (True, False)
        for name in followed
    )


def _assert_each_unites_the_level_before(
    sql: str, levels: dict[int, list[str]], before: str, several: str
) -> None:
    """What goes on is united by what the level keeps; what is alone there stays as it is."""
    united = re.findall(
        rf"niveau_(\d+) as \((?:(?! as \().)*?from {before}_(\d+)\s+"
        rf"{several}_(\d+) using \(([^)]+)\)\s+where not est_sur\s+group by ([^\n]+)\n"
        rf"\s+union all by name(?:(?! as \().)*?from {before}_(\d+)\s+"
        r"anti join repetes_(\d+) using \(([^)]+)\)\s+where not est_sur\n",
        sql,
        re.S,
    )
    expected = []
    for n in range(3, max(levels) + 1):
        keys = ", ".join(["cohorte", *levels[n]])
        expected.append((str(n), str(n - 1), str(n), keys, keys, str(n - 1), str(n), keys))
    assert united == expected


@pytest.mark.parametrize("name", DATASETS)
def test_each_level_of_the_partition_is_its_own(
    first: dict[str, str], datasets: dict[str, Dataset], name: str
) -> None:
    sql, levels = first[model(name, "partition")], _levels(datasets[name])
    _assert_each_unites_the_level_before(sql, levels, "niveau", "semi join repetes")
    rows = re.findall(
        r"cohorte,\s+(\d+) as niveau_diffusion,((?:(?! as niveau_diffusion).)*?)"
        r"from niveau_(\d+)\s+where est_sur",
        sql,
        re.S,
    )
    assert [(int(said), int(source)) for said, _, source in rows] == [(n, n) for n in levels]
    for said, columns, _ in rows:
        generalised = re.findall(r"'REGROUPE' as (\w+)", columns)
        assert generalised == [c for c in levels[2] if c not in levels[int(said)]]


def test_what_steps_back_goes_on_from_each_level(
    first: dict[str, str], datasets: dict[str, Dataset]
) -> None:
    """Of counters: rows that are given back join, at the next level, those that were too small."""
    sql, levels = first[model(ENTRIES, "partition")], _levels(datasets[ENTRIES])
    _assert_each_unites_the_level_before(sql, levels, "rendues", "inner join personnes")
    for level, kept in levels.items():
        gathered = re.search(rf"gardes_{level} as \((.*?)from niveau_{level}", sql, re.S)
        assert gathered
        generalised = re.findall(r"'REGROUPE' as (\w+)", gathered[1])
        assert generalised == [c for c in levels[2] if c not in kept]


@pytest.mark.parametrize("name", ALL)
def test_a_dossier_is_placed_in_a_row_of_the_level_that_it_is_compared_with(
    following: dict[str, str], datasets: dict[str, Dataset], name: str
) -> None:
    levels = _levels(datasets[name])
    sql = re.sub(r"\s+", " ", following[model(name, "places")])
    for level, kept in levels.items():
        alias = f"niveau_{level}"
        conditions = [
            f"{alias}.niveau_diffusion = {level}",
            *(f"actuels.{column} = {alias}.{column}" for column in ["cohorte", *kept]),
        ]
        assert f"as {alias} on {' and '.join(conditions)} " in sql
    assert ", ".join(f"niveau_{level}.num_ligne" for level in levels) in sql


@pytest.mark.parametrize("version", ["first", "next"])
def test_leaks_are_planted_in_what_dbt_writes(
    compiled: dict[str, dict[str, str]], version: str
) -> None:
    """Otherwise the gate would be tried on a twin of the models."""
    shown = [f"{dataset}__{table}" for dataset in ALL for table in TABLES]
    models = Models()
    for name, sql in compiled[version].items():
        rendered = models.sql(name, shown if version == "next" else ())
        assert _words(rendered) == _words(sql), name


def _words(sql: str) -> list[str]:
    """What a query says, whatever its spaces and quotes."""
    return sql.replace('"', "").split()
