"""The folder of publications: which datasets it has, which versions of them are public.

Two layouts: ``<dataset>/datapackage.json``, and our own ``<jeu>/<version>/`` with its pointer.
"""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.files import sha256
from orchestration.metadata.frictionless import PACKAGE_FILE as FILE_NAME
from orchestration.metadata.version_card import MEDIA_TYPES, TIMESTAMP_FORMAT
from orchestration.store.versions import (
    MANIFEST,
    POINTER,
    WITHDRAWAL,
    HistoryError,
    parse_version,
    read_manifest,
    read_pointer,
    read_withdrawal,
    versions,
)
from portal.packages.dataset import ServedFile
from portal.packages.metas import rich_metas
from portal.packages.package import Package, read_package, read_resource, tabular_resources
from portal.packages.resource import PackageError, Resource

Signature = tuple[Any, ...]


class WithdrawnError(PackageError):
    """The version was withdrawn: it is served no longer, even if nothing replaces it."""


def datasets(folder: Path) -> list[Path]:
    """Return the folders that hold a dataset, in the order of their names."""
    try:
        folders = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:  # it may appear later
        return []
    return [path for path in folders if is_versioned(path) or (path / FILE_NAME).is_file()]


def is_versioned(dataset_folder: Path) -> bool:
    """Tell whether a dataset has versions and a pointer."""
    return (dataset_folder / POINTER).is_file()


def signature(dataset_folder: Path) -> Signature:
    """Return what changes when what is served of a dataset may have changed."""
    if not is_versioned(dataset_folder):
        return tuple(sorted(_states(dataset_folder)))
    try:
        pointer = read_pointer(dataset_folder)
    except HistoryError:
        pointer = None
    version_folder = dataset_folder / pointer.version if pointer else dataset_folder
    files = (
        dataset_folder / POINTER,
        *(version_folder / name for name in (FILE_NAME, MANIFEST, WITHDRAWAL)),
    )
    return tuple(_stat(path) for path in files)


def public_versions(dataset_folder: Path) -> list[str]:
    """Return the versions that can be asked for, the newest first. Withdrawn ones cannot."""
    try:
        pointer = read_pointer(dataset_folder)
        current = parse_version(pointer.version) if pointer else None
        published = versions(dataset_folder) if current else []
        return [
            str(version)
            for version in reversed(published)
            if current
            and version <= current
            and not (dataset_folder / str(version) / WITHDRAWAL).exists()
        ]
    except HistoryError:
        return []


def resources(dataset_folder: Path) -> Iterator[Resource | PackageError]:
    """Yield what is current in the folder of a dataset, or why it cannot be served.

    Raises :class:`PackageError` when that is true of all of it.
    """
    if is_versioned(dataset_folder):
        yield version_resource(dataset_folder)
        return
    package = read_package(dataset_folder / FILE_NAME)
    tabular = list(tabular_resources(package))
    if not tabular:
        raise PackageError(
            FILE_NAME, "aucune ressource n'est tabulaire : en déclarer le « schema »"
        )
    for resource in tabular:
        try:
            yield read_resource(package, resource)
        except PackageError as error:
            yield error
        except (AttributeError, TypeError, KeyError, ValueError):
            yield PackageError(FILE_NAME, f"la ressource {resource.get('name')} est mal décrite")


def version_resource(dataset_folder: Path, version: str | None = None) -> Resource:
    """Read one of our versions, the current one by default. Raises :class:`PackageError`."""
    try:
        pointer = read_pointer(dataset_folder)
        if pointer is None:
            raise PackageError(POINTER, "le pointeur manque")
        name = version or pointer.version
        if parse_version(name) is None:
            raise PackageError(POINTER, "le pointeur ne nomme pas de version")
        version_folder = dataset_folder / name
        if read_withdrawal(version_folder):
            raise WithdrawnError(f"{dataset_folder.name}/{name}", "la version a été retirée")
        manifest = read_manifest(dataset_folder, name)
        if name == pointer.version and sha256(version_folder / MANIFEST) != pointer.manifest_sha256:
            raise PackageError(f"{name}/{MANIFEST}", f"il n'est pas celui que {POINTER} annonce")
        return _resource(version_folder, manifest)
    except HistoryError as error:
        raise PackageError(dataset_folder.name, str(error)) from None
    except (KeyError, TypeError, AttributeError, OSError):
        raise PackageError(
            dataset_folder.name, f"{MANIFEST} ou {FILE_NAME} est incomplet"
        ) from None


def _resource(version_folder: Path, manifest: dict[str, Any]) -> Resource:
    if (manifest["jeu"], manifest["version"]) != (version_folder.parent.name, version_folder.name):
        raise PackageError(f"{version_folder.name}/{MANIFEST}", "il décrit une autre version")
    package = read_package(version_folder / FILE_NAME)
    if package.version != version_folder.name:
        raise PackageError(f"{version_folder.name}/{FILE_NAME}", "il décrit une autre version")
    tabular = list(tabular_resources(package))
    if not tabular:
        raise PackageError(FILE_NAME, "aucune ressource n'est tabulaire")
    # All formats hold the same rows; this one keeps their types and reads fastest.
    chosen = next(
        (resource for resource in tabular if resource.get("format") == "parquet"), tabular[0]
    )
    published = dt.datetime.strptime(manifest["publie_le"], TIMESTAMP_FORMAT).replace(tzinfo=dt.UTC)
    return read_resource(
        package,
        chosen,
        name=version_folder.parent.name,
        modified=published,
        extra_metas={
            **rich_metas(version_folder),
            "title": package.content.get("title") or version_folder.parent.name,
        },
        files=_served_files(version_folder, package, manifest),
    )


def _served_files(
    version_folder: Path, package: Package, manifest: dict[str, Any]
) -> tuple[ServedFile, ...]:
    titles = {
        resource.get("path"): resource.get("title") for resource in package.content["resources"]
    }
    return tuple(
        ServedFile(
            nom=file["nom"],
            path=version_folder / file["nom"],
            octets=file["octets"],
            sha256=file["sha256"],
            format=form,
            media_type=MEDIA_TYPES.get(form, "application/octet-stream"),
            is_data="lignes" in file,
            title=titles.get(file["nom"]) or file["nom"],
        )
        for file in manifest["fichiers"]
        if (version_folder / file["nom"]).is_file()
        for form in (Path(file["nom"]).suffix.removeprefix("."),)
    )


def _states(dataset_folder: Path) -> Iterator[tuple[Any, ...]]:
    for parent, _, names in os.walk(dataset_folder):
        yield from (_stat(Path(parent, name)) for name in names)


def _stat(path: Path) -> tuple[Any, ...]:
    try:
        status = path.stat()
    except OSError:
        return (str(path),)
    return (str(path), status.st_mtime_ns, status.st_size, status.st_ino)
