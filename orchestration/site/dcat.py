"""What DCAT says of a dataset, of a version and of a file: shared by catalogue and harvest file.

Belongs here: properties that both documents say alike. Does not: what only one of them says
(``catalogue`` follows DCAT-AP to the letter, ``datagouv`` what data.gouv.fr reads).
"""

import datetime as dt

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, XSD
from rdflib.term import Identifier

from orchestration.files import File
from orchestration.metadata.file_labels import FORMATS
from orchestration.metadata.publisher import Site
from orchestration.metadata.table_schema import FILE_NAME as SCHEMA
from orchestration.metadata.version_card import (
    FREQUENCIES,
    LICENCE_URL,
    TIMESTAMP_FORMAT,
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
    add_statements,
    rdf_literal,
    text,
)

FRANCE = EUROPE["country/FRA"]
FRENCH = EUROPE["language/FRA"]
# Education, culture and sport; population and society.
THEMES = (EUROPE["data-theme/EDUC"], EUROPE["data-theme/SOCI"])
SHA256 = SPDX.checksumAlgorithm_sha256
# JSON Lines is not in IANA's registry, that we know of: we say none rather than another's.
_NOT_IN_IANA = frozenset({"jsonl"})


def editeur(site: Site) -> URIRef:
    """Return the IRI of the publisher."""
    return URIRef(f"{site.url}/#editeur")


def contact(site: Site) -> URIRef:
    """Return the IRI of the contact."""
    return URIRef(f"{site.url}/#contact")


def describe_publisher(graph: Graph, site: Site) -> None:
    """Say who publishes, and the one contact: a name and how to reach it, on one node."""
    add_statements(
        graph,
        editeur(site),
        [
            (RDF.type, FOAF.Agent),
            (FOAF.name, text(site.editeur)),
            (FOAF.homepage, URIRef(site.url)),
        ],
    )
    add_statements(
        graph,
        contact(site),
        [
            (RDF.type, VCARD.Kind),
            (RDF.type, VCARD.Organization),
            (VCARD.fn, text(site.contact)),
            (VCARD.hasURL, URIRef(site.url)),
        ],
    )


def describe_dataset(graph: Graph, node: URIRef, card: VersionCard, period: Identifier) -> None:
    """Say what a dataset is about, from whom, at which rhythm; ``periode`` names its period."""
    dataset, site = card.dataset, card.site
    add_statements(
        graph,
        node,
        [
            (RDF.type, DCAT.Dataset),
            (DCTERMS.description, text(dataset.description)),
            (DCTERMS.modified, moment(card.publie_le)),
            (DCTERMS.publisher, editeur(site)),
            (DCAT.contactPoint, contact(site)),
            (DCTERMS.accrualPeriodicity, EUROPE[f"frequency/{FREQUENCIES[dataset.frequency][1]}"]),
            (DCTERMS.language, FRENCH),
            (DCTERMS.spatial, FRANCE),
            (DCAT.landingPage, URIRef(site.page(dataset.nom))),
            (DCAT.version, Literal(card.version)),
            *((DCAT.theme, theme) for theme in THEMES),
            *((DCAT.keyword, text(word)) for word in dataset.keywords),
        ],
    )
    if card.debut and card.fin:
        add_statements(graph, node, [(DCTERMS.temporal, period)])
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
    graph: Graph, node: URIRef, card: VersionCard, file: File, stable: bool
) -> URIRef:
    """Say all of a data file but its format and its hash; return the IRI of its distribution."""
    form = file_format(file)
    address = URIRef(card.address(file, stable=stable))
    distribution = URIRef(f"{address}#distribution")
    name, usage = FORMATS[form]
    add_statements(graph, node, [(DCAT.distribution, distribution)])
    add_statements(
        graph,
        distribution,
        [
            (RDF.type, DCAT.Distribution),
            (DCTERMS.title, text(f"{card.dataset.titre} ({name})")),
            (DCTERMS.description, text(f"{usage}. {card.lignes} lignes, version {card.version}.")),
            (DCAT.accessURL, address),
            (DCAT.downloadURL, address),
            (DCAT.byteSize, rdf_literal(file.octets, XSD.nonNegativeInteger)),
            (DCAT.mediaType, None if form in _NOT_IN_IANA else IANA[media_type(file)]),
            (DCTERMS.license, URIRef(LICENCE_URL)),
            (DCTERMS.issued, moment(card.publie_le)),
            (DCTERMS.modified, moment(card.publie_le)),
            (DCTERMS.conformsTo, URIRef(card.address(SCHEMA, stable=stable))),
        ],
    )
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
            (SPDX.algorithm, SHA256),
            (SPDX.checksumValue, rdf_literal(file.sha256, type_)),
        ],
    )


def moment(publie_le: dt.datetime) -> Identifier:
    """Return when (UTC) something was published."""
    return rdf_literal(publie_le.strftime(TIMESTAMP_FORMAT), XSD.dateTime)
