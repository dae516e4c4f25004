"""The folder of a version: data, reports, metadata, manifest and sums, none changed afterwards.

Belongs here: what a version holds. Does not: when it becomes public (``publish``).
"""

import datetime as dt
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.diff.outputs import write_diff
from orchestration.disclosure.gate.disclosure_page import disclosure_files
from orchestration.disclosure.gate.disclosure_report import read_disclosure_report
from orchestration.files import File, checksums, describe, fsync, indented_json, link, sha256, write
from orchestration.metadata.documents import describe_version
from orchestration.metadata.examples import examples
from orchestration.metadata.publisher import read_site
from orchestration.metadata.version_card import VersionCard
from orchestration.quality.report import Report, report_files
from orchestration.registry import final_until
from orchestration.store.versions import (
    CHECKSUMS_FILE,
    MANIFEST,
    Pointer,
    PublicationRefusedError,
    Version,
)

PACKAGE = "cpf-open-data"


def build_manifest(
    dataset: Dataset,
    version: Version,
    published_at: dt.datetime,
    report: Report,
    other_files: tuple[File, ...],
    previous_pointer: Pointer | None,
    examples: Mapping[str, str],
) -> dict[str, Any]:
    """Describe a version. Hashing the previous manifest makes all versions one chain."""
    lignes = report.mesures.lignes
    return {
        "jeu": dataset.nom,
        "version": str(version),
        "titre": dataset.titre,
        "licence": dataset.licence,
        "publie_le": published_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seuil": dataset.seuil,
        "plan": [list(step) for step in dataset.plan],
        "definitif_jusqu_au": final_until(
            dataset,
            max(
                (
                    source_extract.date_extraction
                    for source_extract in report.extraits
                    if source_extract.source == "dossiers"
                ),
                default=None,
            ),
        ),
        "fichiers": [
            *(asdict(file) | {"lignes": lignes} for file in report.fichiers),
            *(asdict(file) for file in other_files),
        ],
        "filiere": list(report.filiere),
        "extraits": [asdict(extract) for extract in report.extraits],
        "mesures": asdict(report.mesures),
        "exemples": dict(examples),
        "controle": {
            "controle_le": report.controle_le,
            "regles": len(report.resultats),
            "reussies": sum(result.success for result in report.resultats),
            "alertes": [result.regle for result in report.failures],
            "reference": report.reference,
        },
        "code": code(),
        "manifeste_dbt_sha256": _dbt(),
        "version_precedente": previous_pointer
        and {
            "version": previous_pointer.version,
            "manifest_sha256": previous_pointer.manifest_sha256,
        },
    }


def code() -> dict[str, Any]:
    """Return the commit and whether files changed since; without git, the package's version."""
    commit = _git("rev-parse", "HEAD")
    if commit:
        return {"commit": commit, "modifie": bool(_git("status", "--porcelain"))}
    return {"version": metadata.version(PACKAGE)}


def _git(*arguments: str) -> str:
    try:
        completed = subprocess.run(
            ["git", "-C", str(settings.PROJECT), *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return ""
    return completed.stdout.strip() if completed.returncode == 0 else ""


def _dbt() -> str | None:
    path = settings.dbt_target() / "target" / "manifest.json"
    return sha256(path) if path.exists() else None


def build(
    draft: Path,
    dataset: Dataset,
    report: Report,
    version: Version,
    now: dt.datetime,
    pointer: Pointer | None,
) -> dict[str, Any]:
    """Write in ``draft`` all that ``version`` holds; return its manifest.

    Raises :class:`PublicationRefusedError` when a data file is no longer what was controlled.
    """
    draft.mkdir()
    source = settings.candidates(dataset.nom)
    with ThreadPoolExecutor() as hashing:
        list(hashing.map(lambda file: _take_over(source / file.nom, draft, file), report.fichiers))
    reports = report_files(report, str(version))
    secret = read_disclosure_report(dataset)
    if secret:
        reports |= disclosure_files(secret, str(version))
    for name, content in reports.items():
        write(draft / name, content)
    previous_version = pointer.version if pointer else None
    changes = write_diff(draft, dataset, str(version), previous_version, report.mesures.lignes)
    card = VersionCard(
        dataset=dataset,
        site=read_site(),
        version=str(version),
        publie_le=now,
        previous_version=previous_version,
        data_files=report.fichiers,
        reports=tuple(describe(draft / name) for name in (*reports, *changes)),
        mesures=report.mesures,
        extraits=report.extraits,
        examples=examples(draft / f"{dataset.nom}.parquet"),
    )
    documents = describe_version(card)
    for name, content in documents.items():
        write(draft / name, content)
    other_files = (*card.reports, *(describe(draft / name) for name in documents))
    manifest = build_manifest(dataset, version, now, report, other_files, pointer, card.examples)
    write(draft / MANIFEST, indented_json(manifest))
    known = {file.nom: file.sha256 for file in (*report.fichiers, *other_files)}
    write(draft / CHECKSUMS_FILE, checksums(known | {MANIFEST: sha256(draft / MANIFEST)}))
    for path in draft.iterdir():
        path.chmod(0o444)
    fsync(draft)
    return manifest


def _take_over(source: Path, draft: Path, expected: File) -> None:
    """Take a data file by a hard link (a candidate is never rewritten in place) and check it."""
    target = draft / source.name
    if not source.exists():
        raise PublicationRefusedError(f"{source} a disparu depuis le contrôle.")
    link(source, target)
    if sha256(target) != expected.sha256:
        raise PublicationRefusedError(f"{source} a changé depuis le contrôle.")
