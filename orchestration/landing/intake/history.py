"""The deposits that exist: read, added up, and shown by the vault.

The vault has one view per landed table, which dbt's staging reads, and the table ``depots``.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow.parquet as pq

from orchestration import settings, warehouse
from orchestration.files import remove_of_the_dead
from orchestration.landing.intake import schemas
from orchestration.landing.intake.deposit_record import RECORD, DepositRecord, read_record
from orchestration.sql import literal

DRAFT = ".en_cours-"


@dataclass(frozen=True)
class SourceTotals:
    """Records read, landed and rejected over the deposits of one source that are read."""

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


def current(source: str, records: Sequence[DepositRecord] | None = None) -> list[DepositRecord]:
    """Return the deposits that the views read, oldest first.

    All of a delta and of what is read by periods, the newest of a snapshot, for certifications the
    newest of each register; those that were withdrawn left out, and the older ones of the same
    bytes: a landing killed before it set them aside counts nothing twice.
    """
    records = deposits(source) if records is None else records
    last = {x.sha256: x for x in records if not x.withdrawn}
    live = [x for x in records if last.get(x.sha256) is x]
    if source in schemas.DELTAS | schemas.PUBLIC_PERIODS:
        return live
    newest = {register: deposit for deposit in live for register in deposit.registers}
    return [deposit for deposit in live if deposit in newest.values()]


def totals(source: str) -> SourceTotals:
    """Add up the deposits of a source that are read; zeros when nothing is."""
    records = current(source)
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


def deposit_of(source: str, sha256: str) -> DepositRecord | None:
    """Return the deposit of a file of this content, or of what was left of it; None: of none.

    Of several, the last one that is not withdrawn.
    """
    same = [
        read_record(path) for path in settings.landing(source).glob(f"[!.]*_{sha256[:16]}/{RECORD}")
    ]
    if same:
        return max(same, key=lambda deposit: (not deposit.withdrawn, deposit.date_extraction))
    if source not in settings.PERSONAL_SOURCES or not settings.forgotten().exists():
        return None
    return next((deposit for deposit in deposits(source) if sha256 in deposit.cleaned), None)


def remove_leftovers(source: str) -> None:
    """Delete the unfinished folders of landings whose process is dead."""
    remove_of_the_dead(settings.landing(source).glob(f"{DRAFT}*"))


def expose() -> None:
    """Show in the vault the newest deposit of each snapshot and all deposits of each delta, typed.

    A table of which nothing has landed is there, empty. Deposits are named one by one: a folder
    being written, or landed after this call, is not read; nor is any but a public file where only
    these are. One transaction: a killed process leaves a readable vault.
    """
    shown = settings.PUBLIC_SOURCES if settings.is_public() else schemas.SOURCES
    landed = {source: deposits(source) if source in shown else [] for source in schemas.SOURCES}
    with warehouse.vault() as connection:
        connection.execute("begin")
        connection.execute("create schema if not exists coffre.atterrissage")
        for source, records in landed.items():
            for table in schemas.SOURCES[source]:
                _expose_table(connection, source, table, current(source, records))
        _expose_deposits(connection, landed)
        connection.execute("commit")


def _expose_table(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    table: str,
    read: Sequence[DepositRecord],
) -> None:
    if not read:
        query = schemas.no_rows(source, table)
    elif source in settings.PERSONAL_SOURCES:
        columns = ", ".join(schemas.columns(source, table))
        paths = ", ".join(literal(deposit.directory / f"{table}.parquet") for deposit in read)
        query = f"select {columns} from read_parquet([{paths}], {warehouse.ENCRYPTED_READ})"
    elif source in schemas.PUBLIC_PERIODS:
        query = " union all ".join(
            _rows_of(source, table, deposit, schemas.REGISTERS) for deposit in read
        )
    else:
        newest = {register: deposit for deposit in read for register in deposit.registers}
        query = " union all ".join(
            _rows_of(source, table, deposit, [x for x in newest if newest[x] == deposit])
            for deposit in read
        )
    name = schemas.view_name(source, table)
    connection.execute(f"create or replace view coffre.atterrissage.{name} as {query}")


def _rows_of(source: str, table: str, deposit: DepositRecord, registers: Sequence[str]) -> str:
    """SQL of the rows of a public deposit: those of ``registers``, a column it lacks being null."""
    path = deposit.directory / f"{table}.parquet"
    landed = set(pq.read_schema(path).names)
    columns = ", ".join(
        name if name in landed else f"null::{kind} as {name}"
        for name, kind in schemas.columns(source, table).items()
    )
    query = f"select {columns} from read_parquet({literal(path)})"
    if set(registers) == set(schemas.REGISTERS):
        return query
    theirs = " or ".join(f"starts_with(numero_fiche, {literal(x)})" for x in registers)
    return f"{query} where {theirs}"


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
            courant boolean,
            retire_le timestamp
        )
        """
    )
    for source, records in landed.items():
        read = current(source, records)
        for deposit in records:
            connection.execute(
                "insert into coffre.atterrissage.depots values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    source,
                    deposit.fichier,
                    deposit.sha256,
                    deposit.date_extraction,
                    _naive(deposit.atterri_le),
                    deposit.lus,
                    deposit.atterris,
                    deposit.rejetes,
                    deposit in read,
                    deposit.withdrawn and _naive(deposit.withdrawn.le),
                ],
            )


def _naive(moment: dt.datetime) -> dt.datetime:
    """The vault's moments are in UTC, without saying so."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
