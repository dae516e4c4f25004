"""``changes.md``: what changed since the version before, in French.

Belongs here: words. Does not: figures (``summary``).
"""

from collections.abc import Iterator, Sequence

from orchestration.datasets import Dataset
from orchestration.diff.summary import DiffSummary
from orchestration.html import format_decimal, format_number

_LABELS = {"ajoutee": "ajoutée", "retiree": "retirée", "type": "type changé"}


def first_version(dataset: Dataset, version: str, row_count: int) -> str:
    """Log of a version that follows none."""
    return (
        f"{_title(dataset, version)}\n\nPremière version publiée de ce jeu : {format_number(row_count)} lignes. "
        "Aucune version ne la précède, il n'y a donc rien à comparer.\n"
    )


def incomparable(dataset: Dataset, version: str, previous_version: str, reason: str) -> str:
    """Log of a version whose predecessor cannot be read any more."""
    return (
        f"{_title(dataset, version)}\n\nLa version {previous_version}, qui la précède, "
        f"n'a pas pu être comparée : {reason}.\n"
    )


def change_log(dataset: Dataset, summary: DiffSummary) -> str:
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
                (_titled(dataset, item.colonne), item.avant, item.apres)
                for item in summary.uniform_changes
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
                (_titled(dataset, item.colonne), _amount(item.avant), _amount(item.apres))
                for item in summary.totaux
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
            f" {format_number(summary.unkeyed_rows)} ligne(s) ajoutée(s) ou retirée(s) ont une clé que "
            "d'autres portent aussi : elles sont comparées entières, donc jamais dites révisées."
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
    title = next((item.titre for item in dataset.colonnes if item.nom == colonne), "")
    return f"{title} (`{colonne}`)" if title else f"`{colonne}`"


def _amount(value: str | None) -> str:
    return "–" if value is None else format_decimal(value)
