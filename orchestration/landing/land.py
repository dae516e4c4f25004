"""Landing files: which function lands which source, once for each content, and what came of it."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from orchestration import settings
from orchestration.files import sha256
from orchestration.landing import raw_files
from orchestration.landing.forgotten.delivered_files import clean, copy_without
from orchestration.landing.forgotten.digests import Forgotten, load, read_forgotten
from orchestration.landing.forgotten.landed_rows import sweep_deposits
from orchestration.landing.intake import history, identifiers, schemas
from orchestration.landing.intake.deposit import Deposit, Lineage, date_of_name
from orchestration.landing.intake.deposit_record import (
    DepositRecord,
    note_restored,
    note_withdrawn,
)
from orchestration.landing.intake.hints import Hints
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.sources.certifications.certifications import land_certifications
from orchestration.landing.sources.dossiers import land_dossiers
from orchestration.landing.sources.edof.edof_catalogue import land_edof
from orchestration.landing.sources.exports import entries, purchases, users
from orchestration.landing.sources.exports.export import land_export
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
    **{
        export.source: partial(land_export, export)
        for export in (purchases.EXPORT, users.EXPORT, entries.EXPORT)
    },
}
# Monthly files are many and small: landing several at once uses the cores better than one query
# at a time does. They share one DuckDB, hence one memory limit.
MAX_FILES_AT_ONCE = 4

_TEMPORARY = frozenset({".tmp", ".part", ".partial", ".crdownload", ".filepart"})


@dataclass(frozen=True)
class LandingReport:
    """What became of one file: ``atterri``, ``repris`` (it had been withdrawn), ``deja_atterri`` or
    ``refuse`` (then ``error``).
    """

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
    *,
    asked: bool = True,
    hints: Hints | None = None,
) -> list[LandingReport]:
    """Land files of one source, then expose them in the vault; return one report per file.

    A refused file stops no other. ``date`` is the extraction date of all of them, when it is not
    the one of their names. ``progress`` gets one line per file, from the calling thread. Only files
    that somebody ``asked`` for take back a deposit that was withdrawn. ``hints``: what is said of
    public exports beside them.
    """
    history.remove_leftovers(source)
    concurrency = min(MAX_FILES_AT_ONCE, settings.threads()) if source in schemas.DELTAS else 1
    locks: dict[str, threading.Lock] = {}
    reports = []
    say = progress or (lambda _line: None)
    for left_open in raw_files.close(source):
        say(left_open)
    known = read_forgotten() if source in settings.PERSONAL_SOURCES else Forgotten()
    with identifiers.engine() as engine, ThreadPoolExecutor(concurrency) as pool:
        one = partial(_land_one, engine, source, date, locks, known, asked, hints or Hints())
        for report in pool.map(one, paths):
            reports.append(report)
            if report.status != "deja_atterri" or report.warnings or asked:
                say(_progress_line(report))
        again = sum(report.status == "deja_atterri" for report in reports)
        if again and not asked:
            say(f"{_counted(again, 'fichier')} déjà {'atterris' if again > 1 else 'atterri'}.")
        _forget_new_dossiers(engine, known)
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
    """Land every file of ``$CPF_DATA/extraits/<source>/``, by name; hidden files are ignored.

    None but public files where only these are read.
    """
    if settings.is_public() and source not in settings.PUBLIC_SOURCES:
        return []
    folder = settings.extracts(source)
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    pending = [path for path in paths if _deliverable(path)]
    return land(source, pending, progress=progress, asked=False)


def _deliverable(path: Path) -> bool:
    return path.is_file() and not path.name.startswith((".", "~")) and path.suffix not in _TEMPORARY


def _land_one(
    engine: duckdb.DuckDBPyConnection,
    source: str,
    date: dt.date | None,
    locks: dict[str, threading.Lock],
    known: Forgotten,
    asked: bool,
    hints: Hints,
    path: Path,
) -> LandingReport:
    start = time.monotonic()
    try:
        digest = _fingerprint(path)
        # The same content given twice in one call lands once: the second waits, then sees it.
        with (
            locks.setdefault(digest, threading.Lock()),
            _cleaned(engine, source, known, path, digest) as (cleaned, removed),
        ):
            if removed:
                digest = sha256(cleaned)
            landed = history.deposit_of(source, digest)
            if landed and not _is_newer(source, landed, path, date):
                status, remarks = _again(source, landed, asked)
                return LandingReport(
                    source,
                    path.name,
                    status,
                    seconds=time.monotonic() - start,
                    date=landed.date_extraction,
                    warnings=remarks,
                )
            with Deposit(source, cleaned, date, digest, engine) as deposit:
                if removed:
                    deposit.warn(f"{removed} enregistrement(s) de personnes oubliées, laissés.")
                deposit.hints = hints
                LANDERS[source](cleaned, deposit)
            if landed and not landed.withdrawn:
                again = f"{deposit.lineage.date_extraction:%d/%m/%Y}"
                note_withdrawn(landed, f"atterri de nouveau, daté du {again}")
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
        warnings=(*deposit.warnings, *_unread(source, deposit.lineage)),
    )


def _is_newer(source: str, landed: DepositRecord, path: Path, date: dt.date | None) -> bool:
    """Tell whether a file that has landed comes again with a newer date.

    A delta adds up whatever its date, and a date in the content is the same as before: there, only
    a date that somebody gives is another one.
    """
    told = source not in schemas.DELTAS | schemas.DATED_BY_CONTENT
    new = date or (date_of_name(path.name) if told else None)
    return new is not None and new > landed.date_extraction


def _again(source: str, landed: DepositRecord, asked: bool) -> tuple[str, tuple[str, ...]]:
    """Say what comes of a file that has landed: nothing, but for one withdrawn and asked for."""
    if not landed.withdrawn:
        return "deja_atterri", ()
    if not asked:
        since = f"{landed.withdrawn.le:%d/%m/%Y}"
        return "deja_atterri", (f"retiré le {since} ; « cpf land {source} » le reprend.",)
    note_restored(landed, "atterri de nouveau")
    return "repris", tuple(_unread(source, landed))


def _unread(source: str, deposit: DepositRecord | Lineage) -> Iterator[str]:
    """Say that a deposit will not be read, when a newer one is current."""
    if source in schemas.DELTAS:
        return
    read = history.current(source)
    if source in schemas.PUBLIC_PERIODS:
        later = [x for x in read if x.date_extraction > deposit.date_extraction]
        if later:
            yield (
                f"plus ancien que {later[-1].fichier}, du {later[-1].date_extraction:%d/%m/%Y} : "
                "n'en seront lues que les périodes que celui-ci n'a pas. Pour qu'il compte, donner "
                "une date plus récente (--date)."
            )
        return
    ours = (deposit.sha256, deposit.date_extraction)
    if ours not in {(x.sha256, x.date_extraction) for x in read}:
        newer = read[-1]
        yield (
            f"plus ancien que la livraison courante ({newer.fichier}, du "
            f"{newer.date_extraction:%d/%m/%Y}) : il ne sera pas lu. Pour qu'il le soit, retirer "
            f"l'autre (cpf land {source} --retirer) ou donner une date plus récente (--date)."
        )


@contextmanager
def _cleaned(
    engine: duckdb.DuckDBPyConnection, source: str, known: Forgotten, path: Path, digest: str
) -> Iterator[tuple[Path, int]]:
    """Give the file to land, without the lines of forgotten persons, and how many they were.

    One that has landed has none, but for who was erased since and is in what comes again.
    """
    deposit = history.deposit_of(source, digest) if known.personnes else None
    erased_since = deposit and deposit.has_erasures and deposit.cleaned[-1:] != (digest,)
    if not known.personnes or (deposit and not erased_since):
        yield path, 0
        return
    with engine.cursor() as connection:
        load(connection, known)
        if raw_files.is_delivered(source, path):
            yield path, clean(connection, source, path)
        elif deposit:
            yield path, 0
        else:
            with copy_without(connection, source, path) as copy:
                yield copy


def _forget_new_dossiers(engine: duckdb.DuckDBPyConnection, known: Forgotten) -> None:
    """Erase the financements that landed of dossiers that only now are known to be forgotten."""
    latest = read_forgotten() if known.personnes else known
    if latest.dossiers != known.dossiers:
        with engine.cursor() as connection:
            load(connection, latest)
            sweep_deposits(connection, "financements")


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
        case "deja_atterri" | "repris":
            remarks = "".join(f" Attention : {text}" for text in report.warnings)
            said = "déjà atterri" if report.status == "deja_atterri" else "repris"
            return f"{report.fichier} : {said}.{remarks}"
        case _:
            return f"Refusé : {report.error}"
