"""What the command line prints of deliveries: what landed, which are read, what was rejected."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from itertools import islice
from typing import TYPE_CHECKING

from rich.markup import escape

from orchestration import settings
from orchestration.cli.tables import new_console, new_table, say
from orchestration.html import format_number

if TYPE_CHECKING:
    from orchestration.landing.consultation import DepositState, RejectedRecord
    from orchestration.landing.inspection import Inspection
    from orchestration.landing.intake.deposit_record import DepositRecord
    from orchestration.landing.land import LandingReport
    from orchestration.release.status import DatasetStatus

_STATUS_LABELS = {
    "atterri": "atterri",
    "repris": "repris",
    "deja_atterri": "déjà atterri",
    "refuse": "refusé",
}
_FIGURES = ("lus", "atterris", "rejetés")
# Records of one printed table: a deposit may have rejected a million.
_AT_ONCE = 1_000


def landed(reports: Sequence["LandingReport"]) -> None:
    """What each file brought, then the reasons of the rejects; refusals were told as they came."""
    table = new_table("source", "fichier", "extrait du", "statut", *_FIGURES, right=_FIGURES)
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
        if report.rejetes:
            console.print(f"Chacun d'eux : cpf rejets {report.source} --depot {report.fichier}")
        for remark in report.warnings:
            console.print(f"{report.fichier} : {escape(remark)}")


def inspected(found: "Inspection", *, show_mapping: bool) -> None:
    """What a file is: its form, each column with its role and values, a mapping to be mended."""
    console = new_console()
    console.print(f"[bold]{escape(found.file_name)}[/bold]")
    if found.problem:
        console.print(escape(found.problem))
        return
    console.print(f"export     : {found.export or 'inconnu'}")
    if found.vintage:
        console.print(f"millésime  : {found.vintage}")
    console.print(f"encodage   : {found.encoding}")
    if found.separator:
        console.print(f"séparateur : {found.separator}")
    console.print(f"lignes     : {format_number(found.rows)}")
    if found.without_key is not None:
        console.print(f"sans clé   : {format_number(found.without_key)}")
    table = new_table("colonne", "rôle", "confiance", "remplies", "valeurs", right=("remplies",))
    for column in found.columns:
        values = " · ".join(f"{value[:40]} ({count})" for value, count in column.values)
        table.add_row(
            escape(column.name),
            column.role or "–",
            column.confidence,
            format_number(column.filled),
            escape(values),
        )
    console.print(table)
    for remark in found.remarks:
        console.print(escape(remark))
    if show_mapping and found.mapping:
        console.print("\n# correspondance.toml")
        console.print(escape(found.mapping))


def deposits(source: str, states: Sequence["DepositState"]) -> None:
    """The history of a source: each deposit, and what is done with it."""
    if not states:
        say(f"{source} : rien n'a atterri.")
        return
    table = new_table("dépôt", "extrait du", "état", *_FIGURES, right=_FIGURES)
    for state in states:
        deposit = state.deposit
        table.add_row(
            deposit.fichier,
            f"{deposit.date_extraction:%d/%m/%Y}",
            escape(state.etat),
            *(format_number(value) for value in (deposit.lus, deposit.atterris, deposit.rejetes)),
        )
    console = new_console()
    console.print(f"[bold]{source}[/bold]")
    console.print(table)


def fates(datasets: Sequence["DatasetStatus"]) -> None:
    """What became of the records of every source, as the quality reports of the datasets say it."""
    figures = ("lus", "rejetés", "atterris", "remplacés", "écartés", "retenus")
    by_source = {fate.source: fate for state in datasets for fate in state.devenir}
    if not by_source:
        return
    table = new_table("source", *figures, right=figures)
    for source, fate in by_source.items():
        about = "≈ " if source in settings.PERSONAL_SOURCES else ""
        table.add_row(f"{about}{source}", *(format_number(value) for value in astuple(fate)[1:]))
    console = new_console()
    console.print(table)
    console.print("lus = rejetés + atterris ; atterris = remplacés + écartés + retenus")
    if any(fate.rejetes for fate in by_source.values()):
        console.print("Chaque enregistrement rejeté : cpf rejets [SOURCE]")


def rejected(deposit: "DepositRecord", rows: Iterable["RejectedRecord"]) -> None:
    """Where each rejected record of a deposit is, and why; its text if it was read."""
    if not deposit.rejetes:
        return
    console = new_console()
    console.print(f"Rejets de {deposit.fichier} : {format_number(deposit.rejetes)}")
    remaining = iter(rows)
    while batch := list(islice(remaining, _AT_ONCE)):
        table = new_table("ligne", "colonne", "motif", "pourquoi", right=("ligne",))
        for row in batch:
            table.add_row(
                "–" if row.ligne is None else str(row.ligne),
                row.colonne or "–",
                row.motif,
                escape(row.detail),
            )
            if row.contenu is not None:
                table.add_row("", "", "", f"[dim]{escape(row.contenu)}[/dim]")
        console.print(table)
