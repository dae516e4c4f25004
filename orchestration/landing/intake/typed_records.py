"""The relation ``textes`` of a list that a portal has typed: the texts that a CSV would have."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.landing.intake.column_rules import Table
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.header import SEPARATOR, Header, read_header
from orchestration.landing.intake.typed_files import TypedFile, damaged
from orchestration.sql import identifier


def read_typed(
    table: Table, path: Path, typed: TypedFile, deposit: Deposit, header: Header | None = None
) -> int:
    """Make the table ``textes`` of a file, as ``read_records`` does of a CSV; count its records.

    The line of a record is its rank, its content what it holds in JSON. Raises
    :class:`LandingError` when the file cannot be read.
    """
    header = header or read_header(
        path.name,
        _line(typed.names),
        table.required_columns,
        table.optional_columns,
        table.renamed_columns,
        unknown=deposit.warn,
        unread=table.unread_columns,
    )
    texts = ", ".join(
        f"nullif(trim({identifier(typed.names[header.positions[name]])}::varchar), '') as {name}"
        if name in header.positions
        else f"null::varchar as {name}"
        for name in table.columns
    )
    connection = deposit.connection
    try:
        connection.execute(
            f"""
            create temp table textes as
            select
                rang as num,
                rang as ligne,
                to_json(lignes)::varchar as contenu,
                null::varchar as anomalie,
                {texts}
            from {typed.relation} as lignes
            """
        )
        row = connection.execute("select count(*) from textes").fetchone()
    except duckdb.Error:
        raise damaged(path, typed.form) from None
    return int(row[0]) if row else 0


def _line(names: Sequence[str]) -> str:
    target = io.StringIO()
    csv.writer(target, delimiter=SEPARATOR, lineterminator="").writerow(names)
    return target.getvalue()
