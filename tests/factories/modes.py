"""Who may read what: the modes of files, and what others reach in a folder."""

import stat
from collections.abc import Iterator
from pathlib import Path

# What a state folder shows to everybody.
PUBLIC = {"publications", "site", "entrepot.duckdb"}


def mode(path: Path) -> int:
    """Permissions of a path."""
    return stat.S_IMODE(path.stat().st_mode)


def readable_by_others(folder: Path) -> Iterator[Path]:
    """Files that others may read, of those that the folders above let them reach."""
    for path in folder.iterdir():
        if path.is_dir():
            if mode(path) & stat.S_IXOTH:
                yield from readable_by_others(path)
        elif mode(path) & stat.S_IROTH:
            yield path
