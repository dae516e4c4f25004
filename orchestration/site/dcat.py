"""DCAT, said once: what a catalogue, a dataset, a version and a file are.

``dcat_ap``, ``datagouv`` and the catalogue of the portal's API each add what they alone say.
"""

import datetime as dt
from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, XSD
from rdflib.term import Identifier

from orchestration.files import File
from orchestration.metadata.file_labels import FORMATS
from orchestration.metadata.frictionless import SCHEMA_FILE as SCHEMA
from orchestration.metadata.version_card import (
    FREQUENCIES,
    LICENCE_URL,
    TIMESTAMP_FORMAT,
    Site,
    VersionCard,
    file_format,
    media_type,
)
from orchestration.site.rdf import (
    DCAT,
    EUROPE,
    IANA,
    SPDX,
    VCARD,
    Statements,
    add_statements,
    rdf_literal,
    text,
)

FRANCE = EUROPE["country/FRA"]
FRENCH = EUROPE["language/FRA"]
# Education, culture and sport; population and society.
THEMES = (EUROPE["data-theme/EDUC"], EUROPE["data-theme/SOCI"])
# JSON Lines is not in IANA's registry, that we know of: we say none rather than another's.
_NOT_IN_IANA = frozenset({"jsonl"})


def moment(publie_le: dt.datetime) -> Identifier:
    """Return when (UTC) something was published."""
    return rdf_literal(publie_le.strftime(TIMESTAMP_FORMAT), XSD.dateTime)


def add_catalog(
    graph: Graph, node: URIRef, title: str, datasets: Iterable[URIRef], more: Statements
) -> None:
    """Say what the catalogue ``node`` is and which datasets it has."""
    facts = [(RDF.type, DCAT.Catalog), (DCTERMS.title, text(title))]
    add_statements(graph, node, [*facts, *((DCAT.dataset, dataset) for dataset in datasets), *more])


def add_dataset(
    graph: Graph,
    node: URIRef,
    identifier: str,
    title: str,
    page: str,
    keywords: Iterable[str],
    more: Statements,
) -> None:
    """Say what the dataset ``node`` is; ``page`` is its address for people."""
    facts = [
        (RDF.type, DCAT.Dataset),
        (DCTERMS.identifier, Literal(identifier)),
        (DCTERMS.title, text(title)),
        (DCAT.landingPage, URIRef(page)),
        *((DCAT.keyword, text(word)) for word in keywords),
    ]
    add_statements(graph, node, [*facts, *more])


def add_distribution(
    graph: Graph,
    dataset: URIRef,
    node: URIRef,
    address: str,
    media_type: str | None,
    licence: str | None,
    more: Statements,
) -> None:
    """Say that ``dataset`` can be had as ``node``, a file at ``address``."""
    facts = [
        (RDF.type, DCAT.Distribution),
        (DCAT.accessURL, URIRef(address)),
        (DCAT.downloadURL, URIRef(address)),
        (DCAT.mediaType, IANA[media_type] if media_type else None),
        (DCTERMS.license, URIRef(licence) if licence else None),
    ]
    add_statements(graph, dataset, [(DCAT.distribution, node)])
    add_statements(graph, node, [*facts, *more])


def add_publisher(graph: Graph, node: Identifier, name: str, more: Statements = ()) -> None:
    """Say who publishes."""
    add_statements(graph, node, [(RDF.type, FOAF.Agent), (FOAF.name, text(name)), *more])


def publisher(site: Site) -> URIRef:
    """Return the IRI of the publisher of the site."""
    return URIRef(f"{site.url}/#editeur")


def describe_publisher(graph: Graph, site: Site) -> None:
    """Say who publishes, and the one contact: a name and how to reach it, on one node."""
    add_publisher(graph, publisher(site), site.editeur, [(FOAF.homepage, URIRef(site.url))])
    add_statements(
        graph,
        _contact(site),
        [
            (RDF.type, VCARD.Kind),
            (RDF.type, VCARD.Organization),
            (VCARD.fn, text(site.contact)),
            (VCARD.hasURL, URIRef(site.url)),
        ],
    )


def _contact(site: Site) -> URIRef:
    return URIRef(f"{site.url}/#contact")


def describe_dataset(
    graph: Graph,
    node: URIRef,
    card: VersionCard,
    identifier: str,
    title: str,
    issued: dt.datetime,
    period: Identifier,
) -> None:
    """Say what a dataset is about, from whom, at which rhythm; ``period`` names its period."""
    dataset, site = card.dataset, card.site
    facts = [
        (DCTERMS.description, text(card.description)),
        (DCTERMS.issued, moment(issued)),
        (DCTERMS.modified, moment(card.publie_le)),
        (DCTERMS.publisher, publisher(site)),
        (DCAT.contactPoint, _contact(site)),
        (DCTERMS.accrualPeriodicity, EUROPE[f"frequency/{FREQUENCIES[dataset.frequency][1]}"]),
        (DCTERMS.language, FRENCH),
        (DCTERMS.spatial, FRANCE),
        (DCAT.version, Literal(card.version)),
        *((DCAT.theme, theme) for theme in THEMES),
        (DCTERMS.temporal, period if card.debut and card.fin else None),
    ]
    page = site.page(dataset.nom)
    add_dataset(graph, node, identifier, title, page, dataset.keywords, facts)
    if card.debut and card.fin:
        add_statements(
            graph,
            period,
            [
                (RDF.type, DCTERMS.PeriodOfTime),
                (DCAT.startDate, rdf_literal(card.debut, XSD.date)),
                (DCAT.endDate, rdf_literal(card.fin, XSD.date)),
            ],
        )


def describe_file(
    graph: Graph, dataset: URIRef, card: VersionCard, file: File, *, stable: bool
) -> URIRef:
    """Say all of a data file but its format and its hash; return the IRI of its distribution."""
    form = file_format(file)
    address = card.address(file, stable=stable)
    distribution = URIRef(f"{address}#distribution")
    name, usage = FORMATS[form]
    facts = [
        (DCTERMS.title, text(f"{card.dataset.titre} ({name})")),
        (DCTERMS.description, text(f"{usage}. {card.lignes} lignes, version {card.version}.")),
        (DCAT.byteSize, rdf_literal(file.octets, XSD.nonNegativeInteger)),
        (DCTERMS.issued, moment(card.publie_le)),
        (DCTERMS.modified, moment(card.publie_le)),
        (DCTERMS.conformsTo, URIRef(card.address(SCHEMA, stable=stable))),
    ]
    iana = None if form in _NOT_IN_IANA else media_type(file)
    add_distribution(graph, dataset, distribution, address, iana, LICENCE_URL, facts)
    return distribution


def describe_checksum(
    graph: Graph, distribution: URIRef, node: Identifier, file: File, type_: URIRef | None
) -> None:
    """Say the hash of a file, as a literal of ``type_`` or a plain one."""
    add_statements(graph, distribution, [(SPDX.checksum, node)])
    add_statements(
        graph,
        node,
        [
            (RDF.type, SPDX.Checksum),
            (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
            (SPDX.checksumValue, rdf_literal(file.sha256, type_)),
        ],
    )
