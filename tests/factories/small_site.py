"""A small published site: the three datasets, one of them in two versions, and its pages."""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

from lxml import html

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.metadata.version_card import VersionCard
from orchestration.site.expose import expose_site
from orchestration.site.published import read_published_site
from tests.factories.small_datasets import (
    DIAGNOSIS,
    ENTRIES,
    FIGURES,
    OFFER,
    PURCHASE_TOTALS,
    PURCHASES,
    SIGNALS,
    USER_TOTALS,
    USERS,
)
from tests.factories.small_publications import publish_dataset

DATASETS = (
    *(ENTRIES, OFFER, PURCHASES, PURCHASE_TOTALS, USERS, USER_TOTALS),
    *(DIAGNOSIS, FIGURES, SIGNALS),
)
PAGES = (
    *("index.html", "dictionnaire.html", "recettes.html"),
    *(f"{dataset}/index.html" for dataset in DATASETS),
)


def publish_all(datasets: dict[str, Dataset]) -> None:
    """Publish every dataset, the users twice, and write the pages."""
    # What is made of versions, after them.
    for dataset in sorted(datasets.values(), key=lambda dataset: dataset.derived):
        publish_dataset(dataset)
    publish_dataset(datasets[USERS], dossiers=41)
    expose_site()


def paths() -> list[Path]:
    """Every page of the site."""
    return sorted(settings.site().rglob("*.html"))


def read(path: Path) -> html.HtmlElement:
    """Parse a page."""
    return html.fromstring(path.read_bytes())


def page(nom: str) -> html.HtmlElement:
    """Parse the page at a path under the site's folder."""
    return read(settings.site() / nom)


def link_targets(path: Path) -> list[tuple[str, str]]:
    """Path under the site and fragment of every internal link of a page."""
    here = path.relative_to(settings.site()).as_posix()
    targets = []
    for link in read(path).xpath("//a/@href"):
        target = urlsplit(urljoin(f"//site/{here}", str(link)))
        if not urlsplit(str(link)).scheme:
            targets.append((target.path.lstrip("/"), target.fragment))
    return targets


def current(dataset: Dataset) -> VersionCard:
    """Card of the current version of a dataset."""
    cards = (item.current for item in read_published_site().datasets)
    return next(card for card in cards if card.dataset.nom == dataset.nom)


def parquet(dataset: Dataset) -> Path:
    """Parquet file of the current version."""
    return settings.publications(dataset.nom) / current(dataset).version / f"{dataset.nom}.parquet"
