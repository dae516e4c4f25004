"""The catalogue of the site, by DCAT-AP 3.0.1, in three serialisations of one graph.

A dataset is described once for ever, with the stable addresses of its current version
(``…/derniere/``); each of its versions is a dataset too, with the addresses that never change.
Every node has an IRI of ours, so that two catalogues can be merged.
"""

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD

from orchestration.metadata.file_labels import changes, reports
from orchestration.metadata.frictionless import SCHEMA_FILE as SCHEMA
from orchestration.metadata.version_card import (
    LICENCE_URL,
    Provenance,
    VersionCard,
    file_format,
    provenances,
)
from orchestration.site import dcat
from orchestration.site.published import PublishedDataset, PublishedSite
from orchestration.site.rdf import (
    DCAT,
    DCATAP,
    EUROPE,
    SPDX,
    add_statements,
    json_ld,
    new_graph,
    rdf_xml,
    text,
    turtle,
)

_PUBLIC = EUROPE["access-right/PUBLIC"]
_STABLE_AVAILABILITY = EUROPE["planned-availability/STABLE"]
# The nearest of the EU's list for JSON Lines, of which we found no code there: a sequence of JSON.
_FILE_TYPES = {"csv": "CSV", "parquet": "PARQUET", "jsonl": "JSON", "xlsx": "XLSX"}
# DCAT-AP wants the words of a concept beside its IRI.
_LABELS = {
    EUROPE["data-theme"]: (DCTERMS.title, "Thèmes de données"),
    EUROPE["data-theme/EDUC"]: (SKOS.prefLabel, "Éducation, culture et sport"),
    EUROPE["data-theme/SOCI"]: (SKOS.prefLabel, "Population et société"),
    _STABLE_AVAILABILITY: (SKOS.prefLabel, "Stable"),
}
# What the values of a property are: a validator that has not the lists of others needs to be told.
_CLASSES = {
    DCAT.landingPage: FOAF.Document,
    DCAT.mediaType: DCTERMS.MediaType,
    DCAT.theme: SKOS.Concept,
    DCAT.themeTaxonomy: SKOS.ConceptScheme,
    DCATAP.availability: SKOS.Concept,
    DCTERMS.accessRights: DCTERMS.RightsStatement,
    DCTERMS.accrualPeriodicity: DCTERMS.Frequency,
    DCTERMS.conformsTo: DCTERMS.Standard,
    DCTERMS["format"]: DCTERMS.MediaTypeOrExtent,
    DCTERMS.language: DCTERMS.LinguisticSystem,
    DCTERMS.license: DCTERMS.LicenseDocument,
    DCTERMS.spatial: DCTERMS.Location,
    FOAF.homepage: FOAF.Document,
    FOAF.page: FOAF.Document,
    SPDX.algorithm: SPDX.ChecksumAlgorithm,
}


def catalogue(published_site: PublishedSite) -> dict[str, bytes]:
    """Return the catalogue in Turtle, JSON-LD and RDF/XML."""
    graph = _graph(published_site)
    return {
        "catalogue.ttl": turtle(graph),
        "catalogue.jsonld": json_ld(graph),
        "catalogue.rdf": rdf_xml(graph),
    }


def _graph(published_site: PublishedSite) -> Graph:
    graph = new_graph()
    site = published_site.site
    moments = [dcat.moment(dataset.current.publie_le) for dataset in published_site.datasets]
    dcat.add_catalog(
        graph,
        URIRef(f"{site.url}/#catalogue"),
        site.titre,
        [_dataset(dataset) for dataset in published_site.datasets],
        [
            (DCTERMS.description, text(site.description)),
            (DCTERMS.publisher, dcat.publisher(site)),
            (FOAF.homepage, URIRef(site.url)),
            (DCTERMS.language, dcat.FRENCH),
            (DCTERMS.spatial, dcat.FRANCE),
            (DCTERMS.license, URIRef(LICENCE_URL)),
            (DCTERMS.modified, max(moments, default=None)),
            (DCAT.themeTaxonomy, EUROPE["data-theme"]),
        ],
    )
    dcat.describe_publisher(graph, site)
    for dataset in published_site.datasets:
        _describe_dataset(graph, dataset)
        for card in dataset.recent:
            _describe_version(graph, dataset, card)
    for node, (predicate, label) in _LABELS.items():
        add_statements(graph, node, [(predicate, text(label))])
    _add_classes(graph)
    return graph


