"""Leaks of the difference of the two datasets: of fewer persons, or contributors, than the threshold."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.factories.two_datasets import MONTH, Waiting

FEW, ENOUGH = range(1, 11), 14


@dataclass(frozen=True)
class Difference:
    """What both datasets tell, of a month, of persons whom one counts; the rule that refuses it."""

    kind: str
    persons: Waiting
    rule: str = ""
    month: str = MONTH


@contextmanager
def marts_of(difference: Difference) -> Iterator[duckdb.DuckDBPyConnection]:
    """Make the vault, and the totals that both datasets publish."""
    with memory_vault(difference.scenario) as connection:
        connection.execute("create schema coffre.marts")
        connection.execute(
            f"create table coffre.marts.{PURCHASES} as {totals_query(difference.hidden)}"
        )
        connection.execute(f"create table coffre.marts.{USERS} as {totals_query()} where est_entre")
        yield connection


def sound_differences() -> Iterator[Difference]:
    """Yield what may be published."""
    yield Difference("the same persons", Waiting(0))
    yield Difference("enough persons", Waiting(ENOUGH))
    yield Difference("enough contributors", Waiting(ENOUGH, ENOUGH))
    yield Difference("an amount of a few that is not told", Waiting(ENOUGH, 3, told=False))
