"""One question, asked in each language that people use: snippets to copy, that the tests run.

All ask the same of a dataset, so that their answers can be compared. How to check and to cite a
version is said here too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.datasets import Dataset
from orchestration.html import format_date
from orchestration.metadata.version_card import LICENCE_NAME, VersionCard
from orchestration.store.versions import CHECKSUMS_FILE

_LATEX = re.compile(r"[&%$#_{}]")
_QUOTE, _DOUBLE_QUOTE = "'", '"'
# The table of totals to show, where a file has it.
_BY_REGION = "annee_region"


def citation(card: VersionCard) -> str:
    """Return the sentence that cites a version."""
    day = format_date(card.publie_le.date().isoformat())
    return (
        f"{card.site.editeur} ({card.publie_le.year}). {card.dataset.titre} [jeu de données], "
        f"version {card.version}, publiée le {day}. {LICENCE_NAME}. {_address(card)}"
        + (f" ({card.site.avis.rstrip('.')})" if card.site.avis else "")
    )


def bibtex(card: VersionCard) -> str:
    """Return the BibTeX entry of a version."""
    fields = {
        "author": f"{{{_latex(card.site.editeur)}}}",
        "title": f"{{{_latex(card.dataset.titre)}}}",
        "year": str(card.publie_le.year),
        "month": str(card.publie_le.month),
        "version": card.version,
        "url": _address(card),
        "note": _latex(
            ". ".join(filter(None, (f"Jeu de données, {LICENCE_NAME}", card.site.avis)))
        ),
    }
    key = f"{card.dataset.nom}_{card.version.replace('.', '_')}"
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{key},\n{lines}}}"


def _address(card: VersionCard) -> str:
    return card.site.version(card.dataset.nom, card.version)


def _latex(text: str) -> str:
    return _LATEX.sub(lambda sign: f"\\{sign.group()}", text)


@dataclass(frozen=True)
class Snippet:
    """A snippet: its anchor, its title, its language and a word on what it needs."""

    anchor: str
    titre: str
    language: str
    code: str
    note: str


@dataclass(frozen=True)
class Question:
    """What the snippets of a dataset ask: ``columns``, the largest of the last one first.

    Of the rows that have a value (``where``: a column and it), as they are; without one, all rows
    are added up by the first column. ``words`` says it.
    """

    words: str
    columns: tuple[str, ...]
    where: tuple[str, str | int] | None = None

    @property
    def measure(self) -> str:
        """The figure that is asked for."""
        return self.columns[-1]


def _condition(where: tuple[str, str | int], equals: str, quote: str) -> str:
    """Return the condition in a language that compares and quotes texts so."""
    column, value = where
    return f"{column} {equals} " + (
        f"{quote}{value}{quote}" if isinstance(value, str) else f"{value}"
    )


def question(dataset: Dataset, tables: Sequence[str] = ()) -> Question | None:
    """Return what to ask of a dataset that has figures: never a sum that would be wrong.

    ``tables``: those that a file of totals holds.
    """
    if dataset.question:
        return Question(*dataset.question)
    region = next((item.nom for item in dataset.colonnes if item.code_list == "regions.nom"), None)
    if dataset.totals_of and tables:
        table = next((name for name in tables if name == _BY_REGION), tables[0])
        columns = ("periode", *([region] if region else []), "nb_dossiers")
        return Question(f"Les totaux du tableau {table}", columns, ("tableau", table))
    if dataset.plan:
        kept = [column for step in reversed(dataset.plan) for column in step]
        columns = (dataset.period, *kept, *(dataset.counters[:1] or ("nb_dossiers",)))
        return Question("Les lignes qui disent tout", columns, ("niveau_diffusion", 1))
    if dataset.totaux:
        words = "Les sommes par région" if region else "Les sommes"
        return Question(words, (region or dataset.key[0], *dataset.totaux))
    return None


def snippets(card: VersionCard, tables: Sequence[str] = ()) -> tuple[Snippet, ...]:
    """Return the snippets of a version that has figures; JSONL ones if it has the file."""
    asked = question(card.dataset, tables)
    if not asked:
        return ()
    parquet = card.address(f"{card.dataset.nom}.parquet", stable=True)
    snippets = [_duckdb(asked, parquet), _pandas(asked, parquet), _r(asked, parquet)]
    jsonl = card.data_file("jsonl")
    if jsonl:
        snippets.append(_jq(asked, card.address(jsonl, stable=True)))
    return (*snippets, _api(asked, card))


def _duckdb(asked: Question, url: str) -> Snippet:
    first, *others = asked.columns
    if asked.where:
        shown, rest = asked.columns, f"where {_condition(asked.where, '=', _QUOTE)}"
    else:
        shown = (first, *(f"sum({name}) as {name}" for name in others))
        rest = f"group by {first}"
    columns = ",\n".join(f"    {name}" for name in shown)
    code = f"select\n{columns}\nfrom '{url}'\n{rest}\norder by {asked.measure} desc"
    note = "DuckDB ne télécharge que les colonnes lues. Le même SQL marche sur un fichier local."
    return Snippet("sql", "SQL sur le Parquet, avec DuckDB", "sql", code, note)


def _pandas(asked: Question, url: str) -> Snippet:
    first, *others = asked.columns
    names = ", ".join(f'"{name}"' for name in (asked.columns if asked.where else others))
    if asked.where:
        column, value = asked.where
        wanted = f'"{value}"' if isinstance(value, str) else value
        rows = f'jeu.loc[jeu["{column}"] == {wanted}, [{names}]]'
    else:
        rows = f'jeu.groupby("{first}", dropna=False)[[{names}]].sum()'
    code = f"""\
