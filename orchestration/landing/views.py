"""What the vault shows of the landing: one view per landed table, and the table ``depots``.

Belongs here: (re)creating them in one transaction, so that a killed process leaves a readable
vault. Does not: landing, or any transformation (dbt's staging reads these views).
"""

import datetime as dt

import duckdb

from orchestration import warehouse
from orchestration.landing import historique, schemas
from orchestration.landing.rejets import quoted

_DEPOTS = (
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
            current = historique.current(source)
            for table in tables:
                _expose_table(connection, source, table, current)
        _expose_depots(connection)
        connection.execute("commit")


def _expose_table(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    table: str,
    current: list[historique.Depose],
) -> None:
    kinds = schemas.columns(source, table)
    if current:
        files = ", ".join(f"'{quoted(item.directory / f'{table}.parquet')}'" for item in current)
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


def _expose_depots(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"create or replace table coffre.atterrissage.depots ({_DEPOTS})")
    for source in schemas.SOURCES:
        current = {item.sha256 for item in historique.current(source)}
        for item in historique.deposits(source):
            connection.execute(
                "insert into coffre.atterrissage.depots values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    source,
                    item.fichier,
                    item.sha256,
                    item.date_extraction,
                    item.atterri_le.astimezone(dt.UTC).replace(tzinfo=None),
                    item.lus,
                    item.atterris,
                    item.rejetes,
                    item.sha256 in current,
                ],
            )
