"""Landing files: which function lands which source, and what became of each file.

Belongs here: the registry of sources, idempotence, one report per file. Does not: reading a format
(one module per source) or writing a deposit (``depot``).
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from orchestration import settings, warehouse
from orchestration.landing import historique, schemas, views
from orchestration.landing.certifications import land_certifications
from orchestration.landing.depot import Depot, LandingError, sha256_of
from orchestration.landing.dossiers import land_dossiers
from orchestration.landing.edof import land_edof
from orchestration.landing.financements import land_financements
from orchestration.landing.organismes import land_organismes
from orchestration.landing.portail import land_portail

Progress = Callable[[str], object]
Lander = Callable[[Path, Depot], None]

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
class Bilan:
    """What became of one file: ``atterri``, ``deja_atterri`` or ``refuse`` (then ``erreur``)."""

    source: str
    fichier: str
    statut: str
    lus: int = 0
    atterris: int = 0
    rejetes: int = 0
    rejets_par_motif: dict[str, int] = field(default_factory=dict)
    octets: int = 0
    secondes: float = 0.0
    erreur: str | None = None
    date: dt.date | None = None
    avertissements: tuple[str, ...] = ()


def land(
    source: str,
    paths: Sequence[Path],
    date: dt.date | None = None,
    progress: Progress | None = None,
) -> list[Bilan]:
    """Land files of one source, then expose them in the vault; return one report per file.

    A refused file stops no other. ``date`` is the extraction date of all of them, when it is not
    the one of their names. ``progress`` is told one line per file, from the calling thread.
    """
    historique.remove_leftovers(source)
    at_once = min(MAX_FILES_AT_ONCE, settings.threads()) if source in schemas.DELTAS else 1
    locks: dict[str, threading.Lock] = {}
    bilans = []
    with warehouse.connect() as engine, ThreadPoolExecutor(at_once) as pool:
        for bilan in pool.map(partial(_land_one, engine, source, date, locks), paths):
            bilans.append(bilan)
            if progress:
                progress(_told(bilan))
    views.expose()
    return bilans


def land_pending(source: str, progress: Progress | None = None) -> list[Bilan]:
    """Land every file of ``$CPF_DATA/extraits/<source>/``, by name; hidden files are ignored."""
    folder = settings.extraits(source)
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return land(source, [path for path in found if _deliverable(path)], progress=progress)


def _deliverable(path: Path) -> bool:
    return path.is_file() and not path.name.startswith((".", "~")) and path.suffix not in _TEMPORARY


def _land_one(
    engine: duckdb.DuckDBPyConnection,
    source: str,
    date: dt.date | None,
    locks: dict[str, threading.Lock],
    path: Path,
) -> Bilan:
    start = time.monotonic()
    try:
        sha256 = _fingerprint(path)
        # The same content given twice in one call lands once: the second waits, then sees it.
        with locks.setdefault(sha256, threading.Lock()):
            if historique.landed(source, sha256):
                return Bilan(source, path.name, "deja_atterri", secondes=time.monotonic() - start)
            with Depot(source, path, date, sha256, engine) as depot:
                LANDERS[source](path, depot)
    except LandingError as error:
        return Bilan(
            source, path.name, "refuse", secondes=time.monotonic() - start, erreur=str(error)
        )
    return Bilan(
        source,
        path.name,
        "atterri",
        depot.lus,
        depot.atterris,
        depot.rejetes,
        depot.rejets_par_motif,
        path.stat().st_size,
        time.monotonic() - start,
        date=depot.lineage.date_extraction,
        avertissements=tuple(depot.avertissements),
    )


def _fingerprint(path: Path) -> str:
    if not path.is_file():
        raise LandingError(path.name, "fichier introuvable : vérifier le chemin.")
    return sha256_of(path)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"


def _told(bilan: Bilan) -> str:
    match bilan.statut:
        case "atterri":
            remarks = "".join(f" Attention : {text}" for text in bilan.avertissements)
            return (
                f"{bilan.fichier} : {_counted(bilan.atterris, 'atterri')}, "
                f"{_counted(bilan.rejetes, 'rejeté')} ({bilan.secondes:.1f} s).{remarks}"
            )
        case "deja_atterri":
            return f"{bilan.fichier} : déjà atterri."
        case _:
            return f"Refusé : {bilan.erreur}"
