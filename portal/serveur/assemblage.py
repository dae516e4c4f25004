"""What a process of the server is made of.

Belongs here: making the parts and putting them together. Does not: the parts.
"""

from collections.abc import Callable, Iterable

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from portal import fichiers, mesures
from portal.anciennes import v1, v20
from portal.application import Catalogue, Portail, creer
from portal.catalogue.veille import Catalogue as Veille
from portal.console import page as console
from portal.explore import routes as explore
from portal.explore.interroger import Memoire
from portal.moteur import Moteur
from portal.reglages import Reglages, lire_reglages
from portal.repertoire.index import Repertoire
from portal.serveur import journaux, sante
from portal.sql import routes as sql
from portal.sql.processus import Processus


def application() -> ASGIApp:
    """Make the application of a process of ``cpf serve``."""
    return assembler(lambda reglages, moteur: Veille(reglages.publications, moteur))


def assembler(
    catalogue: Callable[[Reglages, Moteur], Catalogue], autres: Iterable[BaseRoute] = ()
) -> ASGIApp:
    """Make the application over a catalogue, with the settings of the environment.

    ``autres`` are tried before the API.
    """
    journaux.configurer()
    mesures.oublier_les_morts()
    reglages = lire_reglages()
    moteur = Moteur(reglages)
    partage = Portail(
        moteur,
        catalogue(reglages, moteur),
        reglages,
        Processus(reglages),
        Repertoire(moteur),
        Memoire(),
    )
    api = [
        *explore.routes(),
        *v20.routes(),
        *v1.routes(),
        *sql.routes(),
        *console.routes(reglages.site),
    ]
    return creer(partage, [*sante.routes(), *autres, *api, *fichiers.routes()])
