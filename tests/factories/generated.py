"""The generated extracts read back: the deltas in DuckDB, one figure at a time."""

from pathlib import Path

import duckdb

NS = "{https://www.of.moncompteformation.gouv.fr}"


def load(extracts: Path) -> duckdb.DuckDBPyConnection:
    """Tables ``versions`` and ``financements`` as delivered, ``dossiers`` with the newest ones."""
    connection = duckdb.connect()
    for table, source in (("versions", "dossiers"), ("financements", "financements")):
        connection.execute(
            rf"""
            create table {table} as
            select
                * exclude (filename),
                regexp_extract(filename, '(\d{{4}}-\d\d).csv', 1) as livraison
            from read_csv(
                '{extracts}/{source}/*.csv',
                delim = ';',
                header = true,
                quote = '"',
                all_varchar = true,
                filename = true
            )
            """
        )
    connection.execute(
        """
        create table dossiers as
        from versions
        where try_cast(date_validation as date) is not null
        qualify row_number() over (
            partition by id_dossier
            order by date_derniere_modification desc
        ) = 1
        """
    )
    return connection


def scalar(base: duckdb.DuckDBPyConnection, query: str) -> float:
    """The one figure of a query."""
    row = base.execute(query).fetchone()
    assert row is not None
    return float(row[0])
