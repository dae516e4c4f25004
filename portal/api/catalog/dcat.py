"""The catalogue for harvesters: DCAT, ``data.json``, RSS, with addresses of this API.

The catalogue of the site tells more (``orchestration.site``). data.gouv.fr reads portals through
this one: a ``dct:identifier`` per dataset, no ``dcat:accessService``, no date to come, and
addresses that never change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import orjson
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, XSD

from orchestration.site.rdf import (
    DCAT,
    EUROPE,
    IANA,
    add_statements,
    new_graph,
    rdf_xml,
    text,
    turtle,
)
from portal.api.catalog.description import metas
from portal.api.export_formats import FORMATS
from portal.api.exports import formats
from portal.packages.dataset import Dataset

_TITLE = "Mon Compte Formation : données ouvertes"
# Formats whose first row names the columns.
_WITH_HEADER = frozenset({"csv", "xlsx"})


@dataclass(frozen=True)
class Harvest:
    """What harvesters are told: ``exports`` restricts the formats; ``labels`` asks for labels."""

    base: str
    datasets: Sequence[Dataset]
    exports: frozenset[str] | None = None
    labels: bool = True

    def page(self, dataset: Dataset) -> str:
        """Address of the page of a dataset."""
        return f"{self.base}/explore/dataset/{dataset.id}/"

    def distributions(self, dataset: Dataset) -> list[tuple[str, str]]:
        """Return the formats of a dataset, and where each is."""
        root = f"{self.base}/api/explore/v2.1/catalog/datasets/{dataset.id}/exports"
        names = [name for name in formats(dataset) if self.exports is None or name in self.exports]
        labels = "?use_labels=true" if self.labels else ""
        return [(name, f"{root}/{name}{labels if name in _WITH_HEADER else ''}") for name in names]


def _media_type(name: str) -> str:
    return FORMATS[name].media_type.partition(";")[0]


def _optional(content: str | None) -> Literal | None:
    return text(content) if content else None


def _licence(known: Mapping[str, Any]) -> URIRef | None:
    return URIRef(known["license_url"]) if known["license_url"] else None


def _frequency(free_text: str | None) -> URIRef | Literal | None:
    if not free_text:
        return None
    word = free_text.rsplit("/", 1)[-1]
    return EUROPE[f"frequency/{word}"] if word.isupper() else Literal(free_text)


def dcat_graph(harvest: Harvest) -> Graph:
    """Return the catalogue as a graph."""
    graph = new_graph()
    root = URIRef(f"{harvest.base}/explore/")
    datasets = [URIRef(harvest.page(dataset)) for dataset in harvest.datasets]
    add_statements(
        graph,
        root,
        [
            (RDF.type, DCAT.Catalog),
            (DCTERMS.title, text(_TITLE)),
            (DCTERMS.language, Literal("fr")),
            *((DCAT.dataset, node) for node in datasets),
        ],
    )
    for node, dataset in zip(datasets, harvest.datasets, strict=True):
        _dataset(graph, node, dataset, harvest)
    return graph


def _dataset(graph: Graph, node: URIRef, dataset: Dataset, harvest: Harvest) -> None:
    known = metas(dataset)
    distributions = [(name, URIRef(href)) for name, href in harvest.distributions(dataset)]
    publisher = BNode(f"editeur_{dataset.id}") if known["publisher"] else None
    add_statements(
        graph,
        node,
        [
            (RDF.type, DCAT.Dataset),
            (DCTERMS.identifier, Literal(dataset.id)),
            (DCTERMS.title, text(known["title"] or dataset.id)),
            (DCTERMS.description, _optional(known["description"])),
            (DCTERMS.modified, Literal(known["modified"], datatype=XSD.dateTime)),
            (DCTERMS.language, Literal(known["language"])),
            (DCTERMS.license, _licence(known)),
            (DCTERMS.accrualPeriodicity, _frequency(known["update_frequency"])),
            (DCTERMS.publisher, publisher),
            (DCAT.landingPage, node),
            *((DCAT.keyword, text(word)) for word in known["keyword"] or ()),
            *((DCAT.distribution, href) for _, href in distributions),
        ],
    )
    if publisher is not None:
        agent = [(RDF.type, FOAF.Agent), (FOAF.name, text(known["publisher"]))]
        add_statements(graph, publisher, agent)
    for name, href in distributions:
        add_statements(
            graph,
            href,
            [
                (RDF.type, DCAT.Distribution),
                (DCTERMS.title, Literal(f"{dataset.id}.{name}")),
                (DCAT.accessURL, href),
                (DCAT.downloadURL, href),
                (DCTERMS.format, Literal(name)),
                (DCAT.mediaType, IANA[_media_type(name)]),
                (DCTERMS.license, _licence(known)),
            ],
        )


def to_rdf_xml(harvest: Harvest) -> bytes:
    """Return the catalogue in RDF/XML."""
    return rdf_xml(dcat_graph(harvest))


def to_turtle(harvest: Harvest) -> bytes:
    """Return the catalogue in Turtle."""
    return turtle(dcat_graph(harvest))


def to_data_json(harvest: Harvest) -> bytes:
    """Return the catalogue as ``data.json`` (DCAT-US 1.1)."""
    entries = []
    for dataset in harvest.datasets:
        known = metas(dataset)
        entries.append(
            {
                "@type": "dcat:Dataset",
                "identifier": dataset.id,
                "title": known["title"] or dataset.id,
                "description": known["description"] or "",
                "keyword": list(known["keyword"] or ()),
                "modified": known["modified"],
                "publisher": {"@type": "org:Organization", "name": known["publisher"] or ""},
                "license": known["license_url"],
                "accessLevel": "public",
                "landingPage": harvest.page(dataset),
                "distribution": [
                    {
                        "@type": "dcat:Distribution",
                        "title": f"{dataset.id}.{name}",
                        "downloadURL": address,
                        "mediaType": _media_type(name),
                    }
                    for name, address in harvest.distributions(dataset)
                ],
            }
        )
    schema = "https://project-open-data.cio.gov/v1.1/schema"
    return orjson.dumps({"conformsTo": schema, "dataset": entries})


def to_rss(harvest: Harvest) -> bytes:
    """Return the datasets as an RSS 2.0 channel."""
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _element(channel, "title", _TITLE)
    _element(channel, "link", f"{harvest.base}/")
    _element(channel, "description", "Les jeux de données, du plus récent au plus ancien.")
    for dataset in sorted(harvest.datasets, key=lambda item: item.modified, reverse=True):
        known = metas(dataset)
        item = ElementTree.SubElement(channel, "item")
        _element(item, "title", known["title"] or dataset.id)
        _element(item, "link", harvest.page(dataset))
        _element(item, "guid", harvest.page(dataset))
        _element(item, "description", known["description"] or "")
        _element(item, "pubDate", dataset.modified.strftime("%a, %d %b %Y %H:%M:%S +0000"))
    document: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return document


def _element(parent: ElementTree.Element, name: str, content: str) -> None:
    ElementTree.SubElement(parent, name).text = content
