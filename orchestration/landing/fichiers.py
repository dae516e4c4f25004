"""A file as the disk knows it: its fingerprint, its identity, its being safely written.

Belongs here: what needs no look into the content. Does not: reading it (``blocs``).
"""

import hashlib
import os
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file, read once by blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def identity(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written again: inode, size in bytes, time (ns)."""
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def fsync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
