"""All the pages of the site, from what is published.

Belongs here: which pages there are, and what each one is given. Does not: markup (templates).
"""

from dataclasses import dataclass

from orchestration import settings
from orchestration.metadata import file_labels
from orchestration.metadata.examples import SPECIAL_VALUES
from orchestration.metadata.version_card import LICENCE_NAME, LICENCE_URL
from orchestration.quality.report import breakdown_rows, dissemination_levels
from orchestration.site.pages import snippets
from orchestration.site.pages.columns import ColumnView, column_profiles, column_views, read_lists
from orchestration.site.pages.render import DICTIONARY_PAGE, HOME_PAGE, dataset_path, render
from orchestration.site.published import PublishedDataset, PublishedSite

_JSONLD = "schema.org.jsonld"


@dataclass(frozen=True)
class _Dataset:
    """A dataset with the columns of its current version."""

    published_dataset: PublishedDataset
    column_views: tuple[ColumnView, ...]


def pages(published_site: PublishedSite) -> dict[str, bytes]:
    """Return every page, by its path under the site's folder."""
    read = tuple(
        _Dataset(item, column_views(item.current, column_profiles(item.current)))
        for item in published_site.datasets
    )
    page_files = {
        HOME_PAGE: _home_page(published_site),
        DICTIONARY_PAGE: _dictionary(published_site, read),
    }
    for item in read:
        path = dataset_path(published_site.site, item.published_dataset.current.dataset.nom)
        page_files[path] = _dataset_page(published_site, item, path)
    return page_files


def _home_page(published_site: PublishedSite) -> bytes:
    rows = sum(item.current.lignes for item in published_site.datasets)
    return render(
        "accueil.html.j2", published_site, HOME_PAGE, row_count=rows, file_labels=file_labels
    )


def _dataset_page(published_site: PublishedSite, dataset: _Dataset, path: str) -> bytes:
    card = dataset.published_dataset.current
    return render(
        "jeu.html.j2",
        published_site,
        path,
        published_dataset=dataset.published_dataset,
        card=card,
        dataset=card.dataset,
        column_views=dataset.column_views,
        titles={view.column.nom: view.column.titre for view in dataset.column_views},
        file_labels=file_labels,
        niveaux=dissemination_levels(card.mesures, card.dataset.plan),
        ventilation=breakdown_rows(card.mesures, card.dataset.plan),
        snippets=snippets.snippets(card),
        verification=snippets.verification(card),
        citation=snippets.citation(card),
        bibtex=snippets.bibtex(card),
        licence=(LICENCE_NAME, LICENCE_URL),
        jsonld=_jsonld(dataset.published_dataset),
    )


def _dictionary(published_site: PublishedSite, datasets: tuple[_Dataset, ...]) -> bytes:
    held = {
        view.code_list_name
        for item in datasets
        for view in item.column_views
        if view.code_list_name
    }
    index: dict[str, list[tuple[str, str]]] = {}
    for item in datasets:
        for view in item.column_views:
            entry = (item.published_dataset.current.dataset.nom, view.column.titre)
            index.setdefault(view.column.nom, []).append(entry)
    return render(
        "dictionnaire.html.j2",
        published_site,
        DICTIONARY_PAGE,
        datasets=datasets,
        index=sorted(index.items()),
        code_lists=read_lists(held),
        special_values=SPECIAL_VALUES,
    )


def _jsonld(published_dataset: PublishedDataset) -> str | None:
    """Return the schema.org document of the current version, safe inside a ``script`` element."""
    card = published_dataset.current
    if all(item.nom != _JSONLD for item in card.reports):
        return None
    path = settings.publications(card.dataset.nom) / card.version / _JSONLD
    # In JSON this sign is in strings only, where its escape says the same.
    return path.read_text(encoding="utf-8").replace("<", "\\u003c").strip()
