"""A small published site: the three datasets, one of them in two versions, and its pages.

Belongs here: making it, reading its pages. Does not: judging them.
"""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

from lxml import html

from orchestration import settings
from orchestration.description.fiche import Fiche
from orchestration.description.vitrine import lire_vitrine
from orchestration.jeux import Jeu
from orchestration.publication.exposition import exposer_site
from tests.unit.petites_publications import publier_jeu
from tests.unit.petits_jeux import ACHATS, OFFRE, USAGERS

PAGES = (
    *("index.html", "dictionnaire.html"),
    *(f"{jeu}/index.html" for jeu in (OFFRE, ACHATS, USAGERS)),
)


def publier_tout(jeux: dict[str, Jeu]) -> None:
    """Publish every dataset, the users twice, and write the pages."""
    for jeu in jeux.values():
        publier_jeu(jeu)
    publier_jeu(jeux[USAGERS], dossiers=41)
    exposer_site()


def chemins() -> list[Path]:
    """Every page of the site."""
    return sorted(settings.site().rglob("*.html"))


def lire(path: Path) -> html.HtmlElement:
    """Parse a page."""
    return html.fromstring(path.read_bytes())


def page(nom: str) -> html.HtmlElement:
    """Parse the page at a path under the site's folder."""
    return lire(settings.site() / nom)


def cibles(path: Path) -> list[tuple[str, str]]:
    """Path under the site and fragment of every internal link of a page."""
    here = path.relative_to(settings.site()).as_posix()
    found = []
    for link in lire(path).xpath("//a/@href"):
        target = urlsplit(urljoin(f"//site/{here}", str(link)))
        if not urlsplit(str(link)).scheme:
            found.append((target.path.lstrip("/"), target.fragment))
    return found


def courante(jeu: Jeu) -> Fiche:
    """Card of the current version of a dataset."""
    found = (item.courante for item in lire_vitrine().jeux)
    return next(card for card in found if card.jeu.nom == jeu.nom)


def parquet(jeu: Jeu) -> Path:
    """Parquet file of the current version."""
    return settings.publications(jeu.nom) / courante(jeu).version / f"{jeu.nom}.parquet"
