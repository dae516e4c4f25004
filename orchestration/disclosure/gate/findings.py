"""The words of the control of the secret: what was checked, on how many things, how many fail.

Belongs here: the form of a finding, shared by all the checks. Does not: any check.
"""

from dataclasses import dataclass
from typing import Any

import duckdb


@dataclass(frozen=True)
class Finding:
    """One rule: how many things were ``examines`` and how many break it. Never which person."""

    regle: str
    libelle: str
    examines: int
    anomalies: int

    @property
    def success(self) -> bool:
        """True when nothing breaks the rule."""
        return not self.anomalies


def judge(connection: duckdb.DuckDBPyConnection, regle: str, libelle: str, query: str) -> Finding:
    """Judge by a query of one row: things examined, things that break the rule."""
    examined, broken = fetch_row(connection, query)
    return Finding(regle, libelle, int(examined or 0), int(broken or 0))


def fetch_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """Return the one row of a query."""
    return connection.execute(query).fetchall()[0]
