"""SQL on the warehouse for analysts: read-only, on a connection that can reach nothing else."""

import csv
from dataclasses import dataclass
from typing import Any, TextIO

import duckdb

from orchestration import settings
from orchestration.sql import literal


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
        raise QueryError("l'entrepôt n'existe pas encore : lancer « make run » ou « cpf run ».")
    try:
        # Attached, not opened: see ``warehouse.finish_killed_writes``.
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(path)} as entrepot (read_only)")
            connection.execute("use entrepot")
            connection.execute("set enable_external_access = false")
            result = connection.execute(query)
            return Answer([column[0] for column in result.description or []], result.fetchall())
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise QueryError("une exécution écrit dans l'entrepôt : réessayer ensuite.") from None
        raise QueryError(str(error)) from None
    except duckdb.Error as error:
        raise QueryError(str(error)) from None
