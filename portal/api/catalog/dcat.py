"""The catalogue for harvesters: DCAT, ``data.json``, RSS.

Belongs here: datasets in the words of each standard, with addresses of this API. Does not: the
catalogue of the site, which tells more (``orchestration.description``).

data.gouv.fr reads portals through this DCAT: one ``dct:identifier`` per dataset, no
``dcat:accessService``, no date to come, and addresses that never change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import orjson
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, XSD

from orchestration.site import dcat
from orchestration.site.rdf import EUROPE, new_graph, rdf_xml, text, turtle
from portal.api.catalog.description import metas
from portal.api.export_formats import FORMATS
from portal.api.exports import formats
from portal.packages.dataset import Dataset

_TITLE = "Mon Compte Formation : données ouvertes"


@dataclass(frozen=True)
class Harvest:
    """What harvesters are told: ``exports`` restricts the formats; ``libelles`` asks for labels."""

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


# Formats whose first row names the columns.
_WITH_HEADER = frozenset({"csv", "xlsx"})


def dcat_graph(harvest: Harvest) -> Graph:
    """Return the catalogue as a graph."""
    graph = new_graph()
    nodes = [URIRef(harvest.page(dataset)) for dataset in harvest.datasets]
    language = [(DCTERMS.language, Literal("fr"))]
    dcat.add_catalog(graph, URIRef(f"{harvest.base}/explore/"), _TITLE, nodes, language)
    for node, dataset in zip(nodes, harvest.datasets, strict=True):
        _dataset(graph, node, dataset, harvest)
    return graph


def _dataset(graph: Graph, node: URIRef, dataset: Dataset, harvest: Harvest) -> None:
    known = metas(dataset)
    description, licence = known["description"], known["license_url"]
    frequency, publisher = known["update_frequency"], BNode(f"editeur_{dataset.id}")
    if known["publisher"]:
        dcat.add_publisher(graph, publisher, known["publisher"])
    dcat.add_dataset(
        graph,
        node,
        dataset.id,
        known["title"] or dataset.id,
        harvest.page(dataset),
        known["keyword"] or (),
        [
            (DCTERMS.modified, Literal(known["modified"], datatype=XSD.dateTime)),
            (DCTERMS.language, Literal(known["language"])),
            (DCTERMS.description, text(description) if description else None),
            (DCTERMS.license, URIRef(licence) if licence else None),
            (DCTERMS.accrualPeriodicity, _frequency(frequency) if frequency else None),
            (DCTERMS.publisher, publisher if known["publisher"] else None),
        ],
    )
    for name, address in harvest.distributions(dataset):
        words = [
            (DCTERMS.title, Literal(f"{dataset.id}.{name}")),
            (DCTERMS["format"], Literal(name)),
        ]
        media_type = FORMATS[name].media_type.partition(";")[0]
        dcat.add_distribution(graph, node, URIRef(address), address, media_type, licence, words)


def _frequency(free_text: str) -> URIRef | Literal:
    word = free_text.rsplit("/", 1)[-1]
    return EUROPE[f"frequency/{word}"] if word.isupper() else Literal(free_text)


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
                        "mediaType": FORMATS[name].media_type.partition(";")[0],
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
