"""Which file answers which question: what the pages say of totals and of detail, and of tables."""

import re
from dataclasses import dataclass

import duckdb

from orchestration import settings
from orchestration.datasets import Dataset, read_datasets, variables
from orchestration.metadata.version_card import VersionCard
from orchestration.site.published import PublishedSite
from orchestration.sql import limit, literal
from orchestration.totals_tables import TotalsTable

_PERIODS = {"mois": "mois", "trimestre": "trimestre", "annee": "année"}


def answering(published_site: PublishedSite, dataset: Dataset) -> tuple[Dataset, ...]:
    """Return the published datasets that count the same dossiers: totals first, then detail."""
    detail = dataset.totals_of or dataset.nom
    same = (item.current.dataset for item in published_site.datasets)
    return tuple(
        sorted(
            (other for other in same if detail in (other.nom, other.totals_of)),
            key=lambda other: other.totals_of is None,
        )
    )


def threshold(dataset: Dataset) -> int | None:
    """Return how many persons a published row or total counts at least."""
    return read_datasets()[dataset.totals_of].seuil if dataset.totals_of else dataset.seuil


@dataclass(frozen=True)
class TableView:
    """A table of totals, as a version has it: what it tells, its cells, and the secret ones."""

    nom: str
    period: str
    dimensions: tuple[str, ...]
    cells: int
    secret: int


def table_views(card: VersionCard) -> tuple[TableView, ...]:
    """Return the tables of totals that a version holds; none of a dataset that has no totals."""
    if not card.dataset.totals_of:
        return ()
    base = read_datasets()[card.dataset.totals_of]
    declared = {table.nom: table for table in base.tables}
    implied = variables()["diffusion"][card.dataset.totals_of]["implique"]
    titles = {column.nom: _plain(column.titre) for column in card.dataset.colonnes}
    # What is drawn from a column and has none of its own is told in that one.
    titles |= {name: titles[column] for name, column in base.drawn.items() if name not in titles}
    name = card.dataset.nom
    path = settings.publications(name) / card.version / f"{name}.parquet"
    with duckdb.connect() as connection:
        limit(connection)
        rows = connection.execute(
            "select tableau, count(*), count_if(diffusion = 'secret') "
            f"from read_parquet({literal(path)}) group by tableau order by tableau"
        ).fetchall()
    return tuple(
        TableView(nom, *_told(declared.get(nom), implied, titles), cells, secret)
        for nom, cells, secret in rows
    )


def _told(
    table: TotalsTable | None, implied: dict[str, list[str]], titles: dict[str, str]
) -> tuple[str, tuple[str, ...]]:
    """Period and dimensions in plain words; a table that is declared no more says neither."""
    if table is None:
        return "–", ()
    others = {name for column in table.dimensions for name in implied.get(column, ())}
    return _PERIODS[table.grain], tuple(
        titles[name] for name in table.dimensions if name not in others
    )


def _plain(title: str) -> str:
    """Return « région de formation » for « Code de la région de formation »."""
    word = re.sub(r"^Code (de la |du )", "", title)
    return word[0].lower() + word[1:]
