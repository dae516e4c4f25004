"""The steps, compiled once in a session for a first version and for one that follows another."""

import json
from pathlib import Path

import pytest

from orchestration import settings, warehouse
from orchestration.registry import TABLES
from tests.factories.diffusion_steps import compile_steps
from tests.factories.once import make_once
from tests.factories.small_datasets import ENTRIES, PURCHASES, USERS


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The SQL of each step, by name of model: of a version that is the ``first``, or ``next``."""

    def make(folder: Path) -> None:
        sql = {"first": compile_steps(folder / "data")}
        with settings.state_in(folder / "data"), warehouse.vault() as connection:
            connection.execute("create schema coffre.registre")
            for dataset in (ENTRIES, PURCHASES, USERS):
                for table in TABLES:
                    connection.execute(f"create table coffre.registre.{dataset}__{table} (id int)")
        sql["next"] = compile_steps(folder / "data")
        (folder / "sql.json").write_text(json.dumps(sql))

    folder = make_once(tmp_path_factory, "etapes", make)
    sql: dict[str, dict[str, str]] = json.loads((folder / "sql.json").read_text())
    return sql


@pytest.fixture(scope="session")
def first(compiled: dict[str, dict[str, str]]) -> dict[str, str]:
    """The SQL of each step of a first version."""
    return compiled["first"]


@pytest.fixture(scope="session")
def following(compiled: dict[str, dict[str, str]]) -> dict[str, str]:
    """The SQL of each step of a version that follows another."""
    return compiled["next"]
