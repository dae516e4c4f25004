"""Rendering: the templates, the shared style and the French words for sizes, types and periods.

Belongs here: what any page needs to be rendered. Does not: the content of one page.
"""

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from orchestration.disclosure.gate.disclosure_page import column_word
from orchestration.files import File
from orchestration.html import format_number, template_environment
from orchestration.metadata.publisher import Site
from orchestration.metadata.version_card import VersionCard
from orchestration.site.published import PublishedSite

HOME_PAGE = "index.html"
DICTIONARY_PAGE = "dictionnaire.html"


@dataclass(frozen=True)
class Links:
    """Links of the page at ``chemin`` (under the site's folder)."""

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


_TEMPLATES = Path(__file__).parent / "templates"
_CODE = re.compile(r"`([^`]+)`")
# French signs hold on to the word beside them; code, styles and scripts stay as they are.
_FRENCH_PUNCTUATION = re.compile(r"<(code|script|style)\b.*?</\1>| (?=[:;?!»%])|(?<=«) ", re.DOTALL)
_DECIMAL = re.compile(r"DECIMAL\(\d+,\s*(\d+)\)")
_TYPES = {
    "VARCHAR": "texte",
    "INTEGER": "entier",
    "BIGINT": "entier",
    "DATE": "date",
    "DOUBLE": "nombre",
    "BOOLEAN": "booléen",
}
_UNITS = ("octets", "ko", "Mo", "Go", "To")
_THOUSAND = 1000
_TRUNCATE_AT = 90


def render(template_name: str, published_site: PublishedSite, path: str, **context: Any) -> bytes:
    """Render the page that will be at ``chemin``."""
    template = _environment().get_template(template_name)
    links = Links(published_site.site, path)
    html = template.render(
        published_site=published_site, site=published_site.site, links=links, **context
    )
    html = _FRENCH_PUNCTUATION.sub(
        lambda result: result.group() if result.group(1) else "\u00a0", html
    )
    return (html.strip() + "\n").encode()


def _environment() -> Environment:
    result = template_environment(_TEMPLATES)
    result.filters |= {"texte": text, "taille": format_size, "type": french_type, "court": shorten}
    result.filters |= {"mot": column_word, "secable": breakable}
    return result


def text(raw: str) -> Markup:
    """Escape a text of the declaration; what is between backticks becomes code."""
    parts = _CODE.split(raw)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def breakable(name: str) -> Markup:
    """Let the name of a column break after its underscores; what is copied is the name."""
    return Markup("_<wbr>").join(escape(part) for part in name.split("_"))


def format_size(octets: int) -> str:
    """Size in French decimal units: ``1,2 Mo``."""
    scaled, unit = float(octets), 0
    while scaled >= _THOUSAND and unit < len(_UNITS) - 1:
        scaled, unit = scaled / _THOUSAND, unit + 1
    return f"{format_number(round(scaled, 1) if unit else octets)}\u00a0{_UNITS[unit]}"


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
