"""What is served: the current version of every dataset of a folder, followed as it changes.

A thread looks at the folder each second. What it finds new is read and made aside; then it takes
the place of the version before at once. What cannot be served changes nothing but ``refusals``.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import structlog

from orchestration.store.versions import parse_version
from portal import mirror
from portal.engine.engine import Engine
from portal.errors import ApiError, unknown_dataset
from portal.images.build import ImageBuilder
from portal.images.leases import AttachedImages, ServedVersion
from portal.packages import folder as folders
from portal.packages.dataset import Dataset
from portal.packages.resource import PackageError, Resource
from portal.settings import Settings

_PERIOD = 1.0
_STARTUP_TIMEOUT = 30.0  # a server that starts waits so long for its datasets, then goes on loading
_MAX_PAST = 4
_FALLBACKS = 3  # versions before a broken one that are tried when nothing is served yet
_PREPARE_TIMEOUT = 120.0


class WatchedCatalog:
    """The versions of the datasets of ``publications``; ``lease`` may be called anywhere."""

    def __init__(
        self, publications: Path, engine: Engine, mirror_settings: Settings | None = None
    ) -> None:
        self._root = publications
        self._mirror_settings = mirror_settings
        self._mirror = mirror.mirror_of(mirror_settings) if mirror_settings else None
        self._builder = ImageBuilder(engine.images_folder)
        self._attached = AttachedImages(engine, self._builder)
        self._current: dict[str, ServedVersion] = {}
        self._past: OrderedDict[tuple[str, str], ServedVersion] = OrderedDict()
        self._requested: set[tuple[str, str]] = set()
        self._folders: dict[str, Path] = {}
        self._seen: dict[Path, folders.Signature] = {}
        self._loaded: dict[Path, folders.Signature] = {}
        self._refusals: dict[str, str] = {}
        self._round_refusals: dict[str, str] = {}
        self._first_round, self._stopping, self._wake = (threading.Event() for _ in range(3))
        self._before: Callable[[Dataset], None] = lambda _: None
        self._thread = threading.Thread(target=self._watch, name="catalogue", daemon=True)

    @classmethod
    def of_settings(cls, settings: Settings, engine: Engine) -> "WatchedCatalog":
        """Serve what the settings say: a folder, or the mirror of a bucket."""
        return cls(settings.publications, engine, settings)

    @property
    def ready(self) -> bool:
        """Tell whether every current version is loaded or refused."""
        return self._first_round.is_set()

    @property
    def refusals(self) -> Mapping[str, str]:
        """Why, by folder or resource, a version is not served."""
        return dict(self._refusals)

    async def start(self, before: Callable[[Dataset], None] = lambda _: None) -> None:
        """Load and follow what is current; ``before`` hears of what will be served."""
        self._before = before
        self._thread.start()
        await asyncio.to_thread(self._first_round.wait, _STARTUP_TIMEOUT)

    async def stop(self) -> None:
        """Follow nothing any more, and leave the engine."""
        self._stopping.set()
        self._wake.set()
        self._builder.stop()
        if self._thread.ident is not None:
            await asyncio.to_thread(self._thread.join)
        self._attached.close()

    def datasets(self) -> tuple[Dataset, ...]:
        """Return the current versions, in the order of their ids."""
        return tuple(served.dataset for _, served in sorted(self._current.copy().items()))

    def versions(self, name: str) -> tuple[str, ...]:
        """Return the versions of a dataset that can be asked for, the newest first."""
        current, folder = self._current.get(name), self._folders.get(name)
        if current is None or folder is None:
            return ()
        if folders.is_versioned(folder):
            mirrored = self._mirror.versions(folder.name) if self._mirror else None
            return tuple(folders.public_versions(folder) if mirrored is None else mirrored)
        return (current.dataset.version,) if current.dataset.version else ()

    @contextmanager
    def lease(self, name: str) -> Iterator[Dataset]:
        """Lease a version: ``id``, ``id@version`` or ``id@domain``.

        Raises ``ApiError``: 404, or 503 while the version is being made ready.
        """
        with self._attached.lease(lambda: self._find(name)) as dataset:
            yield dataset

    def hold(self, dataset: Dataset) -> AbstractContextManager[Dataset]:
        """Lease once more a version that is leased already: a stream outlives its request."""
        return self._attached.extend(dataset)

    async def prepare(self, name: str) -> None:
        """Wait until a past version can be leased, if this names one."""
        dataset_id, _, suffix = name.partition("@")
        folder = self._folders.get(dataset_id)
        if self._mirror_settings and folder is not None and suffix in self.versions(dataset_id):
            await mirror.bring(self._mirror_settings, folder.name, suffix)
        for _ in range(int(_PREPARE_TIMEOUT / 0.05)):
            try:
                self._find(name)
            except ApiError as error:
                if error.status != 503:  # noqa: PLR2004 (what _find raises)
                    return
                await asyncio.sleep(0.05)
            else:
                return

    def _find(self, name: str) -> ServedVersion:
        current = self._current.get(name)
        if current is not None:
            return current
        dataset_id, _, suffix = name.partition("@")
        current = self._current.get(dataset_id)
        if current is None:
            raise unknown_dataset(name) if self.ready else _still_loading(name)
        if suffix == current.dataset.version or parse_version(suffix) is None:
            return current
        unreadable = f"{self._folders[dataset_id].name}/{suffix}" in self._refusals
        if unreadable or suffix not in self.versions(dataset_id):
            raise unknown_dataset(name)
        past_version = self._past.get((dataset_id, suffix))
        if past_version is None:
            self._requested.add((dataset_id, suffix))
            self._wake.set()
            raise _still_loading(name)
        return past_version

    # --- the thread

    def _watch(self) -> None:
        log = structlog.get_logger()
        while not self._stopping.is_set():
            try:
                # Of a bucket, nothing is known before it was seen whole once.
                if self._mirror_settings is None or mirror.state(self._mirror_settings).seen:
                    self._round()
            except Exception:
                # It must go on looking, whatever a folder holds.
                log.exception("catalogue_en_panne")
            self._wake.wait(_PERIOD)
            self._wake.clear()

    def _round(self) -> None:
        first = not self.ready
        self._prepare_past()
        present = folders.datasets(self._root)
        for path in present:
            seen = folders.signature(path)
            stable = first or folders.is_versioned(path) or self._seen.get(path) == seen
            self._seen[path] = seen
            if stable and self._loaded.get(path) != seen and not self._stopping.is_set():
                self._load(path)
                # What has changed meanwhile will be seen as new.
                self._loaded[path] = seen
        for path in set(self._loaded) - set(present):
            self._forget(path, ())
            del self._loaded[path]
        self._attached.retain([*self._current.values(), *self._past.values()])
        if first and not self._stopping.is_set():
            self._attached.clean_up()
            self._first_round.set()

    def _load(self, path: Path) -> None:
        """Load what is current in a folder; what is refused leaves what was served."""
        self._round_refusals = {}
        self._load_folder(path)
        others = {
            key: reason for key, reason in self._refusals.items() if key.split("/")[0] != path.name
        }
        self._refusals = others | self._round_refusals

    def _load_folder(self, path: Path) -> None:
        kept = set()
        try:
            for resource in folders.resources(path):
                if isinstance(resource, PackageError):
                    self._refuse(path, resource)
                    kept |= self._served_from(path)
                else:
                    kept.add(resource.id)
                    self._replace(path, resource)
        except folders.WithdrawnError as error:
            self._refuse(path, error)
        except PackageError as error:
            self._refuse(path, error)
            kept |= self._served_from(path)
        except Exception as error:
            # Whatever a folder holds, the others are served.
            structlog.get_logger().exception("dossier_imprevu", dossier=path.name)
            unforeseen = f"le dossier n'a pu être lu ({type(error).__name__})"
            self._refuse(path, PackageError(path.name, unforeseen))
            kept |= self._served_from(path)
        self._forget(path, kept)
        if folders.is_versioned(path) and path.name in self._round_refusals:
            self._fall_back(path)

    def _replace(self, path: Path, resource: Resource) -> bool:
        owner_folder = self._folders.get(resource.id, path)
        if owner_folder != path:
            conflict = f"le dossier {owner_folder.name} sert déjà {resource.id}"
            self._refuse(path, PackageError(path.name, conflict), resource.id)
            return False
        try:
            served = self._attached.serve(resource)
        except PackageError as error:
            self._refuse(path, error, resource.id)
            return False
        try:
            self._before(served.dataset)
        except Exception as error:  # a version that can be read is served, whatever else fails
            structlog.get_logger().warning("avance", erreur=type(error).__name__)
        self._folders[resource.id] = path
        self._current[resource.id] = served
        structlog.get_logger().info(
            "version_servie",
            dataset=resource.id,
            version=resource.version,
            lignes=served.dataset.nombre,
        )
        return True

    def _fall_back(self, path: Path) -> None:
        """Serve the last version that can be, when the current one never could."""
        if path.name in self._current:
            return
        for version in folders.public_versions(path)[1 : 1 + _FALLBACKS]:
            try:
                if self._replace(path, folders.version_resource(path, version)):
                    return
            except PackageError as error:
                self._refuse(path, error)

    def _served_from(self, path: Path) -> set[str]:
        return {name for name, owner_folder in self._folders.items() if owner_folder == path}

    def _forget(self, path: Path, kept: set[str] | tuple[()]) -> None:
        for name in self._served_from(path) - set(kept):
            del self._current[name], self._folders[name]

    def _refuse(self, path: Path, error: PackageError, name: str | None = None) -> None:
        key = path.name if name in (None, path.name) else f"{path.name}/{name}"
        message = self._round_refusals.get(key)
        self._round_refusals[key] = f"{message} ; {error}" if message else str(error)
        structlog.get_logger().warning("version_refusee", dossier=path.name, raison=str(error))

    def _prepare_past(self) -> None:
        """Make ready the past versions that were asked for; forget those that may not be."""
        for name, version in list(self._past):
            if version not in self.versions(name):
                del self._past[name, version]
        while self._requested:
            name, version = self._requested.pop()
            folder = self._folders.get(name)
            if folder is None:
                continue
            try:
                served = self._attached.serve(folders.version_resource(folder, version))
            except PackageError as error:
                self._refusals[f"{folder.name}/{version}"] = str(error)
                continue
            self._past[name, version] = served
            while len(self._past) > _MAX_PAST:
                self._past.popitem(last=False)


def _still_loading(name: str) -> ApiError:
    return ApiError(
        503, "DatasetLoading", f"The dataset {name} is being made ready.", {"Retry-After": "2"}
    )