import pandas as pd

jeu = pd.read_parquet("{url}")
lignes = {rows}
print(lignes.sort_values("{asked.measure}", ascending=False))"""
    note = "Avec pandas et pyarrow." + (
        "" if asked.where else " dropna=False garde les lignes où la dimension est vide."
    )
    return Snippet("pandas", "Python, avec pandas", "python", code, note)


def _r(asked: Question, url: str) -> Snippet:
    first, *others = asked.columns
    if asked.where:
        steps = f"""\
  filter({_condition(asked.where, "==", '"')}) |>
  select({", ".join(asked.columns)}) |>"""
    else:
        steps = f"""\
  group_by({first}) |>
  summarise(across(c({", ".join(others)}), ~ sum(.x, na.rm = TRUE))) |>"""
    code = f"""\
library(dplyr)

fichier <- tempfile(fileext = ".parquet")
download.file("{url}", fichier, mode = "wb")
arrow::read_parquet(fichier) |>
{steps}
  arrange(desc({asked.measure}))"""
    return Snippet("r", "R, avec arrow et dplyr", "r", code, "Avec les paquets arrow et dplyr.")


def _jq(asked: Question, url: str) -> Snippet:
    if asked.where:
        fields = ", ".join(f".{name}" for name in asked.columns)
        program = f"select(.{_condition(asked.where, '==', _DOUBLE_QUOTE)}) | [{fields}]"
        command = f"jq -c '{program}'"
    else:
        command = f"""jq -n 'reduce inputs as $ligne ({{}};
      .[$ligne.{asked.columns[0]} // "(vide)"] += $ligne.{asked.measure})'"""
    code = f"curl -sL '{url}' \\\n  | {command}"
    note = "Une ligne à la fois : le fichier n'a pas à tenir en mémoire."
    return Snippet("jq", "Ligne de commande, avec curl et jq", "sh", code, note)


def _api(asked: Question, card: VersionCard) -> Snippet:
    first, *others = asked.columns
    if asked.where:
        clauses = [
            f"select={', '.join(asked.columns)}",
            f"where={_condition(asked.where, '=', _DOUBLE_QUOTE)}",
        ]
    else:
        sums = ", ".join(f"sum({name}) as {name}" for name in others)
        clauses = [f"select={sums}", f"group_by={first}"]
    lines = [*clauses, f"order_by={asked.measure} desc", "limit=20"]
    code = f"curl -sG '{api_address(card)}'" + "".join(
        f" \\\n  --data-urlencode '{line}'" for line in lines
    )
    note = "API Explore 2.1 : select, where, group_by, order_by, limit et offset ; réponse en JSON."
    return Snippet("api", "API, sans rien télécharger", "sh", code, note)


def verification(card: VersionCard) -> str:
    """Return the commands that download a file of a version and check it."""
    name = f"{card.dataset.nom}.parquet"
    return f"""\
curl -sO '{card.address(CHECKSUMS_FILE)}' \\
     -O '{card.address(name)}'
sha256sum --check --ignore-missing {CHECKSUMS_FILE}"""


def api_address(card: VersionCard) -> str:
    """Address of the records of the dataset in the API."""
    return f"{card.site.url}/api/explore/v2.1/catalog/datasets/{card.dataset.nom}/records"
