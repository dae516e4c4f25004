"""What the command line prints: tables in French, readable in 100 columns and in a log.

Belongs here: layout. Does not: computing what is shown.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

from orchestration import settings

if TYPE_CHECKING:
    from orchestration.landing.land import Bilan
    from orchestration.publication.etat import EtatJeu
    from orchestration.publication.verifier import Verification
    from orchestration.query import Answer
    from orchestration.run import Outcome

# A pipe has no width: tables then take what they need instead of being cut at 80.
_PIPE_WIDTH = 200
_UNLIMITED = 100_000
_STATUTS = {"atterri": "atterri", "deja_atterri": "déjà atterri", "refuse": "refusé"}


def new_console() -> Console:
    """Return a console as wide as the terminal, or as a log needs."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


def new_table(*columns: str, right: Sequence[str] = ()) -> Table:
    """Return an empty table; columns of figures are aligned on the ``right``."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return table


def number(value: float | None) -> str:
    """French figures: a narrow no-break space between thousands."""
    return "–" if value is None else f"{value:,}".replace(",", "\u202f")


def shown(path: Path) -> str:
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
        table.add_row(source, number(len(paths)), number(size), shown(paths[0].parent))
    new_console().print(table)


def landed(bilans: Sequence["Bilan"]) -> None:
    """What each file brought, then the reasons of the rejects and of the refusals."""
    figures = ("lus", "atterris", "rejetés")
    table = new_table("source", "fichier", "extrait du", "statut", *figures, right=figures)
    for bilan in bilans:
        table.add_row(
            bilan.source,
            bilan.fichier,
            f"{bilan.date:%d/%m/%Y}" if bilan.date else "–",
            _STATUTS[bilan.statut],
            *(number(value) for value in (bilan.lus, bilan.atterris, bilan.rejetes)),
        )
    console = new_console()
    console.print(table)
    for bilan in bilans:
        for motif, count in bilan.rejets_par_motif.items():
            console.print(f"{bilan.fichier} : {number(count)} rejeté(s), motif {motif}")
        for remark in bilan.avertissements:
            console.print(f"{bilan.fichier} : {remark}")
        if bilan.erreur:
            say(f"Refusé : {bilan.erreur}")


def status(items: Sequence["EtatJeu"]) -> None:
    """One line per dataset: dataset, version, rows, persons' threshold, gate, path."""
    table = new_table(
        "jeu", "version", "lignes", "seuil", "contrôle", "dossier", right=("lignes", "seuil")
    )
    for item in items:
        table.add_row(
            item.jeu,
            item.version or "–",
            number(item.lignes),
            number(item.seuil),
            item.controle,
            shown(item.chemin) if item.chemin else "–",
        )
    console = new_console()
    console.print(table)


def outcome(result: "Outcome", items: Sequence["EtatJeu"]) -> None:
    """What the run did, why something stopped, and what to try next."""
    status(items)
    for check in result.failed_checks:
        say(f"En échec : {check}")
    for item in items:
        if item.jeu in result.stopped:
            place = "la dernière publication reste en place" if item.version else "rien d'antérieur"
            say(f"Non publié : {item.jeu} ({place}).")
            for reason in item.blocages:
                say(f"  ✗ {reason}")
            if item.blocages:
                say(f"  Rapport : {shown(settings.candidats(item.jeu) / 'qualite.html')}")
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
        verdict = _etat(item) if item.ok else " ; ".join(item.problemes)
        table.add_row(item.jeu, item.version, number(item.fichiers), verdict)
    new_console().print(table)
    if not items:
        say("Aucune publication à vérifier.")


def _etat(item: "Verification") -> str:
    if item.retrait is None:
        return "intègre"
    unfinished = " ; retrait interrompu, à finir : relancer cpf withdraw" if item.inacheve else ""
    instead = f" ; remplacée par {item.retrait.remplacee_par}" if item.retrait.remplacee_par else ""
    return f"retirée le {item.retrait.retire_le[:10]} : {item.retrait.raison}{instead}{unfinished}"


def answer(found: "Answer") -> None:
    """Rows of a query."""
    numeric = [
        name
        for index, name in enumerate(found.columns)
        if found.rows and all(_is_number(row[index]) for row in found.rows)
    ]
    table = new_table(*found.columns, right=numeric)
    for row in found.rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console = new_console()
    # Measured on a console without limits: a real one says that everything fits, by folding.
    if Console(width=_UNLIMITED).measure(table).maximum <= console.width:
        console.print(table)
    else:
        _print_records(console, found)
    console.print(f"{number(len(found.rows))} ligne(s)")


def _print_records(console: Console, found: "Answer") -> None:
    """Rows too wide for a table, one under the other: a value stays whole beside its name."""
    width = max(len(name) for name in found.columns)
    for rank, row in enumerate(found.rows, start=1):
        console.rule(f"ligne {rank}", align="left", style="dim")
        for name, cell in zip(found.columns, row, strict=True):
            console.print(f"{name:<{width}}  {'' if cell is None else cell}", markup=False)


def _is_number(cell: object) -> bool:
    return cell is None or (not isinstance(cell, bool | str) and hasattr(cell, "__round__"))
