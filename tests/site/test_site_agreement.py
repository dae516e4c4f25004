"""Catalogue, harvest file and Atom feed tell the same facts as the manifest of each version."""

import json
import re
from typing import Any

from lxml import etree, html
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from orchestration import settings
from orchestration.site import atom, datagouv
from orchestration.site.published import PublishedSite
from orchestration.site.rdf import DCAT, SPDX

ATOM_NS = "{http://www.w3.org/2005/Atom}"
# What each document says of a file: its hash, its bytes, its rows.
Facts = dict[str, tuple[str, int, int]]


def published_manifest(dataset: str, version: str) -> dict[str, Any]:
    path = settings.publications(dataset) / version / "manifest.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def facts_of_manifest(manifest: dict[str, Any]) -> Facts:
    return {
        item["nom"]: (item["sha256"], item["octets"], item["lignes"])
        for item in manifest["fichiers"]
        if "lignes" in item
    }


def facts_of_graph(graph: Graph, dataset: Node) -> Facts:
    described = {}
    for distribution in graph.objects(dataset, DCAT.distribution):
        checksum = graph.value(distribution, SPDX.checksum)
        description = str(graph.value(distribution, DCTERMS.description))
        name = str(graph.value(distribution, DCAT.downloadURL)).rpartition("/")[2]
        described[name] = (
            str(graph.value(checksum, SPDX.checksumValue)),
            int(str(graph.value(distribution, DCAT.byteSize))),
            int(re.findall(r"(\d+) lignes", description)[0]),
        )
    return described


def facts_of_entry(entry: etree._Element) -> Facts:
    description = html.fromstring(entry.findtext(f"{ATOM_NS}content"))
    hashes = {
        line.find("a").get("href"): (line.findtext("code"), line.text_content())
        for line in description.iter("li")
    }
    rows = int(re.findall(r"^(\d+) lignes", entry.findtext(f"{ATOM_NS}summary"))[0])
    described = {}
    for link in entry.findall(f"{ATOM_NS}link[@rel='enclosure']"):
        digest, line = hashes[link.get("href")]
        assert f"{link.get('length')} octets" in line
        described[link.get("title")] = (digest, int(link.get("length")), rows)
    return described


def version_and_date(graph: Graph, node: Node) -> tuple[str, str]:
    """Return the version and the date that a graph gives."""
    moment = str(graph.value(node, DCTERMS.modified)).replace("+00:00", "Z")
    return str(graph.value(node, DCAT.version)), moment


def test_files_versions_and_dates_agree(published_site: PublishedSite) -> None:
    site = settings.site()
    catalog_graph = Graph().parse(site / "catalogue.ttl")
    harvest = Graph().parse(site / datagouv.FILE_NAME)
    feed = etree.parse(site / atom.FILE_NAME).getroot()
    entries = {entry.findtext(f"{ATOM_NS}id"): entry for entry in feed.findall(f"{ATOM_NS}entry")}
    seen = 0
    for dataset in published_site.datasets:
        for card in dataset.version_cards:
            manifest = published_manifest(card.dataset.nom, card.version)
            facts, identity = (
                facts_of_manifest(manifest),
                (manifest["version"], manifest["publie_le"]),
            )
            entry = entries[card.address("")]
            assert facts
            assert facts_of_graph(catalog_graph, URIRef(card.address(""))) == facts
            assert version_and_date(catalog_graph, URIRef(card.address(""))) == identity
            assert facts_of_entry(entry) == facts
            assert entry.findtext(f"{ATOM_NS}updated") == manifest["publie_le"]
            assert entry.findtext(f"{ATOM_NS}title").endswith(manifest["version"])
            if card == dataset.current:
                for graph in (catalog_graph, harvest):
                    stable = URIRef(card.address("", stable=True))
                    assert facts_of_graph(graph, stable) == facts
                    assert version_and_date(graph, stable) == identity
            seen += 1
    assert seen == len(published_site.datasets) + 1
