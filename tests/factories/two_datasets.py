"""Purchases and users of the same few dossiers, whose totals anybody may subtract."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pandas as pd

from orchestration.datasets import Dataset
from tests.factories.random_dossiers import AMOUNTS, FIRST_DAY, dossiers
from tests.factories.small_versions import deliver, fill_code_lists

MONTH = "2024-05"


@dataclass(frozen=True)
class Waiting:
    """How many persons have not begun their training: the purchases alone count them.

    ``helped``: how many of them a region helps. ``told``: both datasets tell every amount, or none.
    """

    persons: int
    helped: int = 0
    told: bool = True


@contextmanager
def both_published(
    purchases: Dataset, users: Dataset, waiting: Waiting, month: str = MONTH
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a vault of dossiers of ``MONTH``, where the marts of both datasets tell a ``month``."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("attach ':memory:' as coffre")
        connection.execute("create schema coffre.marts")
        fill_code_lists(connection)
        deliver(connection, _dossiers(waiting), FIRST_DAY)
        value = "1.00" if waiting.told else "null::decimal"
        amounts = [c.nom for c in users.colonnes if c.nom.startswith("montant_")]
        figures = ", ".join(f"{value} as {name}" for name in amounts)
        quarter = f"{month[:4]}-T{(int(month[5:]) + 2) // 3}"
        for dataset, period in ((purchases, month), (users, quarter)):
            connection.execute(
                f"create table coffre.marts.{dataset.nom} as "
                f"select '{period}' as {dataset.period}, {figures}"
            )
        yield connection


def _dossiers(waiting: Waiting) -> pd.DataFrame:
    table = dossiers(seed=1, count=80).drop_duplicates("titulaire").reset_index(drop=True)
    day = pd.Timestamp(f"{MONTH}-10")
    table = table.assign(date_validation=day, date_entree=day)
    waits, is_helped = table.index < waiting.persons, table.index < waiting.helped
    table.loc[waits, "date_entree"] = pd.NaT
    table.loc[waits, list(AMOUNTS)] = 0
    table.loc[waits, "montant_titulaire"] = 500_00
    table.loc[is_helped, "montant_region"] = 100_00
    return table.assign(montant_engage=table[list(AMOUNTS)].sum(axis=1))
