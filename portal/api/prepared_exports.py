"""Prepared exports: the whole of a version in a format, written once, served as a file.

Belongs here: their names, making and keeping them. Does not: what is in them (``export_formats``).

A version never changes, so neither does its export: its name tells all that it depends on, and that
is its ETag.
"""

import asyncio
import hashlib
from collections import defaultdict
from dataclasses import astuple
from pathlib import Path

from portal.api.export_formats import ExportWriter, Options
from portal.api.parameters import Page
from portal.images.build import exports_folder
from portal.packages.dataset import Dataset

# To be changed with anything that changes the bytes of a format.
_EDITION = 1
_locks: dict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)


def preparable(writer: ExportWriter) -> bool:
    """Tell whether an export is kept: in its few usual forms, for a disk is not endless."""
    options = writer.options
    usual = Options(
        bom=options.bom, labels=options.labels, parquet_compression=options.parquet_compression
    )
    return options == usual and writer.timezone == "UTC"


async def as_file(images: Path, dataset: Dataset, writer: ExportWriter) -> tuple[Path, str]:
    """Return the file of a whole export and its ETag, made first if it is not there."""
    etag = _digest(dataset, writer)
    path = exports_folder(images, dataset.base.strip('"')) / f"{etag}.{writer.format}"
    if not path.exists():
        async with _locks[path]:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                draft = await writer.to_file(Page(None), path.parent)
                draft.replace(path)
        _locks.pop(path, None)
    return path, etag


def _digest(dataset: Dataset, writer: ExportWriter) -> str:
    identity = (dataset.id, dataset.version, dataset.base, writer.format, writer.timezone, _EDITION)
    chosen = (*identity, *astuple(writer.options), *writer.names)
    return hashlib.sha256("\x1f".join(map(str, chosen)).encode()).hexdigest()
