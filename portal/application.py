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

from portal.engine.engine import Engine
from portal.errors import ApiError
from portal.http import error_responses, log
from portal.http.headers import Compression, ResponseHeaders
from portal.http.limits import RequestLimits
from portal.http.log import RequestLog
from portal.http.quota import Quota
from portal.packages.dataset import Dataset
from portal.settings import Settings

if TYPE_CHECKING:
    from portal.api.ask import AnswerCache
    from portal.api.catalog.index import Directory
    from portal.sql.pool import ProcessPool


class Catalog(Protocol):
    """The versions that are served (``portal.images.watch``)."""

    @property
    def ready(self) -> bool:
        """Tell whether every current version is loaded or refused."""

    @property
    def refusals(self) -> Sized:
        """The versions that cannot be served."""

    async def start(self) -> None:
        """Load what is current, and follow the pointers from now on."""

    async def stop(self) -> None:
        """Follow nothing any more."""

    def datasets(self) -> Iterable[Dataset]:
        """Return the current versions."""

    async def prepare(self, nom: str, /) -> None:
        """Wait until a past version can be leased, if this names one."""

    def hold(self, dataset: Dataset, /) -> AbstractContextManager[Dataset]:
        """Lease once more a version that is leased already."""

    def lease(self, nom: str, /) -> AbstractContextManager[Dataset]:
        """Lease a version. Raises ``ApiError`` (404)."""


@dataclass(frozen=True)
class AppContext:
    """What handlers need: ``portail(request).moteur``."""

    engine: Engine
    catalogue: Catalog
    settings: Settings
    sql: "ProcessPool"
    directory: "Directory"
    cache: "AnswerCache"


def app_context(request: Request) -> AppContext:
    """Return what the application of a request shares."""
    shared: AppContext = request.app.state.app_context
    return shared


@asynccontextmanager
async def requested_dataset(request: Request, nom: str = "") -> AsyncIterator[Dataset]:
    """Lease the dataset of that name, or of the path, once it is ready. Raises ``ApiError``."""
    catalogue = app_context(request).catalogue
    name = nom or request.path_params["id"]
    await catalogue.prepare(name)
    with catalogue.lease(name) as dataset:
        yield dataset


def create_app(shared: AppContext, routes: Sequence[BaseRoute]) -> ASGIApp:
    """Assemble the application; ``endpoint`` are tried in their order."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # Loading may take minutes: the server answers meanwhile, and says that it is not ready.
        loading = asyncio.create_task(shared.catalogue.start())
        loading.add_done_callback(log.loading_failed)
        try:
            yield
        finally:
            loading.cancel()
            await asyncio.wait((loading,))
            await shared.catalogue.stop()
            await shared.sql.close()
            shared.engine.close()

    inner = Starlette(
        routes=list(routes),
        lifespan=lifespan,
        exception_handlers={
            ApiError: error_responses.api,
            HTTPException: error_responses.http,
            Exception: error_responses.unexpected,
        },
    )
    inner.router.redirect_slashes = False
    inner.state.app_context = shared
    return _wrap(inner, shared.settings)


def _wrap(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Wrap the application, the inner layer first."""
    app = Compression(app)
    app = Quota(app, settings.quota)
    app = RequestLimits(app, settings)
    app = ResponseHeaders(app)
    return RequestLog(app, mandataire=settings.mandataire)
