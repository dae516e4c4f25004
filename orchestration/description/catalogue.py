"""The catalogue of the site, by DCAT-AP 3.0.1, in three serialisations of one graph.

Belongs here: what DCAT-AP asks for. Does not: what data.gouv.fr reads (``moissonnage``).

A dataset is described once for ever, with the stable addresses of its current version
(``…/derniere/``); each of its versions is a dataset too, with the addresses that never change.
Every node has an IRI of ours, so that two catalogues can be merged.
"""

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD

from orchestration.description import dcat
from orchestration.description.fiche import LICENCE_URL, Fiche, forme
from orchestration.description.pages.fichiers import changements, rapports
from orchestration.description.provenance import Provenance, provenances
from orchestration.description.rdf import (
    DCAT,
    DCATAP,
    EUROPE,
    SPDX,
    dire,
    graphe,
    json_ld,
    rdf_xml,
    texte,
    turtle,
)
from orchestration.description.table_schema import NOM as SCHEMA
from orchestration.description.vitrine import JeuPublie, Vitrine

_PUBLIC = EUROPE["access-right/PUBLIC"]
_DURABLE = EUROPE["planned-availability/STABLE"]
# The nearest of the EU's list for JSON Lines, of which we found no code there: a sequence of JSON.
_TYPES_DE_FICHIER = {"csv": "CSV", "parquet": "PARQUET", "jsonl": "JSON", "xlsx": "XLSX"}
# DCAT-AP wants the words of a concept beside its IRI.
_LIBELLES = {
    EUROPE["data-theme"]: (DCTERMS.title, "Thèmes de données"),
    EUROPE["data-theme/EDUC"]: (SKOS.prefLabel, "Éducation, culture et sport"),
    EUROPE["data-theme/SOCI"]: (SKOS.prefLabel, "Population et société"),
    _DURABLE: (SKOS.prefLabel, "Stable"),
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


def catalogue(vitrine: Vitrine) -> dict[str, bytes]:
    """Return the catalogue in Turtle, JSON-LD and RDF/XML."""
    graph = _graphe(vitrine)
    return {
        "catalogue.ttl": turtle(graph),
        "catalogue.jsonld": json_ld(graph),
        "catalogue.rdf": rdf_xml(graph),
    }


def _graphe(vitrine: Vitrine) -> Graph:
    graph = graphe()
    site = vitrine.site
    moments = [dcat.moment(item.courante.publie_le) for item in vitrine.jeux]
    dire(
        graph,
        URIRef(f"{site.url}/#catalogue"),
        [
            (RDF.type, DCAT.Catalog),
            (DCTERMS.title, texte(site.titre)),
            (DCTERMS.description, texte(site.description)),
            (DCTERMS.publisher, dcat.editeur(site)),
            (FOAF.homepage, URIRef(site.url)),
            (DCTERMS.language, dcat.FRANCAIS),
            (DCTERMS.spatial, dcat.FRANCE),
            (DCTERMS.license, URIRef(LICENCE_URL)),
            (DCTERMS.modified, max(moments, default=None)),
            (DCAT.themeTaxonomy, EUROPE["data-theme"]),
            *((DCAT.dataset, _jeu(item)) for item in vitrine.jeux),
        ],
    )
    dcat.decrire_editeur(graph, site)
    for item in vitrine.jeux:
        _decrire_jeu(graph, item)
        for card in item.recentes:
            _decrire_version(graph, item, card)
    for node, (predicate, label) in _LIBELLES.items():
        dire(graph, node, [(predicate, texte(label))])
    _classer(graph)
    return graph


def _jeu(publie: JeuPublie) -> URIRef:
    return URIRef(publie.courante.adresse("", stable=True))


def _version(fiche: Fiche) -> URIRef:
    return URIRef(fiche.adresse(""))


def _decrire_jeu(graph: Graph, publie: JeuPublie) -> None:
    node, card = _jeu(publie), publie.courante
    _decrire(graph, node, card, stable=True)
    dire(
        graph,
        node,
        [
            (DCTERMS.title, texte(card.jeu.titre)),
            (DCTERMS.identifier, Literal(card.jeu.nom)),
            (DCTERMS.issued, dcat.moment(publie.depuis)),
            (DCAT.hasCurrentVersion, _version(card)),
            *((DCAT.hasVersion, _version(version)) for version in publie.recentes),
        ],
    )


def _decrire_version(graph: Graph, publie: JeuPublie, fiche: Fiche) -> None:
    node = _version(fiche)
    before = next((card for card in publie.recentes if card.version == fiche.precedente), None)
    _decrire(graph, node, fiche, stable=False)
    dire(
        graph,
        node,
        [
            (DCTERMS.title, texte(f"{fiche.jeu.titre}, version {fiche.version}")),
            (DCTERMS.identifier, Literal(f"{fiche.jeu.nom}/{fiche.version}")),
            (DCTERMS.issued, dcat.moment(fiche.publie_le)),
            (DCAT.isVersionOf, _jeu(publie)),
            (DCAT.previousVersion, _version(before) if before else None),
        ],
    )


def _decrire(graph: Graph, node: URIRef, fiche: Fiche, *, stable: bool) -> None:
    """Say what is true of a dataset and of its version alike."""
    dcat.decrire_jeu(graph, node, fiche, URIRef(f"{node}#periode"))
    documents = [*rapports(fiche), *changements(fiche)]
    pages = [(URIRef(fiche.adresse(item.nom, stable=stable)), item.titre) for item in documents]
    dire(
        graph,
        node,
        [
            (DCTERMS.accessRights, _PUBLIC),
            (DCTERMS.conformsTo, URIRef(fiche.adresse(SCHEMA, stable=stable))),
            *((FOAF.page, page) for page, _ in pages),
        ],
    )
    for page, title in pages:
        dire(graph, page, [(DCTERMS.title, texte(title))])
    for source in provenances(fiche):
        _decrire_provenance(graph, node, source)
    for file in fiche.donnees:
        distribution = dcat.decrire_fichier(graph, node, fiche, file, stable)
        dire(
            graph,
            distribution,
            [
                (DCTERMS["format"], EUROPE[f"file-type/{_TYPES_DE_FICHIER[forme(file)]}"]),
                (DCTERMS.language, dcat.FRANCAIS),
                (DCATAP.availability, _DURABLE),
            ],
        )
        checksum = URIRef(f"{fiche.adresse(file, stable=stable)}#sha256")
        dcat.decrire_empreinte(graph, distribution, checksum, file, XSD.hexBinary)


def _decrire_provenance(graph: Graph, node: URIRef, source: Provenance) -> None:
    statement = URIRef(f"{node}#provenance-{source.source}")
    plural = "s" if source.livraisons > 1 else ""
    said = (
        f"{source.titre} : {source.livraisons} livraison{plural}, arrêtée{plural} au "
        f"{source.arrete_le}, {source.enregistrements} enregistrements."
    )
    dire(graph, node, [(DCTERMS.provenance, statement)])
    dire(
        graph,
        statement,
        [(RDF.type, DCTERMS.ProvenanceStatement), (RDFS.label, texte(said))],
    )


def _classer(graph: Graph) -> None:
    for predicate, kind in _CLASSES.items():
        for value in dict.fromkeys(graph.objects(None, predicate)):
            graph.add((value, RDF.type, kind))
