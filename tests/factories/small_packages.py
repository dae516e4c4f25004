"""Small Data Packages, and their images."""

import json
from pathlib import Path
from typing import Any

import duckdb

from portal.images.build import ImageBuilder, build, dataset
from portal.images.image import read_card
from portal.packages.dataset import Dataset
from portal.packages.package import read_package, read_resource, tabular_resources
from portal.packages.resource import Resource


def fields(**types: Any) -> dict[str, Any]:
    """Return a schema: a type, or the whole of a field but its name."""
    fields = [
        {"name": name, **(declared if isinstance(declared, dict) else {"type": declared})}
        for name, declared in types.items()
    ]
    return {"fields": fields}


def write(folder: Path, *resources: dict[str, Any], **package: Any) -> Path:
    """Write a descriptor; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "datapackage.json"
    path.write_text(json.dumps({**package, "resources": list(resources)}), encoding="utf-8")
    return path


def csv(folder: Path, text: str, schema: dict[str, Any], **others: Any) -> Path:
    """Write a package of one CSV file, ``data``; return its descriptor."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "donnees.csv").write_bytes(text.encode(others.get("encoding", "utf-8")))
    return write(folder, {"name": "donnees", "path": "donnees.csv", "schema": schema, **others})


def resource(descriptor: Path) -> Resource:
    """Read the first tabular resource."""
    package = read_package(descriptor)
    return read_resource(package, next(tabular_resources(package)))


class _Builder(ImageBuilder):
    """Makes images in this process: another one each (``test_watch``) costs a second of imports."""

    def _run_builder(self, resource: Resource, path: Path) -> None:
        build(resource, path)


def load(descriptor: Path) -> tuple[Dataset, list[tuple[Any, ...]]]:
    """Make the image beside the package; return the dataset and its rows."""
    loaded = resource(descriptor)
    with duckdb.connect() as connection:
        path, lock_file = _Builder(descriptor.parent.parent / "images").get_or_build(loaded)
        with lock_file:
            connection.execute(f"attach '{path}' as i (read_only)")
            package_dataset = dataset(loaded, read_card(connection, "i"), "i")
            return package_dataset, connection.execute("from i.donnees").fetchall()


def run_query(descriptor: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the image of a package, attached as ``i``."""
    with duckdb.connect() as connection:
        path, lock_file = _Builder(descriptor.parent.parent / "images").get_or_build(
            resource(descriptor)
        )
        with lock_file:
            connection.execute(f"attach '{path}' as i (read_only)")
            return connection.execute(query).fetchall()
