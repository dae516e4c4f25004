"""The deposits that exist: which files have landed, and what a killed landing left behind.

Belongs here: finding, reading and removing deposit folders. Does not: making one (``deposit``).
"""

import datetime as dt
import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from orchestration import settings
from orchestration.landing import schemas


@dataclass(frozen=True)
class SourceTotals:
    """Records read, landed and rejected over all deposits of one source."""

    source: str
    deliveries: int
    lus: int
    atterris: int
    rejetes: int
    rejects_by_reason: dict[str, int]


def totals(source: str) -> SourceTotals:
    """Add up the deposits of ``conditions``; zeros when nothing has landed."""
    deposits = [
        json.loads(path.read_text())
        for path in sorted(settings.landing(source).glob("[!.]*/depot.json"))
    ]
    reasons: Counter[str] = Counter()
    for deposit in deposits:
        reasons.update(deposit["rejets_par_motif"])
    return SourceTotals(
        source=source,
        deliveries=len(deposits),
        lus=sum(deposit["lus"] for deposit in deposits),
        atterris=sum(deposit["atterris"] for deposit in deposits),
        rejetes=sum(deposit["rejetes"] for deposit in deposits),
        rejects_by_reason=dict(reasons),
    )


DRAFT = ".en_cours-"
RECORD = "depot.json"


@dataclass(frozen=True)
class DepositRecord:
    """One deposit, as its ``deposit.json`` tells it."""

    directory: Path
    source: str
    fichier: str
    sha256: str
    date_extraction: dt.date
    atterri_le: dt.datetime
    lus: int
    atterris: int
    rejetes: int


def deposits(source: str) -> list[DepositRecord]:
    """Return the deposits of ``conditions``, oldest first (extraction date, then landing time)."""
    records = [_read(path) for path in settings.landing(source).glob(f"[!.]*/{RECORD}")]
    return sorted(
        records, key=lambda deposit: (deposit.date_extraction, deposit.atterri_le, deposit.sha256)
    )


def current(source: str) -> list[DepositRecord]:
    """Return the deposits that the views read: all of a delta, the newest of a snapshot."""
    records = deposits(source)
    return records if source in schemas.DELTAS else records[-1:]


def landed(source: str, sha256: str) -> Path | None:
    """Return the folder where a file of this content has already landed, if any."""
    return next(settings.landing(source).glob(f"[!.]*_{sha256[:16]}"), None)


def remove_leftovers(source: str) -> None:
    """Delete the unfinished folders of landings whose process is dead."""
    for path in settings.landing(source).glob(f"{DRAFT}*"):
        if not _alive(path.name.rpartition("-")[2]):
            shutil.rmtree(path, ignore_errors=True)


def _read(path: Path) -> DepositRecord:
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
    )


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    return True
