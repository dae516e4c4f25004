"""Landing files: which function lands which source, once for each content, and what came of it."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from orchestration import settings
from orchestration.files import sha256
from orchestration.landing import raw_files
from orchestration.landing.intake import history, identifiers, schemas
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.sources.certifications import land_certifications
from orchestration.landing.sources.dossiers import land_dossiers
from orchestration.landing.sources.edof.edof_catalogue import land_edof
from orchestration.landing.sources.financements import land_financements
from orchestration.landing.sources.organismes import land_organismes
from orchestration.landing.sources.portail import land_portail

Progress = Callable[[str], object]
Lander = Callable[[Path, Deposit], None]

LANDERS: dict[str, Lander] = {
    "edof": land_edof,
    "dossiers": land_dossiers,
    "financements": land_financements,
    "certifications": land_certifications,
    "organismes": land_organismes,
    "portail": land_portail,
}
# Monthly files are many and small: landing several at once uses the cores better than one query
# at a time does. They share one DuckDB, hence one memory limit.
MAX_FILES_AT_ONCE = 4

_TEMPORARY = frozenset({".tmp", ".part", ".partial", ".crdownload", ".filepart"})


@dataclass(frozen=True)
class LandingReport:
    """What became of one file: ``atterri``, ``deja_atterri`` or ``refuse`` (then ``erreur``)."""

    source: str
    fichier: str
    status: str
    lus: int = 0
    atterris: int = 0
    rejetes: int = 0
    rejects_by_reason: dict[str, int] = field(default_factory=dict)
    octets: int = 0
    seconds: float = 0.0
    error: str | None = None
    date: dt.date | None = None
    warnings: tuple[str, ...] = ()


def land(
    source: str,
    paths: Sequence[Path],
    date: dt.date | None = None,
    progress: Progress | None = None,
) -> list[LandingReport]:
    """Land files of one source, then expose them in the vault; return one report per file.

    A refused file stops no other. ``date`` is the extraction date of all of them, when it is not
    the one of their names. ``progress`` gets one line per file, from the calling thread.
    """
    history.remove_leftovers(source)
    concurrency = min(MAX_FILES_AT_ONCE, settings.threads()) if source in schemas.DELTAS else 1
    locks: dict[str, threading.Lock] = {}
    reports = []
    say = progress or (lambda _line: None)
    for left_open in raw_files.close(source):
        say(left_open)
    with identifiers.engine() as engine, ThreadPoolExecutor(concurrency) as pool:
        for report in pool.map(partial(_land_one, engine, source, date, locks), paths):
            reports.append(report)
            say(_progress_line(report))
        landed = [
            path
            for path, report in zip(paths, reports, strict=True)
            if report.status != "refuse" and raw_files.is_delivered(source, path)
        ]
        for line in raw_files.settle(engine, source, landed):
            say(line)
    history.expose()
    return reports


def land_pending(source: str, progress: Progress | None = None) -> list[LandingReport]:
    """Land every file of ``$CPF_DATA/extraits/<source>/``, by name; hidden files are ignored."""
    folder = settings.extracts(source)
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return land(source, [path for path in paths if _deliverable(path)], progress=progress)


def _deliverable(path: Path) -> bool:
    return path.is_file() and not path.name.startswith((".", "~")) and path.suffix not in _TEMPORARY


def _land_one(
    engine: duckdb.DuckDBPyConnection,
    source: str,
    date: dt.date | None,
    locks: dict[str, threading.Lock],
    path: Path,
) -> LandingReport:
    start = time.monotonic()
    try:
        sha256 = _fingerprint(path)
        # The same content given twice in one call lands once: the second waits, then sees it.
        with locks.setdefault(sha256, threading.Lock()):
            if history.has_landed(source, sha256):
                return LandingReport(
                    source, path.name, "deja_atterri", seconds=time.monotonic() - start
                )
            with Deposit(source, path, date, sha256, engine) as deposit:
                LANDERS[source](path, deposit)
    except LandingError as error:
        return LandingReport(
            source, path.name, "refuse", seconds=time.monotonic() - start, error=str(error)
        )
    return LandingReport(
        source,
        path.name,
        "atterri",
        deposit.lus,
        deposit.atterris,
        deposit.rejetes,
        deposit.rejects_by_reason,
        path.stat().st_size,
        time.monotonic() - start,
        date=deposit.lineage.date_extraction,
        warnings=tuple(deposit.warnings),
    )


def _fingerprint(path: Path) -> str:
    if not path.is_file():
        raise LandingError(path.name, "fichier introuvable : vérifier le chemin.")
    return sha256(path)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"


def _progress_line(report: LandingReport) -> str:
    match report.status:
        case "atterri":
            remarks = "".join(f" Attention : {text}" for text in report.warnings)
            return (
                f"{report.fichier} : {_counted(report.atterris, 'atterri')}, "
                f"{_counted(report.rejetes, 'rejeté')} ({report.seconds:.1f} s).{remarks}"
            )
        case "deja_atterri":
            return f"{report.fichier} : déjà atterri."
        case _:
            return f"Refusé : {report.error}"
