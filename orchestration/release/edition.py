"""The folder of a version: data, reports, metadata, manifest and sums, none changed afterwards."""

import datetime as dt
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from orchestration import keys, settings
from orchestration.candidates.deliveries import Supply
from orchestration.candidates.origin import statement
from orchestration.datasets import Dataset
from orchestration.diff.outputs import write_diff
from orchestration.disclosure.gate.disclosure_page import disclosure_files
from orchestration.disclosure.gate.disclosure_report import read_disclosure_report
from orchestration.disclosure.gate.totals_report import read_totals_report, totals_files
from orchestration.files import (
    File,
    checksums,
    describe,
    fsync,
    indented_json,
    link,
    public_folder,
    sha256,
    write,
)
from orchestration.metadata.documents import describe_version
from orchestration.metadata.examples import examples
from orchestration.metadata.version_card import VersionCard, read_site
from orchestration.quality.report import Report, report_files
from orchestration.registry import final_until
from orchestration.store.signatures import public_pem
from orchestration.store.versions import (
    CHECKSUMS_FILE,
    MANIFEST,
    Pointer,
    PublicationRefusedError,
)

PACKAGE = "cpf-open-data"


def build(
    draft: Path,
    dataset: Dataset,
    report: Report,
    version: str,
    now: dt.datetime,
    pointer: Pointer | None,
) -> dict[str, Any]:
    """Write in ``draft`` all that ``version`` holds; return its manifest.

    Raises :class:`PublicationRefusedError` when a data file is no longer what was controlled.
    """
    public_folder(draft)
    _take_data(settings.candidates(dataset.nom), draft, report.fichiers)
    previous = pointer.version if pointer else None
    reports = _write_reports(draft, dataset, report, version)
    changes = write_diff(draft, dataset, version, previous, report.mesures.lignes)
    card = VersionCard(
        dataset=dataset,
        site=read_site(),
        version=version,
        publie_le=now,
        previous_version=previous,
        data_files=report.fichiers,
        reports=tuple(describe(draft / name) for name in (*reports, *changes)),
        mesures=report.mesures,
        extraits=report.extraits,
        examples=examples(draft / f"{dataset.nom}.parquet"),
    )
    documents = _write_all(draft, describe_version(card))
    other_files = (*card.reports, *(describe(draft / name) for name in documents))
    manifest = _manifest(card, report, other_files, pointer)
    write(draft / MANIFEST, indented_json(manifest))
    known = {file.nom: file.sha256 for file in (*report.fichiers, *other_files)}
    write(draft / CHECKSUMS_FILE, checksums(known | {MANIFEST: sha256(draft / MANIFEST)}))
    for path in draft.iterdir():
        path.chmod(0o444)
    fsync(draft)
    return manifest


def _take_data(source: Path, draft: Path, files: tuple[File, ...]) -> None:
    with ThreadPoolExecutor() as hashing:
        list(hashing.map(lambda file: _take_over(source / file.nom, draft, file), files))


def _take_over(source: Path, draft: Path, expected: File) -> None:
    """Take a data file by a hard link (a candidate is never rewritten in place) and check it."""
    target = draft / source.name
    if not source.exists():
        raise PublicationRefusedError(f"{source} a disparu depuis le contrôle.")
    link(source, target)
    if sha256(target) != expected.sha256:
        raise PublicationRefusedError(f"{source} a changé depuis le contrôle.")


def _write_reports(draft: Path, dataset: Dataset, report: Report, version: str) -> tuple[str, ...]:
    files = report_files(report, version)
    if dataset.totals_of and (totals := read_totals_report(dataset)):
        files |= totals_files(totals, version)
    elif dataset.seuil and (disclosure := read_disclosure_report(dataset)):
        files |= disclosure_files(disclosure, version)
    return _write_all(draft, files)


def _write_all(draft: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Write files by their names; return these."""
    for name, content in files.items():
        write(draft / name, content)
    return tuple(files)


def _manifest(
    card: VersionCard,
    report: Report,
    other_files: tuple[File, ...],
    previous: Pointer | None,
) -> dict[str, Any]:
    """Describe a version. Hashing the previous manifest makes all versions one chain."""
    dataset, lignes = card.dataset, report.mesures.lignes
    dossiers = [item.date_extraction for item in report.extraits if item.source == "dossiers"]
    return {
        "jeu": dataset.nom,
        "version": card.version,
        "titre": dataset.titre,
        "licence": dataset.licence,
        "publie_le": card.timestamp,
        "seuil": dataset.seuil,
        "plan": [list(step) for step in dataset.plan],
        "definitif_jusqu_au": final_until(dataset, max(dossiers, default=None)),
        "fichiers": [
            *(asdict(file) | {"lignes": lignes} for file in report.fichiers),
            *(asdict(file) for file in other_files),
        ],
        "filiere": list(report.filiere),
        **_origin(dataset, report),
        "extraits": [asdict(extract) for extract in report.extraits],
        "mesures": asdict(report.mesures),
        "exemples": dict(card.examples),
        "controle": {
            "controle_le": report.controle_le,
            "regles": len(report.resultats),
            "reussies": sum(result.success for result in report.resultats),
            "alertes": [result.regle for result in report.failures],
            "reference": report.reference,
        },
        "code": _code(),
        "manifeste_dbt_sha256": _dbt_manifest(),
        "cle_publique": public_pem(keys.signing_key().public_key()).decode(),
        "version_precedente": previous
        and {"version": previous.version, "manifest_sha256": previous.manifest_sha256},
    }


def _origin(dataset: Dataset, report: Report) -> dict[str, Any]:
    """Say that rows are the publisher's own, of which date, and that no control was added."""
    if dataset.origin is None:
        return {}
    fed = Supply(report.filiere, (), report.extraits)
    return {
        "origine": dataset.origin,
        "date_producteur": fed.latest_date and fed.latest_date.isoformat(),
        "mention": statement(fed),
    }


def _code() -> dict[str, Any]:
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


def _dbt_manifest() -> str | None:
    path = settings.dbt_target() / "target" / "manifest.json"
    return sha256(path) if path.exists() else None
