"""Which file answers which question: what the pages say of totals and of detail, and of tables."""

from dataclasses import dataclass

import duckdb

from orchestration import settings
from orchestration.datasets import Dataset, TotalsTable, read_datasets
from orchestration.metadata.version_card import VersionCard
from orchestration.site.published import PublishedSite
from orchestration.sql import limit, literal

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
    declared = {table.nom: table for table in read_datasets()[card.dataset.totals_of].tables}
    titles = {column.nom: column.titre for column in card.dataset.colonnes}
    name = card.dataset.nom
    path = settings.publications(name) / card.version / f"{name}.parquet"
    with duckdb.connect() as connection:
        limit(connection)
        rows = connection.execute(
            "select tableau, count(*), count_if(diffusion = 'secret') "
            f"from read_parquet({literal(path)}) group by tableau order by tableau"
        ).fetchall()
    return tuple(_view(declared.get(row[0]), titles, *row) for row in rows)


def _view(
    table: TotalsTable | None, titles: dict[str, str], nom: str, cells: int, secret: int
) -> TableView:
    """A table that is declared no more has its name only."""
    if table is None:
        return TableView(nom, "–", (), cells, secret)
    dimensions = tuple(titles.get(name, name) for name in table.dimensions)
    return TableView(nom, _PERIODS[table.grain], dimensions, cells, secret)
