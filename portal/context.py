"""What handlers share: the engine, the catalog that is served, the settings, the kept answers."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence, Sized
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request

from portal.engine.cache import AnswerCache
from portal.engine.engine import Engine
from portal.http.request import CLIENT
from portal.packages.dataset import Dataset
from portal.settings import Settings


class Catalog(Protocol):
    """The versions that are served (``portal.images.watch``)."""

    @property
    def ready(self) -> bool:
        """Tell whether every current version is loaded or refused."""

    @property
    def refusals(self) -> Sized:
        """The versions that cannot be served."""

    async def start(self, before: Callable[[Dataset], None]) -> None:
        """Load what is current, and follow the pointers; ``before`` hears of what will be served.

        It is called in another thread than the event loop's.
        """

    async def stop(self) -> None:
        """Follow nothing any more."""

    def datasets(self) -> Iterable[Dataset]:
        """Return the current versions."""

    def versions(self, name: str, /) -> Sequence[str]:
        """Return the versions of a dataset that can be asked for, the newest first."""

    async def prepare(self, name: str, /) -> None:
        """Wait until a past version can be leased, if this names one."""

    def hold(self, dataset: Dataset, /) -> AbstractContextManager[Dataset]:
        """Lease once more a version that is leased already."""

    def lease(self, name: str, /) -> AbstractContextManager[Dataset]:
        """Lease a version. Raises ``ApiError`` (404)."""


@dataclass(frozen=True)
class AppContext:
    """What handlers need: ``app_context(request).engine``."""

    engine: Engine
    catalog: Catalog
    settings: Settings
    cache: AnswerCache


def app_context(request: Request) -> AppContext:
    """Return what the application of a request shares."""
    shared: AppContext = request.app.state.app_context
    return shared


@asynccontextmanager
async def requested_dataset(request: Request, name: str = "") -> AsyncIterator[Dataset]:
    """Lease the dataset of that name, or of the path, once it is ready. Raises ``ApiError``."""
    catalog = app_context(request).catalog
    name = name or request.path_params["id"]
    await catalog.prepare(name)
    with catalog.lease(name) as dataset:
        yield dataset


def client(request: Request) -> str:
    """Return whom the engine counts a request of; never shown nor logged."""
    return str(request.scope.get(CLIENT, ""))
