"""SQL on the warehouse for analysts: read-only, on a connection that can reach nothing else."""

import csv
import re
from dataclasses import dataclass
from typing import Any, TextIO

import duckdb

from orchestration import settings
from orchestration.datasets import read_datasets
from orchestration.sql import literal, with_hint

# What a query that adds up says of itself.
_SUM = re.compile(r"\b(?:sum|avg)\s*\(", re.IGNORECASE)
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


@dataclass(frozen=True)
class Entry:
    """A table of the warehouse: the version that it holds, its rows, what it answers."""

    dataset: str
    version: str
    rows: int
    answers: str


def catalogue() -> list[Entry]:
    """Return what the warehouse holds, totals before detail. Raises :class:`QueryError`."""
    declared = read_datasets()
    served = query_warehouse("select jeu, version, lignes from versions order by jeu").rows
    entries = [
        Entry(name, version, rows, declared[name].answers if name in declared else "")
        for name, version, rows in served
    ]
    totals = {name for name, dataset in declared.items() if dataset.totals_of}
    return sorted(entries, key=lambda entry: entry.dataset not in totals)


def cautions(query: str) -> list[str]:
    """Say, in French, what this query may add up wrongly; nothing when it takes care."""
    datasets = read_datasets().values()
    said = []
    for totals in datasets:
        detail = totals.totals_of
        if detail is None:
            continue
        if _names(query, totals.nom):
            if "tableau" not in query:
                said.append(
                    f"{totals.nom} : chaque tableau compte tous les dossiers ; sans "
                    "« where tableau = '…' » ils sont comptés plusieurs fois."
                )
        elif _names(query, detail) and _SUM.search(query):
            said.append(
                f"{detail} : une somme de lignes est un minimum, sauf les dossiers par période ; "
                f"les totaux exacts sont dans {totals.nom}."
            )
    return said


def _names(query: str, table: str) -> bool:
    return re.search(rf"\b{table}\b", query, re.IGNORECASE) is not None


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
        raise QueryError(_unpublished(str(error)) or with_hint(str(error))) from None


def _unpublished(message: str) -> str | None:
    """Say in French that a declared dataset has no version yet; None of any other error."""
    unknown = _UNKNOWN_TABLE.search(message)
    if unknown and unknown[1] in read_datasets():
        return f"{unknown[1]} : aucune version n'a encore été publiée (« cpf status »)."
    return None
