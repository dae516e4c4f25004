"""What the vault shows of the landing: one view per landed table, and the table ``depots``.

Belongs here: (re)creating them in one transaction, so that a killed process leaves a readable
vault. Does not: landing, or any transformation (dbt's staging reads these views).
"""

import datetime as dt

import duckdb

from orchestration import warehouse
from orchestration.landing import history, schemas
from orchestration.sql import literal

_DEPOSITS = (
    "source varchar, fichier varchar, sha256 varchar, date_extraction date, atterri_le timestamp, "
    "lus bigint, atterris bigint, rejetes bigint, courant boolean"
)


def expose() -> None:
    """Show the newest deposit of each snapshot and all deposits of each delta, typed.

    A table of which nothing has landed is there, empty. Deposits are named one by one: a folder
    being written, or landed after this call, is not read.
    """
    with warehouse.vault() as connection:
        connection.execute("begin")
        connection.execute("create schema if not exists coffre.atterrissage")
        for source, tables in schemas.SOURCES.items():
            current = history.current(source)
            for table in tables:
                _expose_table(connection, source, table, current)
        _expose_deposits(connection)
        connection.execute("commit")


def _expose_table(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    table: str,
    current: list[history.DepositRecord],
) -> None:
    kinds = schemas.columns(source, table)
    if current:
        files = ", ".join(
            f"{literal(deposit.directory / f'{table}.parquet')}" for deposit in current
        )
        options = (
            f", encryption_config = {{footer_key: '{warehouse.PARQUET_KEY}'}}"
            if source in schemas.PERSONAL
            else ""
        )
        query = f"select {', '.join(kinds)} from read_parquet([{files}]{options})"
    else:
        nulls = ", ".join(f"null::{kind} as {name}" for name, kind in kinds.items())
        query = f"select {nulls} limit 0"
    name = schemas.view_name(source, table)
    connection.execute(f"create or replace view coffre.atterrissage.{name} as {query}")


def _expose_deposits(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"create or replace table coffre.atterrissage.depots ({_DEPOSITS})")
    for source in schemas.SOURCES:
        current = {deposit.sha256 for deposit in history.current(source)}
        for deposit in history.deposits(source):
            connection.execute(
                "insert into coffre.atterrissage.depots values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    source,
                    deposit.fichier,
                    deposit.sha256,
                    deposit.date_extraction,
                    deposit.atterri_le.astimezone(dt.UTC).replace(tzinfo=None),
                    deposit.lus,
                    deposit.atterris,
                    deposit.rejetes,
                    deposit.sha256 in current,
                ],
            )
