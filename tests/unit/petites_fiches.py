"""Cards of a small version, with its files: what the metadata documents are made from."""

import datetime as dt
from pathlib import Path

from orchestration.description.fiche import Fiche
from orchestration.description.site import lire_site
from orchestration.jeux import Jeu
from orchestration.publication.candidat import preparer
from orchestration.publication.exemples import exemples
from tests.unit import petit_etat, petits_jeux, rapports

PUBLIE_LE = dt.datetime(2026, 4, 2, 6, 30, tzinfo=dt.UTC)


def fiche(jeu: Jeu, version: str = "2026.04.1") -> tuple[Fiche, Path]:
    """Export a small mart of ``jeu``; return its card and the folder of its data files."""
    petit_etat.construire_mart(jeu, petits_jeux.lignes(jeu.nom))
    candidat = preparer(jeu)
    rapport = rapports.rapport(jeu, candidat)
    card = Fiche(
        jeu=jeu,
        site=lire_site(),
        version=version,
        publie_le=PUBLIE_LE,
        precedente=None,
        donnees=candidat.fichiers,
        rapports=(),
        mesures=rapport.mesures,
        extraits=rapport.extraits,
        exemples=exemples(candidat.chemin("parquet")),
    )
    return card, candidat.dossier
