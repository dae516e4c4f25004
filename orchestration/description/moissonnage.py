"""The harvest file for data.gouv.fr: DCAT as udata's harvester reads it, not as DCAT-AP asks.

Belongs here: what udata needs, and the traps that were met in it (17.18). Does not: the
catalogue, which a SHACL validator reads.

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
from rdflib.namespace import DCTERMS, RDF

from orchestration.description import dcat
from orchestration.description.fiche import LICENCE_URL, forme
from orchestration.description.rdf import DCAT, dire, graphe, texte, turtle
from orchestration.description.vitrine import Vitrine

NOM = "moissonnage.ttl"


def moissonnage(vitrine: Vitrine) -> dict[str, bytes]:
    """Return the harvest file."""
    graph = graphe()
    site = vitrine.site
    dcat.decrire_editeur(graph, site)
    datasets = [URIRef(item.courante.adresse("", stable=True)) for item in vitrine.jeux]
    dire(
        graph,
        URIRef(f"{site.url}/#moissonnage"),
        [
            (RDF.type, DCAT.Catalog),
            (DCTERMS.title, texte(site.titre)),
            (DCTERMS.description, texte(site.description)),
            (DCTERMS.publisher, dcat.editeur(site)),
            *((DCAT.dataset, node) for node in datasets),
        ],
    )
    for node, item in zip(datasets, vitrine.jeux, strict=True):
        card = item.courante
        dcat.decrire_jeu(graph, node, card, BNode(f"periode_{card.jeu.nom}"))
        dire(
            graph,
            node,
            [
                (DCTERMS.title, texte(card.jeu.titre)),
                (DCTERMS.identifier, Literal(card.jeu.nom)),
                (DCTERMS.issued, dcat.moment(item.depuis)),
                (DCTERMS.license, URIRef(LICENCE_URL)),
            ],
        )
        for file in card.donnees:
            distribution = dcat.decrire_fichier(graph, node, card, file, stable=True)
            dire(graph, distribution, [(DCTERMS["format"], Literal(forme(file)))])
            checksum = BNode(f"sha256_{file.nom}")
            dcat.decrire_empreinte(graph, distribution, checksum, file, None)
    return {NOM: turtle(graph)}
