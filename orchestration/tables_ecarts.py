"""What ``cpf diff`` prints: the difference of two versions, in French.

Belongs here: layout. Does not: computing it (``ecarts``), the other tables (``tables``).
"""

from itertools import islice
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from orchestration.tables import new_console, new_table, number

if TYPE_CHECKING:
    from orchestration.ecarts.commande import Comparaison

# Changes that are shown of a difference; all of them are in its JSON.
_PREMIERS = 20
_COUPE = 80
_NATURES = {
    "ajoutee": "ajoutée",
    "retiree": "retirée",
    "revisee": "révisée",
    "type": "type changé",
}


def differences(found: "Comparaison") -> None:
    """Two versions: counts, schema, columns, totals, then the first changes."""
    resume, console = found.resume, new_console()
    rows = new_table("lignes", resume.avant, resume.apres, right=(resume.avant, resume.apres))
    rows.add_row("en tout", number(resume.lignes_avant), number(resume.lignes_apres))
    for name, count in (
        ("ajoutées", resume.ajoutees),
        ("retirées", resume.retirees),
        ("révisées", resume.revisees),
        ("identiques", resume.identiques),
    ):
        rows.add_row(name, "", number(count))
    for total in resume.totaux:
        rows.add_row(f"total de {total.colonne}", total.avant or "–", total.apres or "–")
    console.print(rows)
    columns = new_table("colonne", "changement", "avant", "après")
    for item in resume.schema:
        columns.add_row(item.colonne, _NATURES[item.nature], item.avant or "–", item.apres or "–")
    for same in resume.uniformes:
        columns.add_row(same.colonne, "sur toutes les lignes", same.avant, same.apres)
    for name, count in resume.colonnes.items():
        columns.add_row(name, f"révisée sur {number(count)} ligne(s)", "", "")
    if columns.row_count:
        console.print(columns)
    _premiers(console, found)


def _cellule(value: object) -> str:
    return "–" if value is None else escape(str(value)[:_COUPE])


def _premiers(console: Console, found: "Comparaison") -> None:
    changes = list(islice(found.changements, _PREMIERS + 1))
    if not changes:
        console.print("Aucune ligne n'a changé.")
        return
    table = new_table("nature", "clé", "colonne", "avant", "après")
    for nature, *key, column, before, after in changes[:_PREMIERS]:
        cells = (_cellule(cell) for cell in (column, before, after))
        table.add_row(_NATURES[nature], " · ".join(map(_cellule, key)), *cells)
    console.print(table)
    if len(changes) > _PREMIERS:
        console.print(f"Les {_PREMIERS} premiers changements seulement ; tous avec --json.")
