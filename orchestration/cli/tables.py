"""What the command line prints: tables in French, readable in 100 columns and in a log.

Belongs here: layout. Does not: computing what is shown.
"""

import sys
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration import settings
from orchestration.html import format_number

if TYPE_CHECKING:
    from orchestration.diff.command import Comparison

# Changes that are shown of a difference; all of them are in its JSON.
_SHOWN_CHANGES = 20
_TRUNCATE_AT = 80
_LABELS = {
    "ajoutee": "ajoutée",
    "retiree": "retirée",
    "revisee": "révisée",
    "type": "type changé",
}


def differences(comparison: "Comparison") -> None:
    """Two versions: counts, schema, columns, totals, then the first changes."""
    summary, console = comparison.summary, new_console()
    rows = new_table("lignes", summary.avant, summary.apres, right=(summary.avant, summary.apres))
    rows.add_row("en tout", format_number(summary.rows_before), format_number(summary.rows_after))
    for name, count in (
        ("ajoutées", summary.added),
        ("retirées", summary.removed),
        ("révisées", summary.revised),
        ("identiques", summary.unchanged),
    ):
        rows.add_row(name, "", format_number(count))
    for total in summary.totaux:
        rows.add_row(f"total de {total.colonne}", total.avant or "–", total.apres or "–")
    console.print(rows)
    columns = new_table("colonne", "changement", "avant", "après")
    for schema_change in summary.schema:
        columns.add_row(
            schema_change.colonne,
            _LABELS[schema_change.nature],
            schema_change.avant or "–",
            schema_change.apres or "–",
        )
    for same in summary.uniform_changes:
        columns.add_row(same.colonne, "sur toutes les lignes", same.avant, same.apres)
    for name, count in summary.colonnes.items():
        columns.add_row(name, f"révisée sur {format_number(count)} ligne(s)", "", "")
    if columns.row_count:
        console.print(columns)
    _first_changes(console, comparison)


def _cell(value: object) -> str:
    return "–" if value is None else escape(str(value)[:_TRUNCATE_AT])


def _first_changes(console: Console, comparison: "Comparison") -> None:
    changes = list(islice(comparison.changes, _SHOWN_CHANGES + 1))
    if not changes:
        console.print("Aucune ligne n'a changé.")
        return
    table = new_table("nature", "clé", "colonne", "avant", "après")
    for nature, *key, column, before, after in changes[:_SHOWN_CHANGES]:
        cells = (_cell(cell) for cell in (column, before, after))
        table.add_row(_LABELS[nature], " · ".join(map(_cell, key)), *cells)
    console.print(table)
    if len(changes) > _SHOWN_CHANGES:
        console.print(f"Les {_SHOWN_CHANGES} premiers changements seulement ; tous avec --json.")


if TYPE_CHECKING:
    from orchestration.landing.land import LandingReport
    from orchestration.query import Answer
    from orchestration.release.status import DatasetStatus
    from orchestration.run import Outcome
    from orchestration.store.verify import Verification

# A pipe has no width: tables then take what they need instead of being cut at 80.
_PIPE_WIDTH = 200
_UNLIMITED = 100_000
_STATUS_LABELS = {"atterri": "atterri", "deja_atterri": "déjà atterri", "refuse": "refusé"}


def new_console() -> Console:
    """Return a console as wide as the terminal, or as a log needs."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


def new_table(*columns: str, right: Sequence[str] = ()) -> Table:
    """Return an empty table; columns of figures are aligned on the ``right``."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return table


def short_path(path: Path) -> str:
    """Return ``path`` as short as it can be typed from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def say(message: str) -> None:
    """A line of progress, on standard error."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def generated(files: Mapping[str, Sequence[Path]]) -> None:
    """Sources written by the generator."""
    table = new_table("source", "fichiers", "octets", "dossier", right=("fichiers", "octets"))
    for source, paths in files.items():
        size = sum(path.stat().st_size for path in paths)
        table.add_row(
            source, format_number(len(paths)), format_number(size), short_path(paths[0].parent)
        )
    new_console().print(table)


