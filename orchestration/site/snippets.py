"""One question, asked in each language that people use: snippets to copy, that the tests run.

All ask for the totals by one dimension of the dataset, so that their answers can be compared. How
to check and to cite a version is said here too.
"""

import re
from dataclasses import dataclass

from orchestration.datasets import Dataset
from orchestration.html import format_date
from orchestration.metadata.version_card import LICENCE_NAME, VersionCard
from orchestration.store.versions import CHECKSUMS_FILE

_LATEX = re.compile(r"[&%$#_{}]")


def citation(card: VersionCard) -> str:
    """Return the sentence that cites a version."""
    day = format_date(card.publie_le.date().isoformat())
    return (
        f"{card.site.editeur} ({card.publie_le.year}). {card.dataset.titre} [jeu de données], "
        f"version {card.version}, publiée le {day}. {LICENCE_NAME}. {_address(card)}"
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
        "note": _latex(f"Jeu de données, {LICENCE_NAME}"),
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
    """Totals of ``mesures`` by ``dimension``, the largest of the last one first.

    Those of ``amounts`` are rounded to the cent: the Parquet holds them as doubles.
    """

    dimension: str
    mesures: tuple[str, ...]
    amounts: frozenset[str] = frozenset()


def question(dataset: Dataset) -> Question:
    """Choose the names of regions if the dataset has them, else the first column of its key."""
    regions = (column.nom for column in dataset.colonnes if column.code_list == "regions.nom")
    amounts = {column.nom for column in dataset.colonnes if column.type.startswith("DECIMAL")}
    return Question(next(regions, dataset.key[0]), dataset.totaux, frozenset(amounts))


def snippets(card: VersionCard) -> tuple[Snippet, ...]:
    """Return the snippets of a version that has rows to add up; JSONL ones if it has the file."""
    totals_query = question(card.dataset)
    if not totals_query.mesures:
        return ()
    parquet = card.address(f"{card.dataset.nom}.parquet", stable=True)
    snippets = [
        _duckdb(totals_query, parquet),
        _pandas(totals_query, parquet),
        _r(totals_query, parquet),
    ]
    jsonl = card.data_file("jsonl")
    if jsonl:
        snippets.append(_jq(totals_query, card.address(jsonl, stable=True)))
    return (*snippets, _api(totals_query, card))


def _duckdb(totals_query: Question, url: str) -> Snippet:
    sums = ",\n".join(
        f"    round(sum({name}), 2) as {name}"
        if name in totals_query.amounts
        else f"    sum({name}) as {name}"
        for name in totals_query.mesures
    )
    code = f"""\
select
    {totals_query.dimension},
{sums}
from '{url}'
group by {totals_query.dimension}
order by {totals_query.mesures[-1]} desc"""
    note = "DuckDB ne télécharge que les colonnes lues. Le même SQL marche sur un fichier local."
    return Snippet("sql", "SQL sur le Parquet, avec DuckDB", "sql", code, note)


def _pandas(totals_query: Question, url: str) -> Snippet:
    names = ", ".join(f'"{name}"' for name in totals_query.mesures)
    code = f"""\
import pandas as pd

jeu = pd.read_parquet("{url}")
totaux = jeu.groupby("{totals_query.dimension}", dropna=False)[[{names}]].sum().round(2)
print(totaux.sort_values("{totals_query.mesures[-1]}", ascending=False))"""
    note = "Avec pandas et pyarrow. dropna=False garde les lignes où la dimension est vide."
    return Snippet("pandas", "Python, avec pandas", "python", code, note)


def _r(totals_query: Question, url: str) -> Snippet:
    names = ", ".join(totals_query.mesures)
    code = f"""\
library(dplyr)

fichier <- tempfile(fileext = ".parquet")
download.file("{url}", fichier, mode = "wb")
arrow::read_parquet(fichier) |>
  group_by({totals_query.dimension}) |>
  summarise(across(c({names}), ~ sum(.x, na.rm = TRUE))) |>
  arrange(desc({totals_query.mesures[-1]}))"""
    note = "Avec les paquets arrow et dplyr."
    return Snippet("r", "R, avec arrow et dplyr", "r", code, note)


def _jq(totals_query: Question, url: str) -> Snippet:
    total = totals_query.mesures[-1]
    code = f"""\
curl -sL '{url}' \\
  | jq -n 'reduce inputs as $ligne ({{}};
      .[$ligne.{totals_query.dimension} // "(vide)"] += $ligne.{total})'"""
    note = "Une ligne à la fois : le fichier n'a pas à tenir en mémoire."
    return Snippet("jq", "Ligne de commande, avec curl et jq", "sh", code, note)


def _api(totals_query: Question, card: VersionCard) -> Snippet:
    sums = ", ".join(f"sum({name}) as {name}" for name in totals_query.mesures)
    code = f"""\
curl -sG '{api_address(card)}' \\
  --data-urlencode 'select={sums}' \\
  --data-urlencode 'group_by={totals_query.dimension}' \\
  --data-urlencode 'order_by={totals_query.mesures[-1]} desc' \\
  --data-urlencode 'limit=20'"""
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
