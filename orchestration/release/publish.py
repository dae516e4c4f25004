"""Publishing: from a controlled candidate to an immutable version that the pointer names.

Everything is built beside, then two renames: the folder of the version and, last, the pointer.
Killed anywhere, readers have the old version or the new one.
"""

import datetime as dt
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration import registry, settings
from orchestration.candidates.candidate import Candidate, load
from orchestration.datasets import Dataset, read_datasets
from orchestration.disclosure.gate.disclosure_report import disclosure_refusal
from orchestration.disclosure.gate.totals_report import totals_refusal
from orchestration.files import (
    fsync,
    locked,
    private_folder,
    public_folder,
    replace_file,
    sha256,
)
from orchestration.quality.report import Report, read_report
from orchestration.release.edition import build
from orchestration.release.signing import refuse_altered, remember, sign_again, signed_pointer
from orchestration.release.withdraw import finish
from orchestration.store.integrity import version_problems
from orchestration.store.versions import (
    DRAFT_PREFIX,
    MANIFEST,
    POINTER,
    Pointer,
    PublicationRefusedError,
    current_version,
    interrupted_version,
    next_version,
    read_pointer,
)

PUBLISHED = "publie"
UNCHANGED = "inchange"


@dataclass(frozen=True)
class Publication:
    """The current version after :func:`publish`; ``status`` is ``publie`` or ``inchange``."""

    dataset: str
    version: str
    status: str
    lignes: int
    octets: int
    path: Path


def publish(
    dataset: Dataset, candidate: Candidate, report: Report, *, rebase: bool = False
) -> Publication:
    """Publish ``candidate``, or return the current version when its data are the same bytes.

    Rows are published only with totals that may be, too: their candidate must have passed.

    Raises :class:`PublicationRefusedError` when a critical rule failed or when the files are no
    longer those that were controlled, ``HistoryError`` when what is published cannot be trusted.
    """
    _refuse(dataset, candidate, report)
    for totals in _totals_of(dataset):
        _refuse(totals, load(totals), read_report(totals))
    folder = settings.publications(dataset.nom)
    public_folder(folder.parent)
    public_folder(folder)
    private_folder(settings.register())
    with locked(folder):
        clean(dataset.nom)
        refuse_altered(folder)
        finish(folder)
        pointer, manifest = read_pointer(folder), current_version(folder)
        if pointer and manifest and _is_unchanged(folder, pointer, manifest, candidate):
            sign_again(folder)
            registry.complete(dataset, pointer.version)
            return _publication(folder, UNCHANGED, manifest)
        reason = registry.refusal(dataset, rebase=rebase)
        if reason:
            raise PublicationRefusedError(reason)
        manifest = _add_version(folder, dataset, report, pointer)
        registry.record_version(dataset, manifest["version"])
        _move_pointer(folder, manifest)
        registry.prune(dataset)
        return _publication(folder, PUBLISHED, manifest)


def clean(dataset: str) -> list[str]:
    """Remove what killed publications left, and say what it was.

    A version that the pointer never named was never public: it goes, and its number serves again.
    Raises ``HistoryError`` rather than remove anything else (see ``interrupted_version``).
    """
    folder = settings.publications(dataset)
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


def _totals_of(dataset: Dataset) -> list[Dataset]:
    """The totals that the registry of ``dataset`` remembers with its rows."""
    declared = read_datasets().values() if dataset.register else ()
    return [other for other in declared if other.totals_of == dataset.nom]


def _refuse(dataset: Dataset, candidate: Candidate, report: Report) -> None:
    if report.blocking_rules:
        failed = ", ".join(result.regle for result in report.blocking_rules)
        raise PublicationRefusedError(
            f"{dataset.nom} n'est pas publié, règle(s) en échec : {failed}. "
            f"Rapport : {candidate.folder / 'qualite.html'}"
        )
    controlled = (report.jeu, report.fichiers, report.seuil)
    if not report.success or controlled != (dataset.nom, candidate.fichiers, dataset.seuil):
        raise PublicationRefusedError(
            f"{dataset.nom} n'est pas publié : ce candidat n'a pas été contrôlé tel quel."
        )
    refusal = totals_refusal if dataset.totals_of else disclosure_refusal
    reason = refusal(dataset, candidate.fichiers)
    if reason:
        raise PublicationRefusedError(reason)


def _is_unchanged(
    folder: Path, pointer: Pointer, manifest: dict[str, Any], candidate: Candidate
) -> bool:
    published = {file["nom"]: file["sha256"] for file in manifest["fichiers"]}
    same = all(published.get(file.nom) == file.sha256 for file in candidate.fichiers)
    return same and not version_problems(folder / pointer.version, pointer.manifest_sha256)


def _add_version(
    folder: Path, dataset: Dataset, report: Report, pointer: Pointer | None
) -> dict[str, Any]:
    """Build the next version beside, then give it its name; return its manifest."""
    now = dt.datetime.now(dt.UTC)
    version = str(next_version(folder, now))
    draft = folder / f"{DRAFT_PREFIX}{os.getpid()}"
    try:
        manifest = build(draft, dataset, report, version, now, pointer)
    except Exception:
        shutil.rmtree(draft)
        raise
    draft.rename(folder / version)
    fsync(folder)
    return manifest


def _move_pointer(folder: Path, manifest: dict[str, Any]) -> None:
    pointer = signed_pointer(
        folder,
        Pointer(
            version=manifest["version"],
            manifest_sha256=sha256(folder / manifest["version"] / MANIFEST),
            publie_le=manifest["publie_le"],
        ),
    )
    draft = folder / f"{DRAFT_PREFIX}{os.getpid()}.json"
    replace_file(folder / POINTER, pointer.to_json(), draft)
    remember(folder, pointer)


def _publication(folder: Path, status: str, manifest: dict[str, Any]) -> Publication:
    return Publication(
        dataset=folder.name,
        version=manifest["version"],
        status=status,
        lignes=manifest["mesures"]["lignes"],
        octets=sum(file["octets"] for file in manifest["fichiers"]),
        path=folder / manifest["version"],
    )
