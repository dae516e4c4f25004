"""Exports that are kept as files: whole ones with their version, computed ones for a while.

A version never changes, so neither does its export: a file is named after all that it depends on
(version, statement, format), and its name is its ETag. Pieces of it are asked without a second run.
"""

import asyncio
import hashlib
import os
from collections import defaultdict
from dataclasses import astuple
from pathlib import Path

from portal.api.export_formats import ExportWriter
from portal.api.parameters import Page

# To be changed with anything that changes the bytes of a format.
_EDITION = 4
# Computed files that are kept, of one version: how many, and their bytes.
_MAX_FILES, _MAX_BYTES = 64, 1 << 30
_COMPUTED = "calcules"
_locks: dict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)


async def kept_file(
    folder: Path, writer: ExportWriter, page: Page, *, whole: bool
) -> tuple[Path, str]:
    """Return the file of an export and its ETag, made first if it is not there.

    ``folder`` belongs to the version and leaves with it; ``whole``: all of its rows, which stay.
    """
    etag = _digest(writer, page)
    home = folder if whole else folder / _COMPUTED
    path = home / f"{etag}.{writer.format}"
    if not path.exists():
        async with _locks[path]:
            if not path.exists():
                home.mkdir(parents=True, exist_ok=True)
                draft = await writer.to_file(page, home)
                draft.replace(path)
                if not whole:
                    _forget_oldest(home, path)
        _locks.pop(path, None)
    elif not whole:
        os.utime(path)
    return path, etag


def _forget_oldest(home: Path, newest: Path) -> None:
    """Remove what was not asked for the longest time; who reads it reads on."""
    files = sorted(
        (path for path in home.iterdir() if path != newest),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    size = newest.stat().st_size
    for rank, path in enumerate(files, start=1):
        size += path.stat().st_size
        if rank >= _MAX_FILES or size > _MAX_BYTES:
            path.unlink(missing_ok=True)


def _digest(writer: ExportWriter, page: Page) -> str:
    dataset, statement = writer.dataset, writer.statement(page)
    identity = (dataset.id, dataset.version, dataset.base, writer.format, writer.timezone, _EDITION)
    chosen = (*identity, *astuple(writer.options), *writer.names, *statement.parameters)
    text = "\x1f".join(map(str, (*chosen, statement.text)))
    return hashlib.sha256(text.encode()).hexdigest()
