"""What a deposit says of itself, ``depot.json``: read, compared with its files, mended."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration import warehouse
from orchestration.files import indented_json, replace_file
from orchestration.landing.intake import schemas

RECORD = "depot.json"
# What may happen to a deposit once it has landed, in its history.
_WITHDRAWN, _RESTORED = "retiré", "repris"


@dataclass(frozen=True)
class DepositRecord:
    """One deposit, as its ``depot.json`` tells it.

    ``registers`` are those that an export of certifications covers.
    ``cleaned``: sha256 of its file each time that lines of forgotten persons had left it;
    ``has_erasures``: whether any of its records were theirs. ``withdrawn``: since when and why it
    is set aside, nothing while it is not.
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
    registers: tuple[str, ...] = schemas.REGISTERS
    withdrawn: "Withdrawal | None" = None


@dataclass(frozen=True)
class Withdrawal:
    """When a deposit was set aside, and why."""

    le: dt.datetime
    raison: str


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
        registers=tuple(content.get("repertoires", schemas.REGISTERS)),
        withdrawn=_withdrawal(content.get("historique", ())),
    )


def _withdrawal(events: Sequence[Mapping[str, str]]) -> Withdrawal | None:
    if not events or events[-1]["evenement"] != _WITHDRAWN:
        return None
    return Withdrawal(dt.datetime.fromisoformat(events[-1]["le"]), events[-1]["raison"])


def note_withdrawn(deposit: DepositRecord, reason: str) -> None:
    """Write in the record of a deposit that it is set aside: nothing reads it any more."""
    _note_event(deposit, _WITHDRAWN, reason)


def note_restored(deposit: DepositRecord, reason: str) -> None:
    """Write in the record of a deposit that it is read again."""
    _note_event(deposit, _RESTORED, reason)


def _note_event(deposit: DepositRecord, event: str, reason: str) -> None:
    content = _content(deposit)
    noted = {"le": dt.datetime.now(dt.UTC).isoformat(), "evenement": event, "raison": reason}
    _replace(deposit, content | {"historique": [*content.get("historique", ()), noted]})


def is_whole(connection: duckdb.DuckDBPyConnection, deposit: DepositRecord) -> bool:
    """Tell whether every value of a deposit can be read, and its rows are those it counts."""
    expected = {**deposit.tables, "rejets": deposit.rejetes}
    try:
        return all(_count(connection, deposit, table) == rows for table, rows in expected.items())
    except duckdb.Error:
        return False


def recount(connection: duckdb.DuckDBPyConnection, deposit: DepositRecord) -> None:
    """Write in the record of a deposit that rows of it were erased, if its files have fewer."""
    rejects = _relation(deposit, "rejets")
    reasons = dict(
        connection.execute(
            f"select motif, count(*) from {rejects} group by all order by all"
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
    # The hash of whole rows: counting alone reads no value.
    row = connection.execute(
        f"select count(hash(rows)) from {_relation(deposit, table)} as rows"
    ).fetchone()
    return int(row[0]) if row else 0


def _relation(deposit: DepositRecord, table: str) -> str:
    return warehouse.relation(deposit.directory / f"{table}.parquet")
