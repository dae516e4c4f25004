"""RDF: the vocabularies that we use, exact literals, graphs as files."""

import json
from collections.abc import Iterable
from typing import Any

from lxml import etree
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD
from rdflib.term import Identifier

# Not rdflib's own DCAT, which lacks the properties of DCAT 3.
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
IANA = Namespace("https://www.iana.org/assignments/media-types/")
EUROPE = Namespace("http://publications.europa.eu/resource/authority/")
_PREFIXES = {
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dct": DCTERMS,
    "foaf": FOAF,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "spdx": SPDX,
    "vcard": VCARD,
    "xsd": XSD,
}
Statements = Iterable[tuple[URIRef, Identifier | None]]


def new_graph() -> Graph:
    """Return an empty graph that writes our prefixes, and no others."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in _PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def add_statements(graph: Graph, node: Identifier, statements: Statements) -> None:
    """Add what is said of ``node``; None says nothing."""
    for predicate, value in statements:
        if value is not None:
            graph.add((node, predicate, value))


def text(content: str) -> Literal:
    """Return a text for people, in French."""
    return Literal(content, lang="fr")


def rdf_literal(content: object, type_: URIRef | None) -> Literal:
    """Return a typed literal written as it is given: rdflib would rewrite dates."""
    return Literal(str(content), datatype=type_, normalize=False)


def turtle(graph: Graph) -> bytes:
    """Return the graph in Turtle, sorted by rdflib."""
    return graph.serialize(format="turtle", encoding="utf-8")


def rdf_xml(graph: Graph) -> bytes:
    """Return the graph in RDF/XML. Sorted here: rdflib follows sets, whose order changes."""
    xml = graph.serialize(format="xml", encoding="utf-8")
    root = etree.fromstring(xml, etree.XMLParser(remove_blank_text=True))
    for node in root:
        node[:] = sorted(node, key=_canonical)
    root[:] = sorted(root, key=_canonical)
    etree.indent(root)
    return _canonical(root) + b"\n"


def json_ld(graph: Graph) -> bytes:
    """Return the graph in JSON-LD. Sorted here: rdflib follows sets, whose order changes."""
    context = {prefix: str(namespace) for prefix, namespace in _PREFIXES.items()}
    content = json.loads(graph.serialize(format="json-ld", context=context))
    return (json.dumps(_sorted(content), ensure_ascii=False, indent=2) + "\n").encode()


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n")


def _sorted(content: Any) -> Any:
    """Sort keys and lists, whose order means nothing in a graph without collections."""
    if isinstance(content, dict):
        return {key: _sorted(content[key]) for key in sorted(content)}
    if isinstance(content, list):
        return sorted((_sorted(value) for value in content), key=json.dumps)
    return content
