"""The application: routes, the layers around them, and what the handlers share.

Belongs here: assembly. Does not: any answer.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence, Sized
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from portal.catalogue.jeu import Jeu
from portal.erreurs import ApiError
from portal.moteur import Moteur
from portal.reglages import Reglages
from portal.serveur import journal, reponses
from portal.serveur.bornes import Bornes
from portal.serveur.compression import Compression
from portal.serveur.entetes import Entetes
from portal.serveur.journal import Journal
from portal.serveur.quota import Quota

if TYPE_CHECKING:
    from portal.explore.interroger import Memoire
    from portal.repertoire.index import Repertoire
    from portal.sql.processus import Processus


class Catalogue(Protocol):
    """The versions that are served (``portal.catalogue.veille``)."""

    @property
    def pret(self) -> bool:
        """Tell whether every current version is loaded or refused."""

    @property
    def refus(self) -> Sized:
        """The versions that cannot be served."""

    async def demarrer(self) -> None:
        """Load what is current, and follow the pointers from now on."""

    async def arreter(self) -> None:
        """Follow nothing any more."""

    def jeux(self) -> Iterable[Jeu]:
        """Return the current versions."""

    async def preparer(self, nom: str, /) -> None:
        """Wait until a past version can be leased, if this names one."""

    def tenir(self, jeu: Jeu, /) -> AbstractContextManager[Jeu]:
        """Lease once more a version that is leased already."""

    def prendre(self, nom: str, /) -> AbstractContextManager[Jeu]:
        """Lease a version. Raises ``ApiError`` (404)."""


@dataclass(frozen=True)
class Portail:
    """What handlers need: ``portail(request).moteur``."""

    moteur: Moteur
    catalogue: Catalogue
    reglages: Reglages
    sql: "Processus"
    repertoire: "Repertoire"
    memoire: "Memoire"


def portail(request: Request) -> Portail:
    """Return what the application of a request shares."""
    shared: Portail = request.app.state.portail
    return shared


@asynccontextmanager
async def jeu_demande(request: Request, nom: str = "") -> AsyncIterator[Jeu]:
    """Lease the dataset of that name, or of the path, once it is ready. Raises ``ApiError``."""
    catalogue = portail(request).catalogue
    name = nom or request.path_params["id"]
    await catalogue.preparer(name)
    with catalogue.prendre(name) as jeu:
        yield jeu


def creer(partage: Portail, routes: Sequence[BaseRoute]) -> ASGIApp:
    """Assemble the application; ``routes`` are tried in their order."""

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        # Loading may take minutes: the server answers meanwhile, and says that it is not ready.
        loading = asyncio.create_task(partage.catalogue.demarrer())
        loading.add_done_callback(journal.echec_du_chargement)
        try:
            yield
        finally:
            loading.cancel()
            await asyncio.wait((loading,))
            await partage.catalogue.arreter()
            await partage.sql.fermer()
            partage.moteur.fermer()

    inner = Starlette(
        routes=list(routes),
        lifespan=life,
        exception_handlers={
            ApiError: reponses.api,
            HTTPException: reponses.http,
            Exception: reponses.imprevue,
        },
    )
    inner.router.redirect_slashes = False
    inner.state.portail = partage
    return _couches(inner, partage.reglages)


def _couches(app: ASGIApp, reglages: Reglages) -> ASGIApp:
    """Wrap the application, the inner layer first."""
    app = Compression(app)
    app = Quota(app, reglages.quota)
    app = Bornes(app, reglages)
    app = Entetes(app)
    return Journal(app, mandataire=reglages.mandataire)
