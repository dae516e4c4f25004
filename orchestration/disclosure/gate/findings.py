"""A finding, and the SQL files of the gate: what a rule found, what a table or a figure holds.

``sql/rules`` judges (one row: things examined, things that break the rule), ``sql/tables`` makes
temporary tables, ``sql/queries`` answers, ``sql/totaux`` does all three for exact totals; a file
bears the name of what it makes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.disclosure.gate.outcomes import Finding

_SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Evidence:
    """A connection, and what the SQL files call a dataset's tables, columns and rules."""

    connection: duckdb.DuckDBPyConnection
    names: Mapping[str, Any]

    def judge(self, regle: str, libelle: str, folder: str = "rules", **names: Any) -> Finding:
        """Judge by the rule of this name."""
        examined, broken = self._run(f"{folder}/{regle}", names).fetchall()[0]
        return Finding(regle, libelle, int(examined or 0), int(broken or 0))

    def make(self, table: str, source: str | None = None, **names: Any) -> None:
        """Make a temporary table by the file of its name, or by ``source``."""
        query = self._render(source or f"tables/{table}", names)
        self.connection.execute(f"create or replace temp table {table} as {query}")

    def rows(self, query: str, folder: str = "queries", **names: Any) -> list[dict[str, Any]]:
        """Return the rows of a query, by column."""
        cursor = self._run(f"{folder}/{query}", names)
        columns = [column[0] for column in cursor.description or []]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def value(self, query: str, folder: str = "queries", **names: Any) -> Any:
        """Return the one value of a query."""
        return self._run(f"{folder}/{query}", names).fetchall()[0][0]

    def columns(
        self, query: str, folder: str = "queries", **names: Any
    ) -> dict[str, npt.NDArray[np.generic]]:
        """Return the columns, without nulls, of a query as arrays."""
        arrays = self._run(f"{folder}/{query}", names).fetchnumpy()
        return {name: np.asarray(values) for name, values in arrays.items()}

    def _run(self, path: str, names: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(self._render(path, names))

    def _render(self, path: str, names: Mapping[str, Any]) -> str:
        return _templates().get_template(f"{path}.sql").render({**self.names, **names})


@cache
def _templates() -> Environment:
    # Nothing is escaped: every name is ours, from the declaration of a dataset.
    return Environment(
        loader=FileSystemLoader(_SQL),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        extensions=["jinja2.ext.do"],
    )
