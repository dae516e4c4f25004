"""The harvest file for data.gouv.fr: DCAT as udata's harvester reads it, not as DCAT-AP asks.

The traps that were met in udata (17.18):

- udata finds a resource again by its address and never removes one: stable addresses only, and
  no versions, which it would take for more datasets.
- It skips what has no ``dct:identifier``; ours is the dataset's name, so that another address
  of the site does not make another dataset.
- A hash typed ``xsd:hexBinary`` becomes bytes, and the whole dataset is refused: a plain string.
- It fetches a ``dct:temporal`` that is an IRI: a blank node.
- A dataset's contact needs a name and an address of its own on one vcard node.
- A distribution with a ``dcat:accessService`` becomes an API: none.
- A format is shown as it is written, and JSON Lines is not JSON: extensions, no EU codes.
- The first ``dct:conformsTo`` of a resource is its schema: the Table Schema, without a title,
  which would be taken for the name of a known schema.
"""

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import DCTERMS

from orchestration.metadata.version_card import LICENCE_URL, file_format
from orchestration.site import dcat
from orchestration.site.published import PublishedSite
from orchestration.site.rdf import add_statements, new_graph, text, turtle

FILE_NAME = "moissonnage.ttl"


def harvest_file(published_site: PublishedSite) -> dict[str, bytes]:
    """Return the harvest file."""
    graph = new_graph()
    site = published_site.site
    dcat.describe_publisher(graph, site)
    nodes = [
        URIRef(dataset.current.address("", stable=True)) for dataset in published_site.datasets
    ]
    dcat.add_catalog(
        graph,
        URIRef(f"{site.url}/#moissonnage"),
        site.titre,
        nodes,
        [
            (DCTERMS.description, text(site.description)),
            (DCTERMS.publisher, dcat.publisher(site)),
        ],
    )
    for node, published_dataset in zip(nodes, published_site.datasets, strict=True):
        card = published_dataset.current
        name = card.dataset.nom
        dcat.describe_dataset(
            graph,
            node,
            card,
            name,
            card.dataset.titre,
            published_dataset.since,
            BNode(f"periode_{name}"),
        )
        add_statements(graph, node, [(DCTERMS.license, URIRef(LICENCE_URL))])
        for file in card.data_files:
            distribution = dcat.describe_file(graph, node, card, file, stable=True)
            add_statements(graph, distribution, [(DCTERMS["format"], Literal(file_format(file)))])
            checksum = BNode(f"sha256_{file.nom}")
            dcat.describe_checksum(graph, distribution, checksum, file, None)
    return {FILE_NAME: turtle(graph)}
