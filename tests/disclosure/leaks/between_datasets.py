"""Leaks that the totals of two datasets show: of persons who have bought and not entered yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import duckdb

from tests.factories.safe_partition import THRESHOLD, Population
from tests.factories.scenario import Part, Scenario, part
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.small_vault import memory_vault, totals_query

FINANCERS = ("opco", "region", "employeur", "agefiph")


@dataclass(frozen=True)
class Difference:
    """Dossiers that one dataset counts besides, and the amounts that the other does not tell."""

    kind: str
    scenario: Scenario
    hidden: tuple[str, ...] = ()


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


def sound_differences(population: Population) -> Iterator[Difference]:
    """Let nobody or k persons wait; or few have an amount that is not told."""
    for pending in ([], [part()] * THRESHOLD, [part(50, opco=50)] * THRESHOLD):
        yield _waiting("écart", population, pending)
    few = [part(50, region=50)] * 2 + [part(50, opco=50)] * (THRESHOLD - 2)
    yield _waiting("montants tus", population, few, ("region", "opco"))


def differences(population: Population) -> Iterator[Difference]:
    """Let a few wait; or k, of whom a few had an amount that both tell, or that neither does."""
    for count in range(1, THRESHOLD):
        yield _waiting("ecart_de_trop_peu_de_personnes", population, [part()] * count)
        # A dossier that costs nothing is still counted.
        yield _waiting("ecart_de_trop_peu_de_personnes", population, [part(0)] * count)
        for financer in FINANCERS:
            waiting = [part(50, **{financer: 50})] * count + [part()] * THRESHOLD
            yield _waiting("ecart_d_un_financeur", population, waiting)
            yield _waiting("ecart_du_reste", population, waiting, (financer,))


def _waiting(
    kind: str, population: Population, pending: list[Part], hidden: tuple[str, ...] = ()
) -> Difference:
    return Difference(kind, replace(population.scenario, pending=pending), hidden)
