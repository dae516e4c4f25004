"""Deliberate damage to a copy of the site's files: what a harvester must refuse.

Belongs here: small breaks of the catalogue and of the harvest file, each of one thing. Does not:
the files of a version (``casser``).
"""

import re
from collections.abc import Callable
from pathlib import Path

from rdflib import Graph


def _remplacer(fichier: str, motif: str, par: str) -> Callable[[Path], None]:
    """Return what replaces ``motif`` (a regular expression) everywhere in a file of the site."""

    def casser(dossier: Path) -> None:
        path = dossier / "site" / fichier
        text, count = re.subn(motif, par, path.read_text(encoding="utf-8"))
        if not count:
            raise ValueError(f"{fichier} n'a pas {motif} : rien n'est cassé")
        path.write_text(text, encoding="utf-8")

    return casser


_MOISSONNAGE = "moissonnage.ttl"
empreinte_binaire = _remplacer(_MOISSONNAGE, r'(spdx:checksumValue "\w+")', r"\1^^xsd:hexBinary")
jeu_sans_identifiant = _remplacer(_MOISSONNAGE, r'dct:identifier "[^"]*" ;', "")
service = _remplacer(
    _MOISSONNAGE,
    r"(a dcat:Distribution ;)",
    r"\1 dcat:accessService [ a dcat:DataService ] ;",
)
date_future = _remplacer(_MOISSONNAGE, r'dct:modified "\d{4}', 'dct:modified "2999')
periode_a_chercher = _remplacer(
    _MOISSONNAGE, r"dct:temporal \[[^\]]*\]", "dct:temporal <http://127.0.0.1:9/periode.ttl>"
)

_CATALOGUE = "catalogue.ttl"


def _dans_les_trois(motif: str, par: str) -> Callable[[Path], None]:
    """Break the catalogue in each of its files alike: their difference is another break."""

    def casser(dossier: Path) -> None:
        _remplacer(_CATALOGUE, motif, par)(dossier)
        graph = Graph().parse(dossier / "site" / _CATALOGUE)
        for suffix, form in ((".jsonld", "json-ld"), (".rdf", "xml")):
            graph.serialize(dossier / "site" / f"catalogue{suffix}", format=form)

    return casser


empreinte_en_texte = _dans_les_trois(r'("\w+")\^\^xsd:hexBinary', r"\1")
distribution_sans_acces = _dans_les_trois(r"dcat:accessURL <[^>]*> ;", "")
json_ld_different = _remplacer(
    "catalogue.jsonld", r'"dcat:version": "[\d.]+"', '"dcat:version": "0"'
)
autre_empreinte = _remplacer(_CATALOGUE, r'checksumValue "\w{8}', 'checksumValue "00000000')
jeu_sans_titre = _remplacer(_CATALOGUE, r'dct:title "[^"]*"@fr ;', "")


def adresses_de_version(dossier: Path) -> None:
    """Harvest the addresses of versions, which change at each release."""
    text = (dossier / "site" / _MOISSONNAGE).read_text(encoding="utf-8")
    (version, *_) = re.findall(r'dcat:version "([\d.]+)"', text)
    _remplacer(_MOISSONNAGE, r"(URL <[^>]*)/derniere/", rf"\1/{version}/")(dossier)
