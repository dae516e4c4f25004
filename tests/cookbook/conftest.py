"""A part of the country as dense as the country, until its first year is definitive.

Whole runs are tried elsewhere: here dbt alone makes the marts, whose rows are those of the files.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration import settings, warehouse
from orchestration.datasets import Dataset, read_datasets
from orchestration.generation.generator import generate
from orchestration.generation.scales import part_of_country
from orchestration.landing.land import land
from tests.cookbook.truth import build_truth
from tests.factories.once import make_once
from tests.factories.small_datasets import SIGNALS

DBT = Path(sys.executable).with_name("dbt")
PLACES, OFFER, UNTIL, SEED = ("2A", "2B", "35", "974"), 0.004, "2022-03", 7


@pytest.fixture(scope="session")
def datasets() -> dict[str, Dataset]:
    """What recipes ask: nothing made of versions, or compared with older ones, which are none."""
    return {
        name: dataset
        for name, dataset in read_datasets().items()
        if not dataset.derived and name != SIGNALS
    }


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory, datasets: dict[str, Dataset]) -> Path:
    """The state: extracts landed, marts built."""

    def make(folder: Path) -> None:
        with settings.state_in(folder):
            scale = part_of_country(PLACES, offer=OFFER)
            for source, paths in generate(scale, UNTIL, SEED, settings.extracts()).items():
                reports = land(source, paths)
                assert {report.status for report in reports} == {"atterri"}
        target = str(folder / "dbt")
        completed = subprocess.run(
            [
                *(DBT, "build", "--quiet"),
                *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
                *("--select", *(f"+{dataset}" for dataset in datasets)),
            ],
            cwd=settings.PROJECT,
            env={
                **os.environ,
                "CPF_DATA": str(folder),
                "DBT_TARGET_PATH": target,
                "DBT_LOG_PATH": target,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert completed.returncode == 0, completed.stdout

    return make_once(tmp_path_factory, "cookbook", make)


@pytest.fixture(scope="module")
def published(country: Path, datasets: dict[str, Dataset]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The rows of each dataset, as a table that bears its name and the texts of its columns."""
    with duckdb.connect() as served, settings.state_in(country):
        with warehouse.vault(read_only=True) as vault:
            for name, dataset in datasets.items():
                rows = vault.execute(f"from coffre.marts.{name}").to_arrow_table()
                served.register("lues", rows)
                served.execute(f"create table {name} as from lues")
                served.unregister("lues")
                for column in dataset.colonnes:
                    text = column.description.replace("'", "''")
                    served.execute(f"comment on column {name}.{column.nom} is '{text}'")
        yield served


@pytest.fixture(scope="module")
def truth(country: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What landed."""
    with build_truth(country) as connection:
        yield connection
