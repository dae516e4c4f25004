"""The files of a version that tell what it changed: its change log, in French, and the diff.

A version that follows none, or one that can no longer be read, has a change log alone.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from orchestration.datasets import Dataset
from orchestration.diff.common_schema import ComparedVersion, compared_version
from orchestration.diff.compute import compare
from orchestration.diff.summary import DiffSummary, summarize, write_changes
from orchestration.files import fsync, indented_json, sha256, write
from orchestration.html import format_decimal, format_number
from orchestration.store.versions import HistoryError, read_manifest

CHANGE_LOG = "changements.md"
SUMMARY = "ecarts.json"
DETAIL = "ecarts.parquet"
_LABELS = {"ajoutee": "ajoutée", "retiree": "retirée", "type": "type changé"}


def write_diff(
    draft: Path, dataset: Dataset, version: str, previous_version: str | None, row_count: int
) -> tuple[str, ...]:
    """Compare the data in ``draft`` with the version before, beside it; return the files' names.

    A version that can no longer be read must not keep the next one from being published: the log
    then says so, and there is no diff.
    """
    parquet = draft / f"{dataset.nom}.parquet"
    if previous_version is None:
        return _write_change_log(draft, _first_version(dataset, version, row_count))
    reason = _tampering(draft.parent, previous_version, parquet.name)
    if reason:
        return _write_change_log(draft, _incomparable(dataset, version, previous_version, reason))
    before = compared_version(draft.parent / previous_version, dataset)
    summary = _compare(draft, dataset, before, ComparedVersion(version, parquet, dataset.key))
    write(draft / SUMMARY, indented_json(summary.content()))
    return (DETAIL, SUMMARY, *_write_change_log(draft, _change_log(dataset, summary)))


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


def _first_version(dataset: Dataset, version: str, row_count: int) -> str:
    """Log of a version that follows none."""
    return (
        f"{_title(dataset, version)}\n\nPremière version publiée de ce jeu : "
        f"{format_number(row_count)} lignes. "
        "Aucune version ne la précède, il n'y a donc rien à comparer.\n"
    )


def _incomparable(dataset: Dataset, version: str, previous_version: str, reason: str) -> str:
    """Log of a version whose predecessor cannot be read any more."""
    return (
        f"{_title(dataset, version)}\n\nLa version {previous_version}, qui la précède, "
        f"n'a pas pu être comparée : {reason}.\n"
    )


def _change_log(dataset: Dataset, summary: DiffSummary) -> str:
    """Log of a version beside the one before."""
    parts = [
        _title(dataset, summary.apres),
        f"Par rapport à la version {summary.avant}. Le détail, ligne par ligne, est dans "
        "`ecarts.parquet` ; les chiffres ci-dessous, dans `ecarts.json`.",
        _table(("Lignes", "Nombre"), _rows(summary)),
        *_section(
            "Colonnes et types", ("Colonne", "Changement", "Avant", "Après"), _schema(summary)
        ),
        *_section(
            "Changées sur toutes les lignes à la fois",
            ("Colonne", "Avant", "Après"),
            [
                (
                    _titled(dataset, uniform_change.colonne),
                    uniform_change.avant,
                    uniform_change.apres,
                )
                for uniform_change in summary.uniform_changes
            ],
        ),
        *_section(
            "Colonnes des lignes révisées",
            ("Colonne", "Lignes"),
            [
                (_titled(dataset, name), format_number(count))
                for name, count in summary.colonnes.items()
            ],
        ),
        *_section(
            "Totaux",
            ("Colonne", "Avant", "Après"),
            [
                (_titled(dataset, total.colonne), _amount(total.avant), _amount(total.apres))
                for total in summary.totaux
            ],
        ),
        _reading_note(summary),
    ]
    return "\n\n".join(parts) + "\n"


def _title(dataset: Dataset, version: str) -> str:
    return f"# {dataset.titre} : changements de la version {version}"


def _rows(summary: DiffSummary) -> list[tuple[str, str]]:
    return [
        (f"Dans la version {summary.avant}", format_number(summary.rows_before)),
        ("Ajoutées", format_number(summary.added)),
        ("Retirées", format_number(summary.removed)),
        ("Révisées", format_number(summary.revised)),
        ("Identiques", format_number(summary.unchanged)),
        (f"Dans la version {summary.apres}", format_number(summary.rows_after)),
    ]


def _schema(summary: DiffSummary) -> list[tuple[str, str, str, str]]:
    return [
        (f"`{item.colonne}`", _LABELS[item.nature], item.avant or "–", item.apres or "–")
        for item in summary.schema
    ]


def _reading_note(summary: DiffSummary) -> str:
    if not summary.key:
        return "Aucune clé n'est commune aux deux versions : les lignes sont comparées entières."
    text = (
        "Une ligne révisée garde sa clé ("
        + ", ".join(f"`{name}`" for name in summary.key)
        + ") et change ailleurs."
    )
    if summary.unkeyed_rows:
        text += (
            f" {format_number(summary.unkeyed_rows)} ligne(s) ajoutée(s) ou retirée(s) ont une clé "
            "que d'autres portent aussi : elles sont comparées entières, "
            "donc jamais dites révisées."
        )
    return text


def _section(titre: str, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield f"## {titre}"
        yield _table(header, rows)


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [
        header,
        ("---",) * len(header),
        *(tuple(_cell(cell) for cell in row) for row in rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _titled(dataset: Dataset, colonne: str) -> str:
    title = next((column.titre for column in dataset.colonnes if column.nom == colonne), "")
    return f"{title} (`{colonne}`)" if title else f"`{colonne}`"


def _amount(value: str | None) -> str:
    return "–" if value is None else format_decimal(value)
