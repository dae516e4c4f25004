"""SQL on the warehouse for analysts: read-only, on a connection that can reach nothing else."""

import csv
import re
from dataclasses import dataclass
from typing import Any, TextIO

import duckdb

from orchestration import settings
from orchestration.datasets import read_datasets
from orchestration.sql import literal

_UNKNOWN_TABLE = re.compile(r"Table with name (\w+) does not exist")


class QueryError(RuntimeError):
    """The query cannot be answered; the message says why, in French where it is ours."""


@dataclass(frozen=True)
class Answer:
    """Rows of a query, with the names of their columns."""

    columns: list[str]
    rows: list[tuple[Any, ...]]

    def to_csv(self, file: TextIO) -> None:
        """Write ``;`` CSV with a header; empty cell = null."""
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)


def query_warehouse(query: str) -> Answer:
    """Run ``query`` on the warehouse. Raises :class:`QueryError`."""
    path = settings.warehouse_path()
    if not path.exists():
        raise QueryError("rien n'a encore été publié : lancer « make run » ou « cpf run ».")
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(path)} as entrepot (read_only)")
            connection.execute("use entrepot")
            connection.execute("set enable_external_access = false")
            result = connection.execute(query)
            return Answer([column[0] for column in result.description or []], result.fetchall())
    except duckdb.Error as error:
        raise QueryError(_unpublished(str(error)) or str(error)) from None


def _unpublished(message: str) -> str | None:
    """Say in French that a declared dataset has no version yet; None of any other error."""
    unknown = _UNKNOWN_TABLE.search(message)
    if unknown and unknown[1] in read_datasets():
        return f"{unknown[1]} : aucune version n'a encore été publiée (« cpf status »)."
    return None
