"""Catalogue, harvest file and Atom feed tell the same facts as the manifest of each version."""

import json
import re
from typing import Any

import pytest
from lxml import etree, html
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from orchestration import settings
from orchestration.description import atom, moissonnage
from orchestration.description.rdf import DCAT, SPDX
from orchestration.description.vitrine import Vitrine, lire_vitrine
from orchestration.jeux import Jeu
from tests.unit import petit_site

A = "{http://www.w3.org/2005/Atom}"
# What each document says of a file: its hash, its bytes, its rows.
Faits = dict[str, tuple[str, int, int]]


@pytest.fixture(scope="module")
def vitrine(etat_partage: None, jeux: dict[str, Jeu]) -> Vitrine:
    petit_site.publier_tout(jeux)
    return lire_vitrine()


def manifeste(jeu: str, version: str) -> dict[str, Any]:
    path = settings.publications(jeu) / version / "manifest.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def du_manifeste(manifest: dict[str, Any]) -> Faits:
    return {
        item["nom"]: (item["sha256"], item["octets"], item["lignes"])
        for item in manifest["fichiers"]
        if "lignes" in item
    }


def du_graphe(graph: Graph, dataset: Node) -> Faits:
    found = {}
    for distribution in graph.objects(dataset, DCAT.distribution):
        checksum = graph.value(distribution, SPDX.checksum)
        told = str(graph.value(distribution, DCTERMS.description))
        name = str(graph.value(distribution, DCAT.downloadURL)).rpartition("/")[2]
        found[name] = (
            str(graph.value(checksum, SPDX.checksumValue)),
            int(str(graph.value(distribution, DCAT.byteSize))),
            int(re.findall(r"(\d+) lignes", told)[0]),
        )
    return found


def de_l_entree(entry: etree._Element) -> Faits:
    told = html.fromstring(entry.findtext(f"{A}content"))
    hashes = {
        line.find("a").get("href"): (line.findtext("code"), line.text_content())
        for line in told.iter("li")
    }
    rows = int(re.findall(r"^(\d+) lignes", entry.findtext(f"{A}summary"))[0])
    found = {}
    for link in entry.findall(f"{A}link[@rel='enclosure']"):
        digest, line = hashes[link.get("href")]
        assert f"{link.get('length')} octets" in line
        found[link.get("title")] = (digest, int(link.get("length")), rows)
    return found


def dit(graph: Graph, node: Node) -> tuple[str, str]:
    """Return the version and the date that a graph gives."""
    moment = str(graph.value(node, DCTERMS.modified)).replace("+00:00", "Z")
    return str(graph.value(node, DCAT.version)), moment


def test_files_versions_and_dates_agree(vitrine: Vitrine) -> None:
    site = settings.site()
    catalogue = Graph().parse(site / "catalogue.ttl")
    harvest = Graph().parse(site / moissonnage.NOM)
    feed = etree.parse(site / atom.NOM).getroot()
    entries = {entry.findtext(f"{A}id"): entry for entry in feed.findall(f"{A}entry")}
    seen = 0
    for item in vitrine.jeux:
        for card in item.fiches:
            manifest = manifeste(card.jeu.nom, card.version)
            facts, said = du_manifeste(manifest), (manifest["version"], manifest["publie_le"])
            entry = entries[card.adresse("")]
            assert facts
            assert du_graphe(catalogue, URIRef(card.adresse(""))) == facts
            assert dit(catalogue, URIRef(card.adresse(""))) == said
            assert de_l_entree(entry) == facts
            assert entry.findtext(f"{A}updated") == manifest["publie_le"]
            assert entry.findtext(f"{A}title").endswith(manifest["version"])
            if card == item.courante:
                for graph in (catalogue, harvest):
                    stable = URIRef(card.adresse("", stable=True))
                    assert du_graphe(graph, stable) == facts
                    assert dit(graph, stable) == said
            seen += 1
    assert seen == 4
