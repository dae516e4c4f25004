"""What a process of the server is made of.

Belongs here: making the parts and putting them together. Does not: the parts.
"""

from collections.abc import Callable, Iterable

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from portal import metrics
from portal.api.ask import AnswerCache
from portal.api.catalog import routes as explore
from portal.api.catalog.index import Directory
from portal.api.legacy import v1, v20
from portal.application import AppContext, Catalog, create_app
from portal.engine.engine import Engine
from portal.http import log
from portal.images.watch import Catalog as WatchedCatalog
from portal.pages import console, health, published_files
from portal.settings import Settings, read_settings
from portal.sql import endpoint as sql
from portal.sql.pool import ProcessPool


def application() -> ASGIApp:
    """Make the application of a process of ``cpf serve``."""
    return assemble(lambda settings, engine: WatchedCatalog(settings.publications, engine))


def assemble(
    catalogue: Callable[[Settings, Engine], Catalog], others: Iterable[BaseRoute] = ()
) -> ASGIApp:
    """Make the application over a catalogue, with the settings of the environment.

    ``autres`` are tried before the API.
    """
    log.configure()
    metrics.forget_dead_processes()
    settings = read_settings()
    engine = Engine(settings)
    shared = AppContext(
        engine,
        catalogue(settings, engine),
        settings,
        ProcessPool(settings),
        Directory(engine),
        AnswerCache(),
    )
    api = [
        *explore.routes(),
        *v20.routes(),
        *v1.routes(),
        *sql.routes(),
        *console.routes(settings.site),
    ]
    return create_app(shared, [*health.routes(), *others, *api, *published_files.routes()])
