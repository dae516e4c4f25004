"""One question, asked in each language that people use: snippets to copy, that the tests run.

Belongs here: the snippets. Does not: their place on the page. All ask for the totals by one
dimension of the dataset, so that their answers can be compared.
"""

from dataclasses import dataclass

from orchestration.description.fiche import Fiche
from orchestration.jeux import Jeu
from orchestration.publication.versions import SOMMES


@dataclass(frozen=True)
class Extrait:
    """A snippet: its anchor, its title, its language and a word on what it needs."""

    ancre: str
    titre: str
    langue: str
    code: str
    note: str


@dataclass(frozen=True)
class Question:
    """Totals of ``mesures`` by ``dimension``, the largest of the last measure first."""

    dimension: str
    mesures: tuple[str, ...]


def question(jeu: Jeu) -> Question:
    """Choose the names of regions if the dataset has them, else the first column of its key."""
    regions = (item.nom for item in jeu.colonnes if item.nomenclature == "regions.nom")
    return Question(next(regions, jeu.cle[0]), jeu.totaux)


def extraits(fiche: Fiche) -> tuple[Extrait, ...]:
    """Return the snippets of a version that has rows to add up; JSONL ones if it has the file."""
    asked = question(fiche.jeu)
    if not asked.mesures:
        return ()
    parquet = fiche.adresse(f"{fiche.jeu.nom}.parquet", stable=True)
    made = [_duckdb(asked, parquet), _pandas(asked, parquet), _r(asked, parquet)]
    jsonl = fiche.donnee("jsonl")
    if jsonl:
        made.append(_jq(asked, fiche.adresse(jsonl, stable=True)))
    return (*made, _api(asked, fiche))


def _duckdb(asked: Question, url: str) -> Extrait:
    sums = ",\n".join(f"    sum({name}) as {name}" for name in asked.mesures)
    code = f"""\
select
    {asked.dimension},
{sums}
from '{url}'
group by {asked.dimension}
order by {asked.mesures[-1]} desc"""
    note = "DuckDB ne télécharge que les colonnes lues. Le même SQL marche sur un fichier local."
    return Extrait("sql", "SQL sur le Parquet, avec DuckDB", "sql", code, note)


def _pandas(asked: Question, url: str) -> Extrait:
    names = ", ".join(f'"{name}"' for name in asked.mesures)
    code = f"""\
import pandas as pd

jeu = pd.read_parquet("{url}")
totaux = jeu.groupby("{asked.dimension}", dropna=False)[[{names}]].sum()
print(totaux.sort_values("{asked.mesures[-1]}", ascending=False))"""
    note = "Avec pandas et pyarrow. dropna=False garde les lignes où la dimension est vide."
    return Extrait("pandas", "Python, avec pandas", "python", code, note)


def _r(asked: Question, url: str) -> Extrait:
    names = ", ".join(asked.mesures)
    code = f"""\
library(dplyr)

fichier <- tempfile(fileext = ".parquet")
download.file("{url}", fichier, mode = "wb")
arrow::read_parquet(fichier) |>
  group_by({asked.dimension}) |>
  summarise(across(c({names}), sum)) |>
  arrange(desc({asked.mesures[-1]}))"""
    note = "Avec les paquets arrow et dplyr."
    return Extrait("r", "R, avec arrow et dplyr", "r", code, note)


def _jq(asked: Question, url: str) -> Extrait:
    total = asked.mesures[-1]
    code = f"""\
curl -sL '{url}' \\
  | jq -n 'reduce inputs as $ligne ({{}};
      .[$ligne.{asked.dimension} // "(vide)"] += $ligne.{total})'"""
    note = "Une ligne à la fois : le fichier n'a pas à tenir en mémoire."
    return Extrait("jq", "Ligne de commande, avec curl et jq", "sh", code, note)


def _api(asked: Question, fiche: Fiche) -> Extrait:
    sums = ", ".join(f"sum({name}) as {name}" for name in asked.mesures)
    code = f"""\
curl -sG '{adresse_api(fiche)}' \\
  --data-urlencode 'select={sums}' \\
  --data-urlencode 'group_by={asked.dimension}' \\
  --data-urlencode 'order_by={asked.mesures[-1]} desc' \\
  --data-urlencode 'limit=20'"""
    note = "API Explore 2.1 : select, where, group_by, order_by, limit et offset ; réponse en JSON."
    return Extrait("api", "API, sans rien télécharger", "sh", code, note)


def verification(fiche: Fiche) -> str:
    """Return the commands that download a file of a version and check it."""
    name = f"{fiche.jeu.nom}.parquet"
    return f"""\
curl -sO '{fiche.adresse(SOMMES)}' \\
     -O '{fiche.adresse(name)}'
sha256sum --check --ignore-missing {SOMMES}"""


def adresse_api(fiche: Fiche) -> str:
    """Address of the records of the dataset in the API."""
    return f"{fiche.site.url}/api/explore/v2.1/catalog/datasets/{fiche.jeu.nom}/records"
