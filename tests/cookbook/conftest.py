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

from orchestration import kept_catalogues, settings, warehouse
from orchestration.datasets import Dataset, read_datasets
from orchestration.generation.generator import generate
from orchestration.generation.scales import part_of_country
from orchestration.landing.land import land
from tests.cookbook.truth import build_truth
from tests.factories.once import make_once
from tests.factories.small_datasets import OFFER as OFFERED

DBT = Path(sys.executable).with_name("dbt")
PLACES, OFFER, UNTIL, SEED = ("2A", "2B", "35", "974"), 0.004, "2022-03", 7


@pytest.fixture(scope="session")
def datasets() -> dict[str, Dataset]:
    """What recipes ask."""
    return read_datasets()


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory, datasets: dict[str, Dataset]) -> Path:
    """The state: extracts landed, marts built."""

    def make(folder: Path) -> None:
        with settings.state_in(folder):
            scale = part_of_country(PLACES, offer=OFFER)
            for source, paths in generate(scale, UNTIL, SEED, settings.extracts()).items():
                reports = land(source, paths)
                assert {report.status for report in reports} == {"atterri"}
        with settings.state_in(folder):
            kept_catalogues.expose()
        _build(folder, *(f"+{name}" for name, x in datasets.items() if not x.derived))
        _show(folder, datasets)
        _build(folder, *(f"+{name}" for name, x in datasets.items() if x.derived))

    return make_once(tmp_path_factory, "cookbook", make)


def _build(folder: Path, *selected: str) -> None:
    target = str(folder / "dbt")
    completed = subprocess.run(
        [
            *(DBT, "build", "--quiet"),
            *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
            *("--select", *selected),
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


def _show(folder: Path, datasets: dict[str, Dataset]) -> None:
    """Show the marts as what was published of them, which what is made of versions reads."""
    base = [name for name, x in datasets.items() if not x.derived]
    with settings.state_in(folder), warehouse.vault() as vault:
        vault.execute("create schema if not exists coffre.publies")
        for name in base:
            vault.execute(f"create view coffre.publies.{name} as from coffre.marts.{name}")
        vault.execute(
            "create view coffre.publies.versions_du_catalogue as "
            f"select 'seule' as version, * from coffre.marts.{OFFERED}"
        )
        vault.execute(
            "create table coffre.publies.versions_lues (jeu varchar, version varchar, "
            "publie_le varchar, dernier_jour date, origine varchar)"
        )
        for name in base:
            vault.execute(
                "insert into coffre.publies.versions_lues "
                "select ?, 'seule', last_day(?::date)::varchar, last_day(?::date), null",
                [name, f"{UNTIL}-01", f"{UNTIL}-01"],
            )


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
