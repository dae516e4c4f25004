"""The deposits that exist: read, added up, and shown by the vault.

The vault has one view per landed table, which dbt's staging reads, and the table ``depots``.
"""

import datetime as dt
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration import settings, warehouse
from orchestration.landing.intake import schemas
from orchestration.landing.intake.deposit_record import RECORD, DepositRecord, read_record
from orchestration.sql import literal

DRAFT = ".en_cours-"


@dataclass(frozen=True)
class SourceTotals:
    """Records read, landed and rejected over all deposits of one source."""

    deliveries: int
    lus: int
    atterris: int
    rejetes: int
    rejects_by_reason: Mapping[str, int]


def deposits(source: str) -> list[DepositRecord]:
    """Return the deposits of a source, oldest first (extraction date, then landing time)."""
    records = [read_record(path) for path in settings.landing(source).glob(f"[!.]*/{RECORD}")]
    return sorted(
        records, key=lambda deposit: (deposit.date_extraction, deposit.atterri_le, deposit.sha256)
    )


def totals(source: str) -> SourceTotals:
    """Add up the deposits of a source; zeros when nothing has landed."""
    records = deposits(source)
    reasons: Counter[str] = Counter()
    for deposit in records:
        reasons.update(deposit.rejects_by_reason)
    return SourceTotals(
        deliveries=len(records),
        lus=sum(deposit.lus for deposit in records),
        atterris=sum(deposit.atterris for deposit in records),
        rejetes=sum(deposit.rejetes for deposit in records),
        rejects_by_reason=reasons,
    )


def has_landed(source: str, sha256: str) -> bool:
    """Tell whether a file of this content has already landed."""
    return deposit_of(source, sha256) is not None


def deposit_of(source: str, sha256: str) -> DepositRecord | None:
    """Return the deposit of a file of this content, or of what was left of it; None: of none."""
    record = next(settings.landing(source).glob(f"[!.]*_{sha256[:16]}/{RECORD}"), None)
    if record:
        return read_record(record)
    if source not in settings.PERSONAL_SOURCES or not settings.forgotten().exists():
        return None
    return next((deposit for deposit in deposits(source) if sha256 in deposit.cleaned), None)


def remove_leftovers(source: str) -> None:
    """Delete the unfinished folders of landings whose process is dead."""
    for path in settings.landing(source).glob(f"{DRAFT}*"):
        if not _alive(path.name.rpartition("-")[2]):
            shutil.rmtree(path, ignore_errors=True)


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    return True


def expose() -> None:
    """Show in the vault the newest deposit of each snapshot and all deposits of each delta, typed.

    A table of which nothing has landed is there, empty. Deposits are named one by one: a folder
    being written, or landed after this call, is not read. One transaction: a killed process leaves
    a readable vault.
    """
    landed = {source: deposits(source) for source in schemas.SOURCES}
    with warehouse.vault() as connection:
        connection.execute("begin")
        connection.execute("create schema if not exists coffre.atterrissage")
        for source, records in landed.items():
            for table in schemas.SOURCES[source]:
                _expose_table(connection, source, table, _current(source, records))
        _expose_deposits(connection, landed)
        connection.execute("commit")


def _current(source: str, records: Sequence[DepositRecord]) -> Sequence[DepositRecord]:
    """Return the deposits that the views read: all of a delta, the newest of a snapshot."""
    return records if source in schemas.DELTAS else records[-1:]


def _expose_table(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    table: str,
    current: Sequence[DepositRecord],
) -> None:
    if current:
        columns = ", ".join(schemas.columns(source, table))
        paths = ", ".join(literal(deposit.directory / f"{table}.parquet") for deposit in current)
        options = f", {warehouse.ENCRYPTED_READ}" if source in settings.PERSONAL_SOURCES else ""
        query = f"select {columns} from read_parquet([{paths}]{options})"
    else:
        query = schemas.no_rows(source, table)
    name = schemas.view_name(source, table)
    connection.execute(f"create or replace view coffre.atterrissage.{name} as {query}")


def _expose_deposits(
    connection: duckdb.DuckDBPyConnection, landed: Mapping[str, Sequence[DepositRecord]]
) -> None:
    connection.execute(
        """
        create or replace table coffre.atterrissage.depots (
            source varchar,
            fichier varchar,
            sha256 varchar,
            date_extraction date,
            atterri_le timestamp,
            lus bigint,
            atterris bigint,
            rejetes bigint,
            courant boolean
        )
        """
    )
    for source, records in landed.items():
        current = {deposit.sha256 for deposit in _current(source, records)}
        for deposit in records:
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
