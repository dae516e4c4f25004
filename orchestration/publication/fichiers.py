"""Files that must survive a power cut and be recognised later: hashes, durable writes.

Belongs here: bytes. Does not: what the files mean.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Fichier:
    """A file by its name, size in bytes and sha256."""

    nom: str
    octets: int
    sha256: str


def sha256(path: Path) -> str:
    """Return the sha256 of a file, read by blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def decrire(path: Path) -> Fichier:
    """Measure one file."""
    return Fichier(path.name, path.stat().st_size, sha256(path))


def sommes(empreintes: Mapping[str, str]) -> bytes:
    """Return the list of sha256 by file name, as ``sha256sum --check`` reads it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(empreintes.items())).encode()


def json_lisible(content: Mapping[str, Any]) -> bytes:
    """Return ``content`` as indented UTF-8 JSON, the same bytes for the same content."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def ecrire(path: Path, content: bytes) -> None:
    """Write a new file and wait until it is on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def remplacer(path: Path, content: bytes, brouillon: Path) -> None:
    """Replace ``path`` at once: readers see the old content or the new one, never a part."""
    ecrire(brouillon, content)
    brouillon.replace(path)
    synchroniser(path.parent)


def lier(source: Path, target: Path) -> None:
    """Give a file a second name (a copy where links are impossible), safe on the disk."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
    synchroniser(target)


def synchroniser(path: Path) -> None:
    """Wait until a file or a folder's entries are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
