"""What DCAT says of a dataset, of a version and of a file: shared by catalogue and harvest file.

Belongs here: properties that both documents say alike. Does not: what only one of them says
(``catalogue`` follows DCAT-AP to the letter, ``moissonnage`` what data.gouv.fr reads).
"""

import datetime as dt

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, XSD
from rdflib.term import Identifier

from orchestration.description.fiche import (
    HORODATAGE,
    LICENCE_URL,
    RYTHMES,
    Fiche,
    forme,
    media_type,
)
from orchestration.description.pages.fichiers import FORMATS
from orchestration.description.rdf import DCAT, EUROPE, IANA, SPDX, VCARD, dire, texte, valeur
from orchestration.description.site import Site
from orchestration.description.table_schema import NOM as SCHEMA
from orchestration.publication.fichiers import Fichier

FRANCE = EUROPE["country/FRA"]
FRANCAIS = EUROPE["language/FRA"]
# Education, culture and sport; population and society.
THEMES = (EUROPE["data-theme/EDUC"], EUROPE["data-theme/SOCI"])
SHA256 = SPDX.checksumAlgorithm_sha256
# JSON Lines is not in IANA's registry, that we know of: we say none rather than another's.
_HORS_IANA = frozenset({"jsonl"})


def editeur(site: Site) -> URIRef:
    """Return the IRI of the publisher."""
    return URIRef(f"{site.url}/#editeur")


def contact(site: Site) -> URIRef:
    """Return the IRI of the contact."""
    return URIRef(f"{site.url}/#contact")


def decrire_editeur(graph: Graph, site: Site) -> None:
    """Say who publishes, and the one contact: a name and how to reach it, on one node."""
    dire(
        graph,
        editeur(site),
        [
            (RDF.type, FOAF.Agent),
            (FOAF.name, texte(site.editeur)),
            (FOAF.homepage, URIRef(site.url)),
        ],
    )
    dire(
        graph,
        contact(site),
        [
            (RDF.type, VCARD.Kind),
            (RDF.type, VCARD.Organization),
            (VCARD.fn, texte(site.contact)),
            (VCARD.hasURL, URIRef(site.url)),
        ],
    )


def decrire_jeu(graph: Graph, node: URIRef, fiche: Fiche, periode: Identifier) -> None:
    """Say what a dataset is about, from whom, at which rhythm; ``periode`` names its period."""
    jeu, site = fiche.jeu, fiche.site
    dire(
        graph,
        node,
        [
            (RDF.type, DCAT.Dataset),
            (DCTERMS.description, texte(jeu.description)),
            (DCTERMS.modified, moment(fiche.publie_le)),
            (DCTERMS.publisher, editeur(site)),
            (DCAT.contactPoint, contact(site)),
            (DCTERMS.accrualPeriodicity, EUROPE[f"frequency/{RYTHMES[jeu.rythme][1]}"]),
            (DCTERMS.language, FRANCAIS),
            (DCTERMS.spatial, FRANCE),
            (DCAT.landingPage, URIRef(site.page(jeu.nom))),
            (DCAT.version, Literal(fiche.version)),
            *((DCAT.theme, theme) for theme in THEMES),
            *((DCAT.keyword, texte(word)) for word in jeu.mots_cles),
        ],
    )
    if fiche.debut and fiche.fin:
        dire(graph, node, [(DCTERMS.temporal, periode)])
        dire(
            graph,
            periode,
            [
                (RDF.type, DCTERMS.PeriodOfTime),
                (DCAT.startDate, valeur(fiche.debut, XSD.date)),
                (DCAT.endDate, valeur(fiche.fin, XSD.date)),
            ],
        )


def decrire_fichier(
    graph: Graph, node: URIRef, fiche: Fiche, fichier: Fichier, stable: bool
) -> URIRef:
    """Say all of a data file but its format and its hash; return the IRI of its distribution."""
    form = forme(fichier)
    address = URIRef(fiche.adresse(fichier, stable=stable))
    distribution = URIRef(f"{address}#distribution")
    name, use = FORMATS[form]
    dire(graph, node, [(DCAT.distribution, distribution)])
    dire(
        graph,
        distribution,
        [
            (RDF.type, DCAT.Distribution),
            (DCTERMS.title, texte(f"{fiche.jeu.titre} ({name})")),
            (DCTERMS.description, texte(f"{use}. {fiche.lignes} lignes, version {fiche.version}.")),
            (DCAT.accessURL, address),
            (DCAT.downloadURL, address),
            (DCAT.byteSize, valeur(fichier.octets, XSD.nonNegativeInteger)),
            (DCAT.mediaType, None if form in _HORS_IANA else IANA[media_type(fichier)]),
            (DCTERMS.license, URIRef(LICENCE_URL)),
            (DCTERMS.issued, moment(fiche.publie_le)),
            (DCTERMS.modified, moment(fiche.publie_le)),
            (DCTERMS.conformsTo, URIRef(fiche.adresse(SCHEMA, stable=stable))),
        ],
    )
    return distribution


def decrire_empreinte(
    graph: Graph, distribution: URIRef, node: Identifier, fichier: Fichier, type_: URIRef | None
) -> None:
    """Say the hash of a file, as a literal of ``type_`` or a plain one."""
    dire(graph, distribution, [(SPDX.checksum, node)])
    dire(
        graph,
        node,
        [
            (RDF.type, SPDX.Checksum),
            (SPDX.algorithm, SHA256),
            (SPDX.checksumValue, valeur(fichier.sha256, type_)),
        ],
    )


def moment(publie_le: dt.datetime) -> Identifier:
    """Return when (UTC) something was published."""
    return valeur(publie_le.strftime(HORODATAGE), XSD.dateTime)
