"""What the command line prints: tables in French, readable in 100 columns and in a log."""

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
    from orchestration.query import Answer, Entry
    from orchestration.release.status import DatasetStatus
    from orchestration.run import Outcome
    from orchestration.store.verify import Trust, Verification

# A pipe has no width: tables then take what they need instead of being cut at 80.
_PIPE_WIDTH = 200
_UNLIMITED = 100_000
# Changes that are shown of a difference; all of them are in its JSON.
_SHOWN_CHANGES = 20
_TRUNCATE_AT = 80
_QUERY = (
    "select annee_validation, statut_dossier, nb_dossiers from "
    "moncompteformation_formations_engagees_totaux where tableau = 'annee_statut'"
)
# No totals of what is public already: its rows are all that there is.
_PUBLIC_QUERY = (
    "select nom_region, count(*) as formations from moncompteformation_catalogueformation "
    "group by all order by all"
)
_LABELS = {
    "ajoutee": "ajoutée",
    "retiree": "retirée",
    "revisee": "révisée",
    "type": "type changé",
}


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


def status(datasets: Sequence["DatasetStatus"]) -> None:
    """One line per dataset: version, rows, persons' threshold, gate; then where they are."""
    table = new_table("jeu", "version", "lignes", "seuil", "contrôle", right=("lignes", "seuil"))
    for state in datasets:
        table.add_row(
            state.dataset,
            state.version or "–",
            format_number(state.lignes),
            format_number(state.seuil),
            state.gate_status,
        )
    console = new_console()
    if _width(table) <= console.width:
        console.print(table)
    else:
        for state in datasets:
            console.print(f"[bold]{state.dataset}[/bold]")
            figures = f"{format_number(state.lignes)} lignes, seuil {format_number(state.seuil)}"
            console.print(f"  {state.version or '–'} · {figures}")
            console.print(f"  {state.gate_status}")
    published = [state for state in datasets if state.path]
    if published:
        console.print(f"Fichiers : {short_path(settings.publications())}/JEU/VERSION/")
    for state in datasets:
        for reason in state.blocking_reasons:
            console.print(f"{state.dataset} ✗ {reason}", markup=False)


def _width(table: Table) -> int:
    """Return the width that a table would take without limits: a real console folds it."""
    return Console(width=_UNLIMITED, height=1).measure(table).maximum


def outcome(run: "Outcome", datasets: Sequence["DatasetStatus"]) -> None:
    """What the run did, why something stopped, and what to try next."""
    status(datasets)
    for check in run.failed_checks:
        say(f"En échec : {check}")
    for state in datasets:
        if state.dataset in run.stopped:
            place = (
                "la dernière publication reste en place" if state.version else "rien d'antérieur"
            )
            say(f"Non publié : {state.dataset} ({place}).")
            if state.blocking_reasons:
                say(
                    f"  Rapport : {short_path(settings.candidates(state.dataset) / 'qualite.html')}"
                )
    if not run.success:
        return
    new_console().print(
        "À essayer ensuite :\n"
        "  .venv/bin/cpf status\n"
        "  .venv/bin/cpf verify\n"
        "  .venv/bin/cpf sql     # les tables, et à quoi chacune répond\n"
        f'  .venv/bin/cpf sql "{_PUBLIC_QUERY if settings.is_public() else _QUERY}"\n'
        "  make serve     # le portail : http://127.0.0.1:8000\n"
        "  make ui        # Dagster : http://127.0.0.1:3000\n"
    )


def verified(versions: Sequence["Verification"]) -> None:
    """Each version and, when something is wrong, which file."""
    table = new_table("jeu", "version", "fichiers", "résultat", right=("fichiers",))
    for verification in versions:
        verdict = (
            _verification_status(verification)
            if verification.ok
            else " ; ".join(verification.problems)
        )
        table.add_row(
            verification.dataset,
            verification.version,
            format_number(verification.fichiers),
            verdict,
        )
    new_console().print(table)
    if not versions:
        say("Aucune publication à vérifier.")


def signed(versions: Sequence["Verification"], trust: "Trust | None") -> None:
    """What a signature says, by whose key; plainly when nothing is signed."""
    from orchestration.store.signatures import fingerprint

    heads = [item for item in versions if item.head and item.signer]
    if versions and not heads:
        say("Vérifié : l'accord des fichiers entre eux. Rien n'est signé : qui réécrit tout passe.")
    for item in heads:
        head = item.head
        if head:
            since = f"{len(head.versions)} version(s) depuis {next(iter(head.versions), '–')}"
            say(f"Signé : {item.dataset}, {since}, tête n° {head.numero} du {head.signe_le[:10]}.")
    unsigned = {item.dataset for item in versions if item.fichiers} - {x.dataset for x in heads}
    if heads and unsigned:
        say(
            f"Rien n'est signé de : {', '.join(sorted(unsigned))} (la prochaine publication signe)."
        )
    for shown in dict.fromkeys(fingerprint(item.signer) for item in heads if item.signer):
        say(f"Clé : {shown}.")
    if heads and not (trust and trust.key):
        say(
            "Cette clé vient du dossier lui-même : qui réécrit tout la remplace. Comparer son "
            "empreinte à celle du producteur, ou donner la clé gardée ailleurs (--cle-publique)."
        )


def _verification_status(verification: "Verification") -> str:
    if verification.withdrawal is None:
        return "intègre"
    withdrawal = verification.withdrawal
    parts = [f"retirée le {withdrawal.retire_le[:10]} : {withdrawal.raison}"]
    if withdrawal.remplacee_par:
        parts.append(f"remplacée par {withdrawal.remplacee_par}")
    if verification.is_unfinished:
        parts.append("retrait interrompu, à finir : relancer cpf withdraw")
    return " ; ".join(parts)


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


def catalogue(entries: Sequence["Entry"]) -> None:
    """What can be queried, and which table answers which question."""
    table = new_table("table", "version", "lignes", "répond à", right=("lignes",))
    for entry in entries:
        table.add_row(
            entry.dataset, entry.version, format_number(entry.rows), escape(entry.answers)
        )
    console = new_console()
    console.print(table)
    console.print(
        "Les colonnes d'une table : cpf sql \"describe TABLE\". Ce que l'on demande le plus,\n"
        "écrit et vérifié : docs/requetes.md (recette 23 : ce que veut dire chaque colonne)."
    )


def answer(rows: "Answer") -> None:
    """Rows of a query."""
    numeric = [
        name
        for index, name in enumerate(rows.columns)
        if rows.rows and all(_is_number(row[index]) for row in rows.rows)
    ]
    table = new_table(*rows.columns, right=numeric)
    for row in rows.rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console = new_console()
    if _width(table) <= console.width:
        console.print(table)
    else:
        _print_records(console, rows)
    console.print(f"{format_number(len(rows.rows))} ligne(s)")


def _print_records(console: Console, rows: "Answer") -> None:
    """Rows too wide for a table, one under the other: a value stays whole beside its name."""
    width = max(len(name) for name in rows.columns)
    for rank, row in enumerate(rows.rows, start=1):
        console.rule(f"ligne {rank}", align="left", style="dim")
        for name, cell in zip(rows.columns, row, strict=True):
            console.print(f"{name:<{width}}  {'' if cell is None else cell}", markup=False)


def _is_number(cell: object) -> bool:
    return cell is None or (not isinstance(cell, bool | str) and hasattr(cell, "__round__"))
