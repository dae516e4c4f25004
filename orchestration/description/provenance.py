"""What a version was made from, told to the public: the sources' titles and their deliveries.

Belongs here: the words for a source, counts of its deliveries. Does not: any standard's form.
"""

from dataclasses import dataclass

from orchestration.description.fiche import Fiche

TITRES = {
    "edof": "Catalogue EDOF de l'offre de formation (Caisse des Dépôts)",
    "dossiers": "Dossiers de formation du système d'information de Mon Compte Formation",
    "financements": "Financements des dossiers de formation de Mon Compte Formation",
    "certifications": "Registre des certifications RNCP et RS (France compétences)",
    "organismes": "Liste publique des organismes de formation (DGEFP)",
    "portail": "Export public de l'offre de Mon Compte Formation (Caisse des Dépôts)",
}


@dataclass(frozen=True)
class Provenance:
    """A source: how many deliveries of it were used, its newest date (ISO), records landed."""

    source: str
    titre: str
    livraisons: int
    arrete_le: str
    enregistrements: int


def provenances(fiche: Fiche) -> tuple[Provenance, ...]:
    """Return the sources of a version, by name."""
    found = []
    for source in sorted({item.source for item in fiche.extraits}):
        used = [item for item in fiche.extraits if item.source == source]
        found.append(
            Provenance(
                source=source,
                titre=TITRES[source],
                livraisons=len(used),
                arrete_le=max(item.date_extraction for item in used),
                enregistrements=sum(item.atterris for item in used),
            )
        )
    return tuple(found)
