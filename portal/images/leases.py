"""The images that the engine has attached, and who holds them."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb

from orchestration.sql import identifier
from portal.engine.engine import Engine
from portal.images.build import ImageBuilder, dataset, delete_image
from portal.images.image import ImageCard, read_card
from portal.packages.dataset import Dataset
from portal.packages.resource import PackageError, Resource


@dataclass(eq=False)
class Image:
    """An attached image. ``leases`` counts the requests that hold it."""

    path: Path
    base: str
    card: ImageCard
    file: BinaryIO
    leases: int = 0


@dataclass(frozen=True)
class ServedVersion:
    """A version that can be asked, with the image that it reads."""

    dataset: Dataset
    image: Image


class AttachedImages:
    """Images attached to an engine; safe from any thread."""

    def __init__(self, engine: Engine, builder: ImageBuilder) -> None:
        self._engine = engine
        self._builder = builder
        self._images: dict[Path, Image] = {}
        self._lock = threading.Lock()

    def serve(self, resource: Resource) -> ServedVersion:
        """Make the image if need be, and attach it. Raises ``PackageError``."""
        path, file = self._builder.get_or_build(resource)
        image = self._images.get(path)
        if image is not None:
            file.close()
        else:
            image = self._attach(path, file, places=resource.has_places)
        return ServedVersion(dataset(resource, image.card, image.base), image)

    @contextmanager
    def lease(self, find: Callable[[], ServedVersion]) -> Iterator[Dataset]:
        """Hold the version that is found: its image stays as long."""
        with self._lock:
            # Found and held at once: in between, it could be detached.
            served = find()
            served.image.leases += 1
        try:
            yield served.dataset
        finally:
            with self._lock:
                served.image.leases -= 1

    @contextmanager
    def extend(self, dataset: Dataset) -> Iterator[Dataset]:
        """Hold once more a version that is held, for longer than whoever holds it."""
        with self._lock:
            image = next(image for image in self._images.values() if image.base == dataset.base)
            image.leases += 1
        try:
            yield dataset
        finally:
            with self._lock:
                image.leases -= 1

    def retain(self, served: Iterable[ServedVersion]) -> None:
        """Detach and delete every image but these and those that somebody holds."""
        in_use = {id(version.image) for version in served}
        with self._lock:
            unused = [
                image
                for image in self._images.values()
                if id(image) not in in_use and not image.leases
            ]
            for image in unused:
                self._detach(image)
        for image in unused:
            delete_image(image.path)

    def clean_up(self) -> None:
        """Delete the images of other times, which no process holds."""
        for path in self._builder.folder.glob("*.duckdb"):
            if path not in self._images:
                delete_image(path)

    def close(self) -> None:
        """Detach everything; files stay for the next start."""
        with self._lock:
            for image in list(self._images.values()):
                self._detach(image)

    def _attach(self, path: Path, file: BinaryIO, *, places: bool) -> Image:
        base = identifier(path.stem)
        try:
            self._engine.attach(path, base, places=places)
            with self._engine.cursor(base) as cursor:
                image = Image(path, base, read_card(cursor, base), file)
        except duckdb.Error as error:
            file.close()
            raise PackageError(path.name, f"l'image n'a pu être ouverte ({error})") from None
        with self._lock:
            self._images[path] = image
        return image

    def _detach(self, image: Image) -> None:
        self._engine.detach(image.base)
        image.file.close()
        del self._images[image.path]
