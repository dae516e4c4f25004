"""Publishing: from a controlled candidate to an immutable version that the pointer names.

Belongs here: the order of writes, and cleaning after a killed run. Does not: judging (``quality``).
Everything is built beside, then two renames: the folder of the version and, last, the pointer.
Killed anywhere, readers have the old version or the new one.
"""

import datetime as dt
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration import registry, settings
from orchestration.candidates.candidate import Candidate
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.disclosure_report import disclosure_refusal
from orchestration.files import fsync, indented_json, locked, replace_file, sha256
from orchestration.quality.report import Report
from orchestration.release.edition import build
from orchestration.release.withdraw import finish
from orchestration.store.integrity import version_problems
from orchestration.store.versions import (
    DRAFT_PREFIX,
    MANIFEST,
    POINTER,
    Pointer,
    PublicationRefusedError,
    Version,
    current_version,
    interrupted_version,
    next_version,
    read_pointer,
)

PUBLISHED = "publie"
UNCHANGED = "inchange"


@dataclass(frozen=True)
class Publication:
    """The current version after :func:`publish`; ``statut`` is ``publie`` or ``inchange``."""

    jeu: str
    version: str
    status: str
    lignes: int
    octets: int
    path: Path


def publish(
    jeu: Dataset, candidate: Candidate, report: Report, *, rebase: bool = False
) -> Publication:
    """Publish ``candidate``, or return the current version when its data are the same bytes.

    Raises :class:`PublicationRefusedError` when a critical rule failed or when the files are no longer those
    that were controlled, ``HistoryError`` when what is published cannot be trusted.
    """
    _refuse(jeu, candidate, report)
    folder = settings.publications(jeu.nom)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        clean(jeu.nom)
        finish(folder)
        pointer, manifest = read_pointer(folder), current_version(folder)
        if pointer and manifest and _is_unchanged(folder, pointer, manifest, candidate):
            registry.complete(jeu, pointer.version)
            return _publication(jeu, pointer.version, UNCHANGED, manifest, folder)
        reason = registry.refusal(jeu, rebase=rebase)
        if reason:
            raise PublicationRefusedError(reason)
        now = dt.datetime.now(dt.UTC)
        version = next_version(folder, now)
        draft = folder / f"{DRAFT_PREFIX}{os.getpid()}"
        try:
            manifest = build(draft, jeu, report, version, now, pointer)
        except Exception:
            shutil.rmtree(draft)
            raise
        draft.rename(folder / str(version))
        fsync(folder)
        registry.record_version(jeu, str(version))
        _move_pointer(folder, version, manifest)
        registry.prune(jeu)
        return _publication(jeu, str(version), PUBLISHED, manifest, folder)


def clean(jeu: str) -> list[str]:
    """Remove what killed publications left, and say what it was.

    A version that the pointer never named was never public: it goes, and its number serves again.
    Raises ``HistoryError`` rather than remove anything else (see ``interrompue``).
    """
    folder = settings.publications(jeu)
    unfinished = interrupted_version(folder)
    if unfinished:
        # Renamed first: were this killed half-way, no broken version would be left behind.
        (folder / str(unfinished)).rename(folder / f"{DRAFT_PREFIX}{unfinished}")
    left = sorted(folder.glob(f"{DRAFT_PREFIX}*"))
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return [path.name for path in left]


def _refuse(jeu: Dataset, candidate: Candidate, report: Report) -> None:
    if report.blocking_rules:
        failed = ", ".join(result.regle for result in report.blocking_rules)
        raise PublicationRefusedError(
            f"{jeu.nom} n'est pas publié, règle(s) en échec : {failed}. "
            f"Rapport : {candidate.folder / 'qualite.html'}"
        )
    controlled = (report.jeu, report.fichiers, report.seuil)
    if not report.success or controlled != (jeu.nom, candidate.fichiers, jeu.seuil):
        raise PublicationRefusedError(
            f"{jeu.nom} n'est pas publié : ce candidat n'a pas été contrôlé tel quel."
        )
    reason = disclosure_refusal(jeu, candidate.fichiers)
    if reason:
        raise PublicationRefusedError(reason)


def _is_unchanged(
    folder: Path, pointer: Pointer, manifest: dict[str, Any], candidate: Candidate
) -> bool:
    published = {file["nom"]: file["sha256"] for file in manifest["fichiers"]}
    same = all(published.get(file.nom) == file.sha256 for file in candidate.fichiers)
    return same and not version_problems(folder / pointer.version, pointer.manifest_sha256)


def _move_pointer(folder: Path, version: Version, manifest: dict[str, Any]) -> None:
    pointer = Pointer(
        version=str(version),
        manifest_sha256=sha256(folder / str(version) / MANIFEST),
        publie_le=manifest["publie_le"],
    )
    draft = folder / f"{DRAFT_PREFIX}{os.getpid()}.json"
    replace_file(folder / POINTER, indented_json(asdict(pointer)), draft)


def _publication(
    jeu: Dataset, version: str, status: str, manifest: dict[str, Any], folder: Path
) -> Publication:
    return Publication(
        jeu=jeu.nom,
        version=version,
        status=status,
        lignes=manifest["mesures"]["lignes"],
        octets=sum(file["octets"] for file in manifest["fichiers"]),
        path=folder / version,
    )
