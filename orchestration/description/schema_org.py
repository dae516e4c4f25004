"""schema.org of a version: the Dataset that search engines read.

Belongs here: the words of schema.org. Does not: what is true of a column (``champs``).
"""

from typing import Any

from orchestration.description.champs import Champ, champs
from orchestration.description.fiche import LICENCE_URL, Fiche, media_type, sans_vide
from orchestration.description.provenance import Provenance, provenances
from orchestration.publication.fichiers import Fichier, json_lisible

NOM = "schema.org.jsonld"


def document(fiche: Fiche) -> bytes:
    """Return ``schema.org.jsonld``."""
    return json_lisible(jeu_de_donnees(fiche))


def jeu_de_donnees(fiche: Fiche) -> dict[str, Any]:
    """Return the Dataset, which a page may embed."""
    publisher = {"@type": "Organization", "name": fiche.site.editeur, "url": fiche.site.url}
    content = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": fiche.adresse(""),
        "identifier": fiche.adresse(""),
        "name": fiche.jeu.titre,
        "alternateName": fiche.jeu.nom,
        "description": fiche.jeu.description,
        "url": fiche.site.page(fiche.jeu.nom),
        "version": fiche.version,
        "datePublished": fiche.horodatage,
        "dateModified": fiche.horodatage,
        "inLanguage": "fr",
        "isAccessibleForFree": True,
        "license": LICENCE_URL,
        "creator": publisher,
        "publisher": publisher
        | {"contactPoint": {"@type": "ContactPoint", "name": fiche.site.contact}},
        "creditText": fiche.citation,
        "keywords": list(fiche.jeu.mots_cles),
        "spatialCoverage": {"@type": "Country", "name": "France"},
        "temporalCoverage": fiche.couverture,
        "size": f"{fiche.lignes} lignes",
        "distribution": [_telechargement(fiche, item) for item in fiche.donnees],
        "variableMeasured": [_variable(item) for item in champs(fiche)],
        "isBasedOn": [_source(item) for item in provenances(fiche)],
    }
    return sans_vide(content)


def _telechargement(fiche: Fiche, fichier: Fichier) -> dict[str, str]:
    return {
        "@type": "DataDownload",
        "name": fichier.nom,
        "contentUrl": fiche.adresse(fichier),
        "encodingFormat": media_type(fichier),
        "contentSize": f"{fichier.octets} B",
        "sha256": fichier.sha256,
    }


def _variable(champ: Champ) -> dict[str, str]:
    column = champ.colonne
    return sans_vide(
        {
            "@type": "PropertyValue",
            "name": column.nom,
            "alternateName": column.titre,
            "description": column.description,
            "unitText": column.unite,
        }
    )


def _source(provenance: Provenance) -> dict[str, str]:
    return {
        "@type": "CreativeWork",
        "name": provenance.titre,
        "version": provenance.arrete_le,
    }
