"""The catalogue for harvesters: DCAT, ``data.json``, RSS.

Belongs here: datasets in the words of each standard, with addresses of this API. Does not: the
catalogue of the site, which tells more (``orchestration.description``).

data.gouv.fr reads portals through this DCAT: one ``dct:identifier`` per dataset, no
``dcat:accessService``, no date to come, and addresses that never change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import orjson
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, XSD

from orchestration.description.rdf import DCAT, dire, graphe, rdf_xml, texte, turtle
from portal.catalogue.jeu import Jeu
from portal.explore.ecriture import FORMATS
from portal.explore.exports import formats
from portal.repertoire.description import metas

_FREQUENCES = "http://publications.europa.eu/resource/authority/frequency/"


@dataclass(frozen=True)
class Moisson:
    """What harvesters are told: ``exports`` restricts the formats; ``libelles`` asks for labels."""

    base: str
    jeux: Sequence[Jeu]
    exports: frozenset[str] | None = None
    libelles: bool = True

    def page(self, jeu: Jeu) -> str:
        """Address of the page of a dataset."""
        return f"{self.base}/explore/dataset/{jeu.id}/"

    def distributions(self, jeu: Jeu) -> list[tuple[str, str]]:
        """Return the formats of a dataset, and where each is."""
        root = f"{self.base}/api/explore/v2.1/catalog/datasets/{jeu.id}/exports"
        names = [name for name in formats(jeu) if self.exports is None or name in self.exports]
        labels = "?use_labels=true" if self.libelles else ""
        return [(name, f"{root}/{name}{labels if name in _ENTETE else ''}") for name in names]


# Formats whose first row names the columns.
_ENTETE = frozenset({"csv", "xlsx"})


def graphe_dcat(moisson: Moisson) -> Graph:
    """Return the catalogue as a graph."""
    graph = graphe()
    root = URIRef(f"{moisson.base}/explore/")
    datasets = [URIRef(moisson.page(jeu)) for jeu in moisson.jeux]
    dire(
        graph,
        root,
        [
            (RDF.type, DCAT.Catalog),
            (DCTERMS.title, texte("Mon Compte Formation : données ouvertes")),
            (DCTERMS.language, Literal("fr")),
            *((DCAT.dataset, node) for node in datasets),
        ],
    )
    for node, jeu in zip(datasets, moisson.jeux, strict=True):
        _jeu(graph, node, jeu, moisson)
    return graph


def _jeu(graph: Graph, node: URIRef, jeu: Jeu, moisson: Moisson) -> None:
    known = metas(jeu)
    facts: list[tuple[Any, Any]] = [
        (RDF.type, DCAT.Dataset),
        (DCTERMS.identifier, Literal(jeu.id)),
        (DCTERMS.title, texte(known["title"] or jeu.id)),
        (DCTERMS.modified, Literal(known["modified"], datatype=XSD.dateTime)),
        (DCTERMS.language, Literal(known["language"])),
        (DCAT.landingPage, node),
        *((DCAT.keyword, texte(word)) for word in known["keyword"] or ()),
    ]
    if known["description"]:
        facts.append((DCTERMS.description, texte(known["description"])))
    if known["license_url"]:
        facts.append((DCTERMS.license, URIRef(known["license_url"])))
    if known["update_frequency"]:
        facts.append((DCTERMS.accrualPeriodicity, _frequence(known["update_frequency"])))
    if known["publisher"]:
        publisher = BNode(f"editeur_{jeu.id}")
        dire(graph, publisher, [(RDF.type, FOAF.Agent), (FOAF.name, texte(known["publisher"]))])
        facts.append((DCTERMS.publisher, publisher))
    for name, address in moisson.distributions(jeu):
        facts.append((DCAT.distribution, URIRef(address)))
        _distribution(graph, URIRef(address), jeu, name, known)
    dire(graph, node, facts)


def _frequence(texte_libre: str) -> URIRef | Literal:
    word = texte_libre.rsplit("/", 1)[-1]
    return URIRef(_FREQUENCES + word) if word.isupper() else Literal(texte_libre)


def _distribution(graph: Graph, node: URIRef, jeu: Jeu, nom: str, known: dict[str, Any]) -> None:
    media_type = FORMATS[nom].media_type.partition(";")[0]
    facts: list[tuple[Any, Any]] = [
        (RDF.type, DCAT.Distribution),
        (DCTERMS.title, Literal(f"{jeu.id}.{nom}")),
        (DCAT.accessURL, node),
        (DCAT.downloadURL, node),
        (DCTERMS.format, Literal(nom)),
        (DCAT.mediaType, URIRef(f"https://www.iana.org/assignments/media-types/{media_type}")),
    ]
    if known["license_url"]:
        facts.append((DCTERMS.license, URIRef(known["license_url"])))
    dire(graph, node, facts)


def en_rdf_xml(moisson: Moisson) -> bytes:
    """Return the catalogue in RDF/XML."""
    return rdf_xml(graphe_dcat(moisson))


def en_turtle(moisson: Moisson) -> bytes:
    """Return the catalogue in Turtle."""
    return turtle(graphe_dcat(moisson))


def en_data_json(moisson: Moisson) -> bytes:
    """Return the catalogue as ``data.json`` (DCAT-US 1.1)."""
    listed = []
    for jeu in moisson.jeux:
        known = metas(jeu)
        listed.append(
            {
                "@type": "dcat:Dataset",
                "identifier": jeu.id,
                "title": known["title"] or jeu.id,
                "description": known["description"] or "",
                "keyword": list(known["keyword"] or ()),
                "modified": known["modified"],
                "publisher": {"@type": "org:Organization", "name": known["publisher"] or ""},
                "license": known["license_url"],
                "accessLevel": "public",
                "landingPage": moisson.page(jeu),
                "distribution": [
                    {
                        "@type": "dcat:Distribution",
                        "title": f"{jeu.id}.{name}",
                        "downloadURL": address,
                        "mediaType": FORMATS[name].media_type.partition(";")[0],
                    }
                    for name, address in moisson.distributions(jeu)
                ],
            }
        )
    schema = "https://project-open-data.cio.gov/v1.1/schema"
    return orjson.dumps({"conformsTo": schema, "dataset": listed})


def en_rss(moisson: Moisson) -> bytes:
    """Return the datasets as an RSS 2.0 channel."""
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _element(channel, "title", "Mon Compte Formation : données ouvertes")
    _element(channel, "link", f"{moisson.base}/")
    _element(channel, "description", "Les jeux de données, du plus récent au plus ancien.")
    for jeu in sorted(moisson.jeux, key=lambda item: item.modifie, reverse=True):
        known = metas(jeu)
        item = ElementTree.SubElement(channel, "item")
        _element(item, "title", known["title"] or jeu.id)
        _element(item, "link", moisson.page(jeu))
        _element(item, "guid", moisson.page(jeu))
        _element(item, "description", known["description"] or "")
        _element(item, "pubDate", jeu.modifie.strftime("%a, %d %b %Y %H:%M:%S +0000"))
    found: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return found


def _element(parent: ElementTree.Element, nom: str, contenu: str) -> None:
    ElementTree.SubElement(parent, nom).text = contenu