def _dataset(published_dataset: PublishedDataset) -> URIRef:
    return URIRef(published_dataset.current.address("", stable=True))


def _version(card: VersionCard) -> URIRef:
    return URIRef(card.address(""))


def _period(node: URIRef) -> URIRef:
    return URIRef(f"{node}#periode")


def _describe_dataset(graph: Graph, published_dataset: PublishedDataset) -> None:
    node, card = _dataset(published_dataset), published_dataset.current
    name, title = card.dataset.nom, card.dataset.titre
    dcat.describe_dataset(graph, node, card, name, title, published_dataset.since, _period(node))
    _describe(graph, node, card, stable=True)
    add_statements(
        graph,
        node,
        [
            (DCAT.hasCurrentVersion, _version(card)),
            *((DCAT.hasVersion, _version(version)) for version in published_dataset.recent),
        ],
    )


def _describe_version(graph: Graph, published_dataset: PublishedDataset, card: VersionCard) -> None:
    node = _version(card)
    recent = published_dataset.recent
    before = next((item for item in recent if item.version == card.previous_version), None)
    name = f"{card.dataset.nom}/{card.version}"
    title = f"{card.dataset.titre}, version {card.version}"
    dcat.describe_dataset(graph, node, card, name, title, card.publie_le, _period(node))
    _describe(graph, node, card, stable=False)
    add_statements(
        graph,
        node,
        [
            (DCAT.isVersionOf, _dataset(published_dataset)),
            (DCAT.previousVersion, _version(before) if before else None),
        ],
    )


def _describe(graph: Graph, node: URIRef, card: VersionCard, *, stable: bool) -> None:
    """Say what DCAT-AP asks for of a dataset and of its version alike."""
    documents = [*reports(card), *changes(card)]
    pages = [
        (URIRef(card.address(document.nom, stable=stable)), document.titre)
        for document in documents
    ]
    add_statements(
        graph,
        node,
        [
            (DCTERMS.accessRights, _PUBLIC),
            (DCTERMS.conformsTo, URIRef(card.address(SCHEMA, stable=stable))),
            *((FOAF.page, page) for page, _ in pages),
        ],
    )
    for page, title in pages:
        add_statements(graph, page, [(DCTERMS.title, text(title))])
    for source in provenances(card):
        _describe_provenance(graph, node, source)
    for file in card.data_files:
        distribution = dcat.describe_file(graph, node, card, file, stable=stable)
        add_statements(
            graph,
            distribution,
            [
                (DCTERMS["format"], EUROPE[f"file-type/{_FILE_TYPES[file_format(file)]}"]),
                (DCTERMS.language, dcat.FRENCH),
                (DCATAP.availability, _STABLE_AVAILABILITY),
            ],
        )
        checksum = URIRef(f"{card.address(file, stable=stable)}#sha256")
        dcat.describe_checksum(graph, distribution, checksum, file, XSD.hexBinary)


def _describe_provenance(graph: Graph, node: URIRef, source: Provenance) -> None:
    statement = URIRef(f"{node}#provenance-{source.source}")
    plural = "s" if source.deliveries > 1 else ""
    statement_text = (
        f"{source.titre} : {source.deliveries} livraison{plural}, arrêtée{plural} au "
        f"{source.extracted_on}, {source.records} enregistrements."
    )
    add_statements(graph, node, [(DCTERMS.provenance, statement)])
    add_statements(
        graph,
        statement,
        [(RDF.type, DCTERMS.ProvenanceStatement), (RDFS.label, text(statement_text))],
    )


def _add_classes(graph: Graph) -> None:
    for predicate, kind in _CLASSES.items():
        for value in dict.fromkeys(graph.objects(None, predicate)):
            graph.add((value, RDF.type, kind))
