"""Deliberate damage to a copy of the site's files: what a harvester must refuse."""

import re
from collections.abc import Callable
from pathlib import Path

from rdflib import Graph


def _replace(file_name: str, pattern: str, replacement: str) -> Callable[[Path], None]:
    """Return what replaces ``pattern`` (a regular expression) everywhere in a file of the site."""

    def damage(folder: Path) -> None:
        path = folder / "site" / file_name
        text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"))
        if not count:
            raise ValueError(f"{file_name} n'a pas {pattern} : rien n'est cassé")
        path.write_text(text, encoding="utf-8")

    return damage


_HARVEST_FILE = "moissonnage.ttl"
binary_digest = _replace(_HARVEST_FILE, r'(spdx:checksumValue "\w+")', r"\1^^xsd:hexBinary")
dataset_without_identifier = _replace(_HARVEST_FILE, r'dct:identifier "[^"]*" ;', "")
access_service = _replace(
    _HARVEST_FILE,
    r"(a dcat:Distribution ;)",
    r"\1 dcat:accessService [ a dcat:DataService ] ;",
)
future_date = _replace(_HARVEST_FILE, r'dct:modified "\d{4}', 'dct:modified "2999')
period_as_address = _replace(
    _HARVEST_FILE, r"dct:temporal \[[^\]]*\]", "dct:temporal <http://127.0.0.1:9/periode.ttl>"
)

_CATALOG = "catalogue.ttl"


def _in_all_three(pattern: str, replacement: str) -> Callable[[Path], None]:
    """Break the catalogue in each of its files alike: their difference is another break."""

    def damage(folder: Path) -> None:
        _replace(_CATALOG, pattern, replacement)(folder)
        graph = Graph().parse(folder / "site" / _CATALOG)
        for suffix, form in ((".jsonld", "json-ld"), (".rdf", "xml")):
            graph.serialize(folder / "site" / f"catalogue{suffix}", format=form)

    return damage


text_digest = _in_all_three(r'("\w+")\^\^xsd:hexBinary', r"\1")
distribution_without_access = _in_all_three(r"dcat:accessURL <[^>]*> ;", "")
different_json_ld = _replace("catalogue.jsonld", r'"dcat:version": "[\d.]+"', '"dcat:version": "0"')
other_digest = _replace(_CATALOG, r'checksumValue "\w{8}', 'checksumValue "00000000')
dataset_without_title = _replace(_CATALOG, r'dct:title "[^"]*"@fr ;', "")


def version_addresses(folder: Path) -> None:
    """Harvest the addresses of versions, which change at each release."""
    text = (folder / "site" / _HARVEST_FILE).read_text(encoding="utf-8")
    (version, *_) = re.findall(r'dcat:version "([\d.]+)"', text)
    _replace(_HARVEST_FILE, r"(URL <[^>]*)/derniere/", rf"\1/{version}/")(folder)
