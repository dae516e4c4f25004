"""What a deposit says of itself, ``depot.json``: read, compared with its files, mended."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration import settings, warehouse
from orchestration.files import indented_json, replace_file
from orchestration.sql import literal

RECORD = "depot.json"


@dataclass(frozen=True)
class DepositRecord:
    """One deposit, as its ``depot.json`` tells it.

    ``cleaned``: sha256 of its file each time that lines of forgotten persons had left it;
    ``has_erasures``: whether any of its records were theirs.
    """

    directory: Path
    source: str
    fichier: str
    sha256: str
    date_extraction: dt.date
    atterri_le: dt.datetime
    lus: int
    atterris: int
    rejetes: int
    rejects_by_reason: Mapping[str, int]
    tables: Mapping[str, int]
    cleaned: tuple[str, ...] = ()
    has_erasures: bool = False


def read_record(path: Path) -> DepositRecord:
    """Read a ``depot.json``."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return DepositRecord(
        directory=path.parent,
        source=content["source"],
        fichier=content["fichier"],
        sha256=content["sha256"],
        date_extraction=dt.date.fromisoformat(content["date_extraction"]),
        atterri_le=dt.datetime.fromisoformat(content["atterri_le"]),
        lus=content["lus"],
        atterris=content["atterris"],
        rejetes=content["rejetes"],
        rejects_by_reason=content["rejets_par_motif"],
        tables=content["tables"],
        cleaned=tuple(content.get("sha256_expurges", ())),
        has_erasures="effacements" in content or "sha256_expurges" in content,
    )


def is_whole(connection: duckdb.DuckDBPyConnection, deposit: DepositRecord) -> bool:
    """Tell whether every value of a deposit can be read, and its rows are those it counts."""
    expected = {**deposit.tables, "rejets": deposit.rejetes}
    try:
        return all(_count(connection, deposit, table) == rows for table, rows in expected.items())
    except duckdb.Error:
        return False


def recount(connection: duckdb.DuckDBPyConnection, deposit: DepositRecord) -> None:
    """Write in the record of a deposit that rows of it were erased, if its files have fewer."""
    rejects = f"{literal(deposit.directory / 'rejets.parquet')}, {warehouse.ENCRYPTED_READ}"
    reasons = dict(
        connection.execute(
            f"select motif, count(*) from read_parquet({rejects}) group by all order by all"
        ).fetchall()
    )
    tables = {table: _count(connection, deposit, table) for table in deposit.tables}
    landed, rejected = sum(tables.values()), sum(reasons.values())
    if landed + rejected == deposit.lus:
        return
    content = _content(deposit)
    erasure = {
        "le": dt.datetime.now(dt.UTC).isoformat(),
        "enregistrements": deposit.lus - landed - rejected,
    }
    content |= {
        "lus": landed + rejected,
        "atterris": landed,
        "rejetes": rejected,
        "rejets_par_motif": reasons,
        "tables": tables,
        "effacements": [*content.get("effacements", ()), erasure],
    }
    _replace(deposit, content)


def note_cleaned(deposit: DepositRecord, sha256: str) -> None:
    """Write in the record of a deposit what its file has become, so that it is recognised."""
    if sha256 not in deposit.cleaned:
        content = _content(deposit) | {"sha256_expurges": [*deposit.cleaned, sha256]}
        _replace(deposit, content)


def _content(deposit: DepositRecord) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((deposit.directory / RECORD).read_text(encoding="utf-8"))
    return content


def _replace(deposit: DepositRecord, content: dict[str, Any]) -> None:
    record = deposit.directory / RECORD
    replace_file(record, indented_json(content), record.with_name(f".{RECORD}"), 0o600)
    record.chmod(0o400)


def _count(connection: duckdb.DuckDBPyConnection, deposit: DepositRecord, table: str) -> int:
    personal = deposit.source in settings.PERSONAL_SOURCES or table == "rejets"
    path = literal(deposit.directory / f"{table}.parquet")
    options = f", {warehouse.ENCRYPTED_READ}" if personal else ""
    # The hash of whole rows: counting alone reads no value.
    row = connection.execute(
        f"select count(hash(rows)) from read_parquet({path}{options}) as rows"
    ).fetchone()
    return int(row[0]) if row else 0