def landed(reports: Sequence["LandingReport"]) -> None:
    """What each file brought, then the reasons of the rejects and of the refusals."""
    figures = ("lus", "atterris", "rejetés")
    table = new_table("source", "fichier", "extrait du", "statut", *figures, right=figures)
    for report in reports:
        table.add_row(
            report.source,
            report.fichier,
            f"{report.date:%d/%m/%Y}" if report.date else "–",
            _STATUS_LABELS[report.status],
            *(format_number(value) for value in (report.lus, report.atterris, report.rejetes)),
        )
    console = new_console()
    console.print(table)
    for report in reports:
        for reason, count in report.rejects_by_reason.items():
            console.print(f"{report.fichier} : {format_number(count)} rejeté(s), motif {reason}")
        for remark in report.warnings:
            console.print(f"{report.fichier} : {remark}")
        if report.error:
            say(f"Refusé : {report.error}")


def status(items: Sequence["DatasetStatus"]) -> None:
    """One line per dataset: dataset, version, rows, persons' threshold, gate, path."""
    table = new_table(
        "jeu", "version", "lignes", "seuil", "contrôle", "dossier", right=("lignes", "seuil")
    )
    for item in items:
        table.add_row(
            item.dataset,
            item.version or "–",
            format_number(item.lignes),
            format_number(item.seuil),
            item.gate_status,
            short_path(item.path) if item.path else "–",
        )
    console = new_console()
    console.print(table)


def outcome(result: "Outcome", items: Sequence["DatasetStatus"]) -> None:
    """What the run did, why something stopped, and what to try next."""
    status(items)
    for check in result.failed_checks:
        say(f"En échec : {check}")
    for item in items:
        if item.dataset in result.stopped:
            place = "la dernière publication reste en place" if item.version else "rien d'antérieur"
            say(f"Non publié : {item.dataset} ({place}).")
            for reason in item.blocking_reasons:
                say(f"  ✗ {reason}")
            if item.blocking_reasons:
                say(f"  Rapport : {short_path(settings.candidates(item.dataset) / 'qualite.html')}")
    if not result.success:
        return
    new_console().print(
        "À essayer ensuite :\n"
        "  .venv/bin/cpf status\n"
        "  .venv/bin/cpf verify\n"
        "  .venv/bin/cpf sql \"select coalesce(nom_region, 'À distance') as region, "
        "count(*) as formations from moncompteformation_catalogueformation "
        'group by 1 order by 2 desc"\n'
        "  make serve     # le portail : http://127.0.0.1:8000\n"
        "  make ui        # Dagster : http://127.0.0.1:3000\n"
    )


def verified(items: Sequence["Verification"]) -> None:
    """Each version and, when something is wrong, which file."""
    table = new_table("jeu", "version", "fichiers", "résultat", right=("fichiers",))
    for item in items:
        verdict = _verification_status(item) if item.ok else " ; ".join(item.problems)
        table.add_row(item.dataset, item.version, format_number(item.fichiers), verdict)
    new_console().print(table)
    if not items:
        say("Aucune publication à vérifier.")


def _verification_status(item: "Verification") -> str:
    if item.withdrawal is None:
        return "intègre"
    unfinished = (
        " ; retrait interrompu, à finir : relancer cpf withdraw" if item.is_unfinished else ""
    )
    instead = (
        f" ; remplacée par {item.withdrawal.remplacee_par}" if item.withdrawal.remplacee_par else ""
    )
    return f"retirée le {item.withdrawal.retire_le[:10]} : {item.withdrawal.raison}{instead}{unfinished}"


def answer(result: "Answer") -> None:
    """Rows of a query."""
    numeric = [
        name
        for index, name in enumerate(result.columns)
        if result.rows and all(_is_number(row[index]) for row in result.rows)
    ]
    table = new_table(*result.columns, right=numeric)
    for row in result.rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console = new_console()
    # Measured on a console without limits: a real one says that everything fits, by folding.
    if Console(width=_UNLIMITED).measure(table).maximum <= console.width:
        console.print(table)
    else:
        _print_records(console, result)
    console.print(f"{format_number(len(result.rows))} ligne(s)")


def _print_records(console: Console, result: "Answer") -> None:
    """Rows too wide for a table, one under the other: a value stays whole beside its name."""
    width = max(len(name) for name in result.columns)
    for rank, row in enumerate(result.rows, start=1):
        console.rule(f"ligne {rank}", align="left", style="dim")
        for name, cell in zip(result.columns, row, strict=True):
            console.print(f"{name:<{width}}  {'' if cell is None else cell}", markup=False)


def _is_number(cell: object) -> bool:
    return cell is None or (not isinstance(cell, bool | str) and hasattr(cell, "__round__"))
