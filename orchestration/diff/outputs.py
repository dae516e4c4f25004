"""The files of a version that tell what it changed: its change log and, if any, the diff.

Belongs here: which files, and when there is nothing to compare with. Does not: what they say.
"""

from pathlib import Path

import duckdb

from orchestration.datasets import Dataset
from orchestration.diff import changelog
from orchestration.diff.common_schema import ComparedVersion, compared_version
from orchestration.diff.compute import compare
from orchestration.diff.summary import DiffSummary, summarize, write_changes
from orchestration.files import fsync, indented_json, sha256, write
from orchestration.store.versions import HistoryError, read_manifest

CHANGE_LOG = "changements.md"
SUMMARY = "ecarts.json"
DETAIL = "ecarts.parquet"


def write_diff(
    draft: Path, dataset: Dataset, version: str, previous_version: str | None, row_count: int
) -> tuple[str, ...]:
    """Compare the data in ``draft`` with the version before, beside it; return the files' names.

    A version that can no longer be read must not keep the next one from being published: the log
    then says so, and there is no diff.
    """
    parquet = draft / f"{dataset.nom}.parquet"
    if previous_version is None:
        return _write_change_log(draft, changelog.first_version(dataset, version, row_count))
    reason = _tampering(draft.parent, previous_version, parquet.name)
    if reason:
        return _write_change_log(
            draft, changelog.incomparable(dataset, version, previous_version, reason)
        )
    before = compared_version(draft.parent / previous_version, dataset)
    summary = _compare(draft, dataset, before, ComparedVersion(version, parquet, dataset.key))
    write(draft / SUMMARY, indented_json(summary.content()))
    return (DETAIL, SUMMARY, *_write_change_log(draft, changelog.change_log(dataset, summary)))


def _compare(
    draft: Path, dataset: Dataset, before: ComparedVersion, after: ComparedVersion
) -> DiffSummary:
    with compare(before, after) as diff:
        write_changes(diff, draft / DETAIL)
        fsync(draft / DETAIL)
        return summarize(diff, dataset.nom, dataset.totaux)


def _write_change_log(draft: Path, text: str) -> tuple[str, ...]:
    write(draft / CHANGE_LOG, text.encode())
    return (CHANGE_LOG,)


def _tampering(folder: Path, version: str, name: str) -> str | None:
    """Say why a published Parquet may not be compared with; None when it is what was published."""
    path = folder / version / name
    try:
        manifest = read_manifest(folder, version)
        known = {file["nom"]: file["sha256"] for file in manifest["fichiers"]}
    except (HistoryError, KeyError, TypeError):
        return "son manifeste est illisible"
    if not path.is_file() or sha256(path) != known.get(name):
        return "son fichier Parquet n'est plus celui qui a été publié"
    try:
        with duckdb.connect() as connection:
            connection.execute("select 1 from read_parquet(?) limit 0", [str(path)])
    except duckdb.Error:
        return "son fichier Parquet est illisible"
    return None
