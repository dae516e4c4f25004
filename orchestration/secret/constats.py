"""The words of the control of the secret: what was checked, on how many things, how many fail.

Belongs here: the form of a finding, shared by all the checks. Does not: any check.
"""

from dataclasses import dataclass
from typing import Any

import duckdb


@dataclass(frozen=True)
class Constat:
    """One rule: how many things were ``examines`` and how many break it. Never which person."""

    regle: str
    libelle: str
    examines: int
    anomalies: int

    @property
    def success(self) -> bool:
        """True when nothing breaks the rule."""
        return not self.anomalies


def constater(
    connection: duckdb.DuckDBPyConnection, regle: str, libelle: str, requete: str
) -> Constat:
    """Judge by a query of one row: things examined, things that break the rule."""
    examined, broken = ligne(connection, requete)
    return Constat(regle, libelle, int(examined or 0), int(broken or 0))


def ligne(connection: duckdb.DuckDBPyConnection, requete: str) -> tuple[Any, ...]:
    """Return the one row of a query."""
    return connection.execute(requete).fetchall()[0]
