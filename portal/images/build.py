"""Making images: their names, a process of their own for each, one at a time on a machine."""

import fcntl
import hashlib
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import duckdb

from orchestration.files import locked
from orchestration.sql import load_extension
from portal.engine.instance import SPATIAL
from portal.images import image
from portal.packages.dataset import Dataset
from portal.packages.field import Type
from portal.packages.resource import PackageError, Resource, from_duckdb
from portal.settings import read_settings

# To be changed with anything that changes what an image holds.
EDITION = 3
SUFFIX = ".duckdb"
_THREADS = 2
_BUILD_TIMEOUT = 1800.0


def image_name(resource: Resource) -> str:
    """Name the image of these very rows, read in this very way (without its extension)."""
    digest = hashlib.sha256(f"{EDITION}".encode())
    for path in resource.parts:
        status = path.stat()
        known = resource.digests.get(path, status.st_mtime_ns)
        digest.update(f"\0{path.name}\0{status.st_size}\0{known}".encode())
    read_spec = replace(resource, descriptor=Path(), parts=(), files=(), digests={}, metas={})
    digest.update(repr(read_spec).encode())
    served = [(file.nom, file.octets) for file in resource.files]
    digest.update(repr(served).encode())
    version = f"-{resource.version}" if resource.version else ""
    safe = "".join(char if char.isalnum() or char in "._-" else "_" for char in version)
    return f"{resource.id}{safe}-{digest.hexdigest()[:16]}"


def dataset(resource: Resource, card: image.ImageCard, base: str) -> Dataset:
    """Return the dataset, once the engine has attached its image as ``base`` (quoted)."""
    fields = []
    counts = dict(card.enum_counts)
    for column in resource.columns:
        field = column.field
        if field.rank in card.list_ranks and not field.multivalued:
            notes = {**field.annotations, "multivalued": ","}
            field = replace(field, type=Type.TEXT, annotations=notes)
        fields.append(replace(field, value_count=counts.get(field.rank, 0)))
    return Dataset(
        id=resource.id,
        version=resource.version,
        fields=tuple(fields),
        alias=resource.alias,
        key=resource.key if card.key else (),
        nombre=card.nombre,
        modified=resource.modified,
        metas={**resource.metas, "records_count": card.nombre},
        files=tuple(
            replace(file, sha256=file.sha256 or digest)
            for file, digest in zip(resource.files, card.digests, strict=True)
        ),
        base=base,
    )


def hold(path: Path) -> BinaryIO | None:
    """Hold an image so that no process deletes it; None when there is none (any more)."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    fcntl.flock(file, fcntl.LOCK_SH)
    if path.exists() and os.stat(path).st_ino == os.fstat(file.fileno()).st_ino:  # noqa: PTH116
        return file
    file.close()
    return None


def exports_folder(images: Path, image: str) -> Path:
    """Return where the exports of a version are kept: they leave with its image."""
    return images / "exports" / image


def delete_image(path: Path) -> None:
    """Delete an image and its exports, unless some process holds it."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            shutil.rmtree(exports_folder(path.parent, path.stem), ignore_errors=True)
    except (FileNotFoundError, BlockingIOError):
        return


class ImageBuilder:
    """Makes images in ``folder``, each in a process that ends with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def get_or_build(self, resource: Resource) -> tuple[Path, BinaryIO]:
        """Return the image, made if need be, and what holds it. Raises :class:`PackageError`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{image_name(resource)}{SUFFIX}"
        image_file = hold(path)
        while image_file is None:
            with locked(self.folder):
                image_file = hold(path)
                if image_file is None:
                    self._run_builder(resource, path)
                    image_file = hold(path)
        return path, image_file

    def stop(self) -> None:
        """Stop what is being made; nothing is made any more."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def _run_builder(self, resource: Resource, path: Path) -> None:
        if self._stopped:
            raise PackageError(resource.source_name, "le portail s'arrête")
        command = [sys.executable, "-m", "portal.images.build"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            self._process = process
            try:
                out, _ = process.communicate(pickle.dumps((resource, path)), timeout=_BUILD_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                out, _ = process.communicate()
            finally:
                self._process = None
        if out:
            raise PackageError(*pickle.loads(out))  # noqa: S301 (our own process)
        if process.returncode:
            raise PackageError(
                resource.source_name, f"la lecture s'est arrêtée (code {process.returncode})"
            )


def build(resource: Resource, path: Path) -> None:
    """Make an image at ``path``, whole or not at all. Raises :class:`PackageError`."""
    draft = Path(tempfile.mkdtemp(prefix=".en_cours-", dir=path.parent))
    try:
        with duckdb.connect(
            str(draft / "image.duckdb"),
            config={
                "memory_limit": read_settings().memoire_image,
                "threads": str(_THREADS),
                "temp_directory": str(draft / "temporaire"),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        ) as connection:
            connection.execute("set TimeZone = 'UTC'")
            # Each costs the process that makes an image, which often reads neither.
            if resource.has_places:
                load_extension(connection, SPATIAL)
            if resource.format == "xlsx":
                load_extension(connection, "excel")
            try:
                image.build(connection, resource, draft)
                connection.execute("checkpoint")
            except duckdb.Error as error:
                raise from_duckdb(resource.source_name, error) from None
        (draft / "image.duckdb").replace(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def main() -> None:
    """Make the image that the standard input asks for; tell on the standard output why not."""
    os.nice(5)
    resource, path = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 (our own parent)
    try:
        build(resource, path)
    except PackageError as error:
        location, _, reason = str(error).partition(" : ")
        sys.stdout.buffer.write(pickle.dumps((location, reason)))
    except MemoryError:
        reason = "la mémoire manque : CPF_PORTAIL_MEMOIRE_IMAGE en donne davantage"
        sys.stdout.buffer.write(pickle.dumps((resource.source_name, reason)))
    except Exception as error:
        # Not its message, which may quote a value.
        reason = (
            "le fichier est illisible : vérifier « encoding », « dialect » et « schema » "
            f"({type(error).__name__})"
        )
        sys.stdout.buffer.write(pickle.dumps((resource.source_name, reason)))


if __name__ == "__main__":
    main()
