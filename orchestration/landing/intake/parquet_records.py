"""The relation ``textes`` of a list exported as Parquet: the texts that a CSV would have."""

import csv
import io
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.landing.intake.column_rules import Table
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.header import SEPARATOR, Header, read_header
from orchestration.landing.intake.rejects import LandingError
from orchestration.sql import identifier, literal


def read_parquet(table: Table, path: Path, deposit: Deposit, header: Header | None = None) -> int:
    """Make the table ``textes`` of a file, as ``read_records`` does of a CSV; count its records.

    The line of a record is its rank, its content what it holds in JSON. Raises
    :class:`LandingError` when the file cannot be read.
    """
    try:
        names = pq.read_schema(path).names
        header = header or read_header(
            path.name,
            _line(names),
            table.required_columns,
            table.optional_columns,
            table.renamed_columns,
            unknown=deposit.warn,
            unread=table.unread_columns,
        )
        texts = ", ".join(
            f"nullif(trim({identifier(names[header.positions[name]])}::varchar), '') as {name}"
            if name in header.positions
            else f"null::varchar as {name}"
            for name in table.columns
        )
        connection = deposit.connection
        connection.execute(
            f"""
            create temp table textes as
            select
                file_row_number + 1 as num,
                num as ligne,
                to_json(lignes)::varchar as contenu,
                null::varchar as anomalie,
                {texts}
            from read_parquet({literal(path)}, file_row_number = true) as lignes
            """
        )
        row = connection.execute("select count(*) from textes").fetchone()
    except (duckdb.Error, pa.ArrowException, OSError):
        raise LandingError(
            path.name, "Parquet illisible ou tronqué : le télécharger de nouveau."
        ) from None
    return int(row[0]) if row else 0


def _line(names: list[str]) -> str:
    target = io.StringIO()
    csv.writer(target, delimiter=SEPARATOR, lineterminator="").writerow(names)
    return target.getvalue()
