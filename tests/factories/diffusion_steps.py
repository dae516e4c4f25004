"""The steps of diffusion: the SQL that dbt writes, and a vault in memory to run one on."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration import settings
from tests.factories.steps import model

DBT = Path(sys.executable).with_name("dbt")
Row = dict[str, Any]


def compile_steps(data: Path, diffusion: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Return the SQL of each step of both datasets, by name of model, as dbt writes it now.

    ``diffusion``: in the place of ``vars.diffusion``.
    """
    target = data / "dbt" / "etapes"
    changed = ["--vars", json.dumps({"diffusion": diffusion})] if diffusion else []
    completed = subprocess.run(
        [DBT, "compile", "--quiet", "--select", "path:models/intermediate/consommation", *changed],
        cwd=settings.PROJECT,
        env={
            **os.environ,
            "CPF_DATA": str(data),
            "DBT_TARGET_PATH": str(target),
            "DBT_LOG_PATH": str(target),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stdout
    folder = target / "compiled" / "cpf_open_data" / "models"
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.rglob("int_*.sql")}


class Vault:
    """A vault in memory, and the steps of one dataset."""

    def __init__(self, sql: Mapping[str, str], dataset: str) -> None:
        self._sql, self._dataset = sql, dataset
        self._connection = duckdb.connect()
        self._connection.execute("attach ':memory:' as coffre")
        for schema in ("intermediate", "staging", "registre"):
            self._connection.execute(f"create schema coffre.{schema}")

    def put(self, step: str, rows: Sequence[Row]) -> None:
        """Give what a step reads: the result of another one."""
        self.put_table(f"intermediate.{model(self._dataset, step)}", rows)

    def put_registry(self, table: str, rows: Sequence[Row]) -> None:
        """Give what a step reads: a table of the registry."""
        self.put_table(f"registre.{self._dataset}__{table}", rows)

    def put_table(self, name: str, rows: Sequence[Row]) -> None:
        """Give a table of the vault; ``rows`` may not be empty."""
        rows_table = pa.Table.from_pylist(list(rows))
        assert rows_table.num_columns
        self._connection.register("donnees", rows_table)
        self._connection.execute(f"create or replace table coffre.{name} as from donnees")

    def run(self, step: str) -> list[Row]:
        """Return the rows that a step makes of what was given."""
        cursor = self._connection.execute(self._sql[model(self._dataset, step)])
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
