"""Files that must survive a power cut and be recognised later: hashes, durable writes, locks.

Who may read them does not depend on the umask: what is written is its owner's alone, unless it is
said to be public.
"""

import fcntl
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

PRIVATE, PUBLIC = 0o600, 0o644


@contextmanager
def locked(path: Path, *, shared: bool = False, wait: bool = True) -> Iterator[None]:
    """Hold a file or a folder: other writers (with ``shared``: readers may join) wait their turn.

    Raises ``BlockingIOError`` when it is held and ``wait`` is false.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(descriptor, mode if wait else mode | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def read_yaml(path: Path) -> Any:
    """Return what a file of YAML says (by libyaml: declarations are read at every step)."""
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file, read by blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def identity(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written again: inode, size in bytes, time (ns)."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def fsync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True)
class File:
    """A file by its name, size in bytes and sha256."""

    nom: str
    octets: int
    sha256: str


def describe(path: Path) -> File:
    """Measure one file."""
    return File(path.name, path.stat().st_size, sha256(path))


def checksums(digests: Mapping[str, str]) -> bytes:
    """Return the list of sha256 by file name, as ``sha256sum --check`` reads it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def indented_json(content: Mapping[str, Any]) -> bytes:
    """Return ``content`` as indented UTF-8 JSON, the same bytes for the same content."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def remove_of_the_dead(folders: Iterable[Path]) -> None:
    """Delete those of ``folders``, named ``…-<pid>``, whose process is dead."""
    for path in folders:
        if not _is_alive(path.name.rpartition("-")[2]):
            shutil.rmtree(path, ignore_errors=True)


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    return True


def private_folder(path: Path) -> None:
    """Make a folder that its owner alone may enter, or close one that is there."""
    _folder(path, 0o700)


def public_folder(path: Path) -> None:
    """Make a folder that everybody may read, or open one that is there."""
    _folder(path, 0o755)


def _folder(path: Path, mode: int) -> None:
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    restrict(path, mode)


def restrict(path: Path, mode: int) -> None:
    """Give a path its mode; a path that has it may be another's."""
    if stat.S_IMODE(path.stat().st_mode) != mode:
        path.chmod(mode)


def write(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write a file (born with ``mode``) and wait until it is on the disk."""
    with open(path, "wb", opener=partial(os.open, mode=mode)) as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes, draft: Path, mode: int = PUBLIC) -> None:
    """Replace ``path`` at once: readers see the old content or the new one, never a part."""
    write(draft, content, mode)
    draft.replace(path)
    fsync(path.parent)


def settle(draft: Path, target: Path) -> None:
    """Give a folder its final name once its files are on the disk: it appears whole or not."""
    for path in draft.iterdir():
        fsync(path)
    fsync(draft)
    draft.rename(target)
    fsync(target.parent)


def link(source: Path, target: Path) -> None:
    """Give a file a second name (a copy where links are impossible), safe on the disk."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
    fsync(target)


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Give a temporary path in the folder of ``path``, renamed to it when the block succeeds.

    Its owner's alone. A reader (the landing sensor) never sees a half-written file; a failure
    leaves nothing.
    """
    private_folder(path.parent)
    # A leading dot, and the real suffix hidden: no pattern of the sensor matches it.
    temporary = path.with_name(f".{path.name}.partiel")
    try:
        yield temporary
        temporary.chmod(PRIVATE)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
