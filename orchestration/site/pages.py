"""The pages of the site: which there are, what each is given, how it is rendered and linked."""

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from orchestration import settings
from orchestration.disclosure.gate.disclosure_page import column_word
from orchestration.files import File
from orchestration.html import header_entries, hold_punctuation, template_environment
from orchestration.metadata import file_labels
from orchestration.metadata.examples import SPECIAL_VALUES
from orchestration.metadata.schema_org import FILE_NAME as JSONLD
from orchestration.metadata.version_card import LICENCE_NAME, LICENCE_URL, Site, VersionCard
from orchestration.quality.report import dissemination_levels
from orchestration.site import snippets
from orchestration.site.columns import ColumnView, column_profiles, column_views, read_lists
from orchestration.site.cookbook import read_chapters
from orchestration.site.published import PublishedDataset, PublishedSite
from orchestration.site.which_file import answering, table_views, threshold

HOME_PAGE = "index.html"
DICTIONARY_PAGE = "dictionnaire.html"
RECIPES_PAGE = "recettes.html"
_TEMPLATES = Path(__file__).parent / "templates"
_DECIMAL = re.compile(r"DECIMAL\(\d+,\s*(\d+)\)")
_TYPES = {
    "VARCHAR": "texte",
    "INTEGER": "entier",
    "BIGINT": "entier",
    "DATE": "date",
    "DOUBLE": "nombre",
    "BOOLEAN": "booléen",
}
_TRUNCATE_AT = 90


@dataclass(frozen=True)
class _Dataset:
    """A dataset with the columns of its current version."""

    published_dataset: PublishedDataset
    column_views: tuple[ColumnView, ...]


def pages(published_site: PublishedSite) -> dict[str, bytes]:
    """Return every page, by its path under the site's folder."""
    read = tuple(
        _Dataset(dataset, column_views(dataset.current, column_profiles(dataset.current)))
        for dataset in published_site.datasets
    )
    page_files = {
        HOME_PAGE: _home_page(published_site),
        DICTIONARY_PAGE: _dictionary(published_site, read),
        RECIPES_PAGE: _recipes(published_site),
    }
    for item in read:
        path = dataset_path(published_site.site, item.published_dataset.current.dataset.nom)
        page_files[path] = _dataset_page(published_site, item, path)
    return page_files


def _recipes(published_site: PublishedSite) -> bytes:
    ordered = sorted(published_site.datasets, key=_reading_order)
    return render(
        "recettes.html.j2",
        published_site,
        RECIPES_PAGE,
        chapters=read_chapters(),
        datasets=[item.current.dataset for item in ordered],
    )


def _home_page(published_site: PublishedSite) -> bytes:
    rows = sum(dataset.current.lignes for dataset in published_site.datasets)
    return render(
        "accueil.html.j2",
        published_site,
        HOME_PAGE,
        datasets=sorted(published_site.datasets, key=_reading_order),
        row_count=rows,
        file_labels=file_labels,
        threshold=threshold,
    )


def _reading_order(item: PublishedDataset) -> tuple[str, bool]:
    """Totals just before the detail that they are of: most questions are theirs."""
    dataset = item.current.dataset
    return dataset.totals_of or dataset.nom, dataset.totals_of is None


def _dataset_page(published_site: PublishedSite, dataset: _Dataset, path: str) -> bytes:
    card = dataset.published_dataset.current
    tables = table_views(card)
    asked = snippets.question(card.dataset, [table.nom for table in tables])
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
        snippets=snippets.snippets(card, [table.nom for table in tables]),
        asked=asked,
        tables=tables,
        answering=answering(published_site, card.dataset),
        threshold=threshold(card.dataset),
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
    for dataset in datasets:
        for view in dataset.column_views:
            entry = (dataset.published_dataset.current.dataset.nom, view.column.titre)
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
    if all(report.nom != JSONLD for report in card.reports):
        return None
    path = settings.publications(card.dataset.nom) / card.version / JSONLD
    # In JSON this sign is in strings only, where its escape says the same.
    return path.read_text(encoding="utf-8").replace("<", "\\u003c").strip()


@dataclass(frozen=True)
class Links:
    """Links of the page at ``path`` (under the site's folder)."""

    site: Site
    path: str

    @property
    def home(self) -> str:
        """Link to the home page."""
        return self._relative(HOME_PAGE)

    @property
    def dictionary(self) -> str:
        """Link to the data dictionary."""
        return self._relative(DICTIONARY_PAGE)

    @property
    def recipes(self) -> str:
        """Link to the cookbook."""
        return self._relative(RECIPES_PAGE)

    @property
    def entries(self) -> list[tuple[str, str, str]]:
        """Entries of the header: what the portal answers is at its own address."""
        return header_entries(self.home, self.recipes, self.dictionary, f"{self.site.url}/")

    def site_file(self, name: str) -> str:
        """Link to a file of the site as a whole: catalogue, feed."""
        return self._relative(name)

    def dataset(self, name: str) -> str:
        """Link to the page of a dataset."""
        return self._relative(dataset_path(self.site, name))

    def file(self, card: VersionCard, file: File | str, *, stable: bool = False) -> str:
        """Link to a file of a version, or of the current one for ever (``stable``)."""
        return self._relative(_path(self.site, card.address(file, stable=stable)))

    def _relative(self, path: str) -> str:
        return posixpath.relpath(path, posixpath.dirname(self.path) or ".")


def dataset_path(site: Site, name: str) -> str:
    """Path of the page of a dataset under the site's folder."""
    return _path(site, site.page(name)) + HOME_PAGE


def _path(site: Site, address: str) -> str:
    return address.removeprefix(f"{site.url}/")


def render(template_name: str, published_site: PublishedSite, path: str, **context: Any) -> bytes:
    """Render the page that will be at ``path``."""
    environment = template_environment(_TEMPLATES)
    environment.filters |= {"type": french_type, "court": shorten}
    environment.filters |= {"mot": column_word, "secable": breakable}
    site = published_site.site
    html = environment.get_template(template_name).render(
        published_site=published_site, site=site, links=Links(site, path), **context
    )
    return (hold_punctuation(html).strip() + "\n").encode()


def breakable(name: str) -> Markup:
    """Let the name of a column break after its underscores; what is copied is the name."""
    return Markup("_<wbr>").join(escape(part) for part in name.split("_"))


def french_type(duckdb: str) -> str:
    """Type of a column in plain words."""
    decimal = _DECIMAL.fullmatch(duckdb)
    if decimal:
        places = int(decimal.group(1))
        return f"décimal, {places}\u00a0décimale{'s' if places > 1 else ''}"
    return _TYPES.get(duckdb, duckdb.lower())


def shorten(value: str) -> str:
    """Keep the beginning of a long value, on one line."""
    line = " ".join(value.split())
    return line if len(line) <= _TRUNCATE_AT else f"{line[:_TRUNCATE_AT].rstrip()}…"
