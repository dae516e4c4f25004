"""The deposits that exist: which files have landed, and what a killed landing left behind.

Belongs here: finding, reading and removing deposit folders. Does not: making one (``depot``).
"""

import datetime as dt
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from orchestration import settings
from orchestration.landing import schemas

DRAFT = ".en_cours-"
RECORD = "depot.json"


@dataclass(frozen=True)
class Depose:
    """One deposit, as its ``depot.json`` tells it."""

    directory: Path
    source: str
    fichier: str
    sha256: str
    date_extraction: dt.date
    atterri_le: dt.datetime
    lus: int
    atterris: int
    rejetes: int


def deposits(source: str) -> list[Depose]:
    """Return the deposits of ``source``, oldest first (extraction date, then landing time)."""
    found = [_read(path) for path in settings.atterrissage(source).glob(f"[!.]*/{RECORD}")]
    return sorted(found, key=lambda item: (item.date_extraction, item.atterri_le, item.sha256))


def current(source: str) -> list[Depose]:
    """Return the deposits that the views read: all of a delta, the newest of a snapshot."""
    found = deposits(source)
    return found if source in schemas.DELTAS else found[-1:]


def landed(source: str, sha256: str) -> Path | None:
    """Return the folder where a file of this content has already landed, if any."""
    return next(settings.atterrissage(source).glob(f"[!.]*_{sha256[:16]}"), None)


def remove_leftovers(source: str) -> None:
    """Delete the unfinished folders of landings whose process is dead."""
    for path in settings.atterrissage(source).glob(f"{DRAFT}*"):
        if not _alive(path.name.rpartition("-")[2]):
            shutil.rmtree(path, ignore_errors=True)


def _read(path: Path) -> Depose:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Depose(
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
