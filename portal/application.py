"""The application of a process of the server: its parts, the routes, the layers around them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from portal import metrics
from portal.api.catalog import routes as explore
from portal.api.catalog.index import Directory
from portal.api.legacy import v1, v20
from portal.context import AppContext, Catalog
from portal.dashboards import handlers as dashboards
from portal.dashboards.warming import Warmer
from portal.diagnostic import habilitations, key_figures, territories
from portal.engine.cache import AnswerCache
from portal.engine.engine import Engine
from portal.errors import ApiError
from portal.http import log
from portal.http.headers import Compression, ResponseHeaders
from portal.http.limits import Quota, RequestLimits
from portal.http.log import RequestLog
from portal.images.watch import WatchedCatalog
from portal.mirror import mirrored
from portal.packages.dataset import Dataset
from portal.pages import about, console, failures, health, home, published_files, version_page
from portal.settings import Settings, read_settings
from portal.sql import endpoint as sql
from portal.sql.pool import ProcessPool

# A version is shown after so many seconds, whether its first views are known or not.
_AHEAD_TIMEOUT = 30.0


def application() -> ASGIApp:
    """Make the application of a process of ``cpf serve``."""
    return assemble(WatchedCatalog.of_settings)


def assemble(
    catalog: Callable[[Settings, Engine], Catalog], others: Iterable[BaseRoute] = ()
) -> ASGIApp:
    """Make the application over a catalog, with the settings of the environment.

    ``others`` are tried before the API.
    """
    log.configure()
    metrics.forget_dead_processes()
    settings = mirrored(read_settings())
    engine = Engine(settings)
    shared = AppContext(engine, catalog(settings, engine), settings, AnswerCache())
    pool = ProcessPool(settings)
    routes = [
        *health.routes(),
        *others,
        *explore.routes(),
        *v20.routes(),
        *v1.routes(),
        *sql.routes(pool),
        *dashboards.routes(),
        *habilitations.routes(),
        *territories.routes(),
        *key_figures.routes(),
        *home.routes(),
        *about.routes(),
        *console.routes(),
        *version_page.routes(),
        *published_files.routes(),
    ]
    return create_app(shared, routes, pool)


def create_app(
    shared: AppContext, routes: Sequence[BaseRoute], pool: ProcessPool | None = None
) -> ASGIApp:
    """Assemble the application; ``routes`` are tried in their order."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # Loading may take minutes: the server answers meanwhile, and says that it is not ready.
        loop, warmer = asyncio.get_running_loop(), Warmer(shared)

        def before(dataset: Dataset) -> None:
            asyncio.run_coroutine_threadsafe(warmer.before(dataset), loop).result(_AHEAD_TIMEOUT)

        loading = asyncio.create_task(shared.catalog.start(before))
        loading.add_done_callback(log.loading_failed)
        warming = asyncio.create_task(warmer.run())
        try:
            yield
        finally:
            loading.cancel()
            warming.cancel()
            await asyncio.wait((loading, warming))
            await shared.catalog.stop()
            if pool is not None:
                await pool.close()
            shared.engine.close()

    inner = Starlette(
        routes=list(routes),
        lifespan=lifespan,
        exception_handlers={
            ApiError: failures.api,
            HTTPException: failures.http,
            Exception: failures.unexpected,
        },
    )
    inner.router.redirect_slashes = False
    inner.state.app_context = shared
    inner.state.directory = Directory(shared.engine)
    return _wrap(inner, shared.settings)


def _wrap(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Wrap the application, the inner layer first."""
    app = Compression(app)
    app = Quota(app, settings.quota)
    app = RequestLimits(app, settings)
    app = ResponseHeaders(app)
    return RequestLog(app, mandataire=settings.mandataire)
