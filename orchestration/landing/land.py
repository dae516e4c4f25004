"""Landing files: which function lands which source, and what became of each file.

Belongs here: the registry of sources, idempotence, the extraction date, one report per file. Does
not: reading a format (one module per source) or writing a deposit (``depot``).
"""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from orchestration import settings
from orchestration.landing import historique, views
from orchestration.landing.dates import extraction_date
from orchestration.landing.depot import Depot, LandingError, sha256_of

Progress = Callable[[str], object]
Lander = Callable[[Path, Depot], None]

LANDERS: dict[str, Lander] = {}


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


def land(
    source: str, paths: list[Path], date: dt.date | None = None, progress: Progress | None = None
) -> list[Bilan]:
    """Land files of one source, then expose them in the vault; one refused file stops no other."""
    historique.remove_leftovers(source)
    bilans = []
    for path in paths:
        bilans.append(_land_one(source, path, date))
        if progress:
            progress(_told(bilans[-1]))
    views.expose()
    return bilans


def land_pending(source: str, progress: Progress | None = None) -> list[Bilan]:
    """Land every file of ``$CPF_DATA/extraits/<source>/``, by name; hidden files are ignored."""
    folder = settings.extraits(source)
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return land(source, [path for path in found if _deliverable(path)], progress=progress)


def _deliverable(path: Path) -> bool:
    return (
        path.is_file()
        and not path.name.startswith((".", "~"))
        and path.suffix not in {".tmp", ".part", ".partial", ".crdownload"}
    )


def _land_one(source: str, path: Path, date: dt.date | None) -> Bilan:
    start = time.monotonic()
    try:
        sha256 = _fingerprint(path)
        if historique.landed(source, sha256):
            return Bilan(source, path.name, "deja_atterri", secondes=time.monotonic() - start)
        with Depot(source, path, date or extraction_date(path.name), sha256) as depot:
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
    )


def _fingerprint(path: Path) -> str:
    if not path.is_file():
        raise LandingError(path.name, "fichier introuvable : vérifier le chemin.")
    return sha256_of(path)


def _told(bilan: Bilan) -> str:
    match bilan.statut:
        case "atterri":
            return (
                f"{bilan.fichier} : {bilan.atterris} atterris, {bilan.rejetes} rejetés "
                f"({bilan.secondes:.1f} s)"
            )
        case "deja_atterri":
            return f"{bilan.fichier} : déjà atterri"
        case _:
            return f"refusé : {bilan.erreur}"
