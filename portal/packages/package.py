"""Data Packages, versions 1 and 2: from a descriptor to the resources that can be served."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from orchestration.metadata.version_card import MEDIA_TYPES
from portal.packages import table_schema as schemas
from portal.packages.dataset import ServedFile
from portal.packages.metas import metas
from portal.packages.resource import PackageError, Resource

_FORMATS = {
    "csv": "csv", "tsv": "csv", "txt": "csv", "json": "json", "jsonl": "jsonl", "ndjson": "jsonl",
    "parquet": "parquet", "pq": "parquet", "xlsx": "xlsx",
}  # fmt: skip
_RESOURCE_NAME = re.compile(r"[\w][\w.-]*", re.ASCII)
# Files are named after it, and the most that a file system takes is 255 bytes.
_LONGEST_NAME = 120
# What the portal serves under the root is no dataset: addresses of files begin with its name.
_RESERVED = frozenset({
    "accessibilite", "api", "catalog", "console", "derniere", "explore", "favicon.ico", "health",
    "icone.svg", "integrer", "integrer.js", "mentions-legales", "metrics", "oembed", "ready",
    "robots.txt", "scripts", "sitemap.xml", "tableaux-de-bord",
})  # fmt: skip
_NESTED_DIALECTS = {"csv": ("csv",), "xlsx": ("excel",), "json": ("json",), "jsonl": ("json",)}


@dataclass(frozen=True)
class Package:
    """A descriptor; ``version`` is empty when it has none."""

    path: Path
    content: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """The folder that nothing may leave."""
        return self.path.parent

    @property
    def version(self) -> str:
        """Version that the descriptor tells."""
        return str(self.content.get("version") or "")


def read_package(path: Path) -> Package:
    """Read a descriptor. Raises :class:`PackageError`."""
    content = _read_object(path, path.name)
    if not isinstance(content.get("resources"), list) or not content["resources"]:
        raise PackageError(path.name, "le descripteur n'a pas de ressources (« resources »)")
    return Package(path, content)


def tabular_resources(package: Package) -> Iterator[Mapping[str, Any]]:
    """Yield the resources that have rows."""
    for resource in package.content["resources"]:
        if isinstance(resource, dict) and (
            resource.get("type") == "table"
            or resource.get("profile") == "tabular-data-resource"
            or resource.get("schema")
        ):
            yield resource


def read_resource(
    package: Package,
    resource: Mapping[str, Any],
    *,
    name: str | None = None,
    modified: dt.datetime | None = None,
    extra_metas: Mapping[str, Any] | None = None,
    files: tuple[ServedFile, ...] | None = None,
) -> Resource:
    """Read a resource; what our own versions know better is given. Raises :class:`PackageError`."""
    name = name or resource.get("name")
    location = package.path.name
    if not isinstance(name, str) or not _RESOURCE_NAME.fullmatch(name):
        raise PackageError(
            location,
            "une ressource n'a pas de nom fait de lettres, chiffres, « . », « _ » et « - »",
        )
    if len(name) > _LONGEST_NAME:
        raise PackageError(location, f"le nom d'une ressource a plus de {_LONGEST_NAME} caractères")
    if name.lower() in _RESERVED:
        raise PackageError(
            location, f"« {name} » est une adresse du portail : choisir un autre nom"
        )
    location = f"{location}, ressource {name}"
    paths = _paths(package, resource, location)
    form, compressed = _file_format(resource, paths, location)
    schema = _reference(package, resource.get("schema"), location)
    if schema is None:
        raise PackageError(location, "la ressource n'a pas de schéma : le déclarer dans « schema »")
    columns = schemas.columns(schema, (), location)
    key = schemas.key(schema)
    columns = schemas.columns(schema, key, location) if key else columns
    moment = modified or _modified(package, resource, paths)
    return Resource(
        id=name,
        version=package.version,
        descriptor=package.path,
        parts=paths,
        inline_rows=resource.get("data"),
        format=form,
        compression="gz" if compressed else None,
        encoding=str(resource.get("encoding") or "utf-8").lower(),
        dialect=_dialect(package, resource, form, paths, location),
        fields_match=str(_first(schema.get("fieldsMatch")) or "exact"),
        columns=columns,
        key=key,
        alias=dict(schemas.alias(schema)),
        modified=moment,
        metas=metas(package.content, resource, moment, extra_metas or {}),
        files=_served_files(paths, resource, form) if files is None else files,
        digests=_digests(paths, resource),
    )


def _inside(folder: Path, path: Any, location: str) -> Path:
    """Return the file of a path of the descriptor. Raises :class:`PackageError`."""
    if not isinstance(path, str) or not path:
        raise PackageError(location, "« path » doit être un chemin relatif")
    parts = PurePosixPath(path).parts
    if "://" in path or "\\" in path or path.startswith(("/", "~")) or ".." in parts:
        raise PackageError(location, "« path » sort du dossier du paquet : y copier le fichier")
    try:
        resolved = (folder / path).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise PackageError(location, f"le fichier {path} manque") from None
    if not resolved.is_relative_to(folder.resolve()):
        raise PackageError(location, "« path » sort du dossier du paquet : y copier le fichier")
    if not resolved.is_file():
        raise PackageError(location, f"{path} n'est pas un fichier")
    return resolved


def _paths(package: Package, resource: Mapping[str, Any], location: str) -> tuple[Path, ...]:
    declared = resource.get("path")
    if resource.get("data") is not None and declared is None:
        return ()
    listed = declared if isinstance(declared, list) and declared else [declared]
    return tuple(_inside(package.folder, relative_path, location) for relative_path in listed)


def _file_format(
    resource: Mapping[str, Any], paths: tuple[Path, ...], location: str
) -> tuple[str, bool]:
    if not paths:
        return ("csv" if isinstance(resource["data"], str) else "json"), False
    name = paths[0].name.lower()
    compressed = name.endswith(".gz") or resource.get("compression") in ("gz", "gzip")
    format_name = str(resource.get("format") or name.removesuffix(".gz").rpartition(".")[2]).lower()
    if format_name not in _FORMATS or name.endswith(".zip"):
        raise PackageError(
            location,
            f"le format « {format_name} » n'est pas pris en charge : CSV, JSON, Parquet ou XLSX",
        )
    return _FORMATS[format_name], compressed


def _dialect(
    package: Package, resource: Mapping[str, Any], form: str, paths: tuple[Path, ...], location: str
) -> dict[str, Any]:
    dialect = dict(_reference(package, resource.get("dialect"), location) or {})
    for name in _NESTED_DIALECTS.get(form, ()):
        # Frictionless nests what is of one format.
        nested = dialect.pop(name, None)
        dialect |= nested if isinstance(nested, dict) else {}
    tabs = resource.get("format") == "tsv" or any(".tsv" in path.suffixes for path in paths)
    dialect.setdefault("delimiter", "\t" if tabs else ",")
    if form == "xlsx" and isinstance(dialect.get("sheet"), str):
        dialect.setdefault("sheetName", dialect["sheet"])
    return dialect


def _reference(package: Package, value: Any, location: str) -> Mapping[str, Any] | None:
    """Return an object of the descriptor, or of the file that it names."""
    if isinstance(value, str):
        return _read_object(_inside(package.folder, value, location), value)
    if value is None or isinstance(value, dict):
        return value
    raise PackageError(location, "« schema » et « dialect » sont des objets, ou des fichiers JSON")


def _read_object(path: Path, name: str) -> Mapping[str, Any]:
    try:
        content = orjson.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        raise PackageError(name, "le fichier manque ou n'est pas du JSON") from None
    if not isinstance(content, dict):
        raise PackageError(name, "le fichier doit contenir un objet JSON")
    return content


def _modified(
    package: Package, resource: Mapping[str, Any], paths: tuple[Path, ...]
) -> dt.datetime:
    for declared in (resource.get("modified"), package.content.get("modified")):
        try:
            moment = dt.datetime.fromisoformat(str(declared))
            local = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
            return local.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            continue
    newest = max(path.stat().st_mtime for path in (package.path, *paths))
    return dt.datetime.fromtimestamp(int(newest), dt.UTC)


def _served_files(
    paths: tuple[Path, ...], resource: Mapping[str, Any], form: str
) -> tuple[ServedFile, ...]:
    alone = len(paths) == 1
    return tuple(
        ServedFile(
            nom=path.name,
            path=path,
            octets=path.stat().st_size,
            sha256="",
            format=form,
            media_type=str(resource.get("mediatype") or MEDIA_TYPES[form]),
            is_data=alone and path.suffix == f".{form}",
            title=str(resource.get("title") or path.name),
        )
        for path in paths
    )


def _digests(paths: tuple[Path, ...], resource: Mapping[str, Any]) -> dict[Path, str]:
    declared = resource.get("hash")
    return {paths[0]: declared} if isinstance(declared, str) and len(paths) == 1 else {}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value
