"""Delivered files: the lines of forgotten persons leave them, before they land or afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration import settings
from orchestration.files import fsync, private_folder, sha256
from orchestration.landing.forgotten import digests
from orchestration.landing.forgotten.landed_rows import Erased, dossier_digests
from orchestration.landing.forgotten.raw_lines import Matches, search_file, without_lines
from orchestration.landing.intake import history
from orchestration.landing.intake.deposit_record import note_cleaned
from orchestration.landing.intake.rejects import LandingError

_DRAFT_SUFFIX = ".oubli"


def clean(connection: duckdb.DuckDBPyConnection, source: str, path: Path) -> int:
    """Take their lines out of a file of ``$CPF_DATA/extraits``; return how many there were.

    Its deposit, if it has landed, first learns what the file is about to become. Raises
    :class:`LandingError` when the file cannot be read as lines.
    """
    matches = search_file(connection, source, path)
    if not matches.numbers:
        return 0
    learn(connection, matches)
    # Hidden: no landing takes it for a delivery.
    draft = path.with_name(f".{path.name}{_DRAFT_SUFFIX}")
    without_lines(path, matches.numbers, draft)
    deposit = history.deposit_of(source, sha256(path))
    if deposit:
        note_cleaned(deposit, sha256(draft))
    draft.replace(path)
    fsync(path.parent)
    return len(matches.numbers)


@contextmanager
def copy_without(
    connection: duckdb.DuckDBPyConnection, source: str, path: Path
) -> Iterator[tuple[Path, int]]:
    """Give a file delivered elsewhere, or a copy without their lines; and how many these are.

    Raises :class:`LandingError` when the file cannot be read as lines.
    """
    matches = search_file(connection, source, path)
    if not matches.numbers:
        yield path, 0
        return
    learn(connection, matches)
    private_folder(settings.temporary())
    with tempfile.TemporaryDirectory(prefix="oubli-", dir=settings.temporary()) as folder:
        copy = Path(folder) / path.name
        without_lines(path, matches.numbers, copy)
        yield copy, len(matches.numbers)


def sweep_delivered(
    connection: duckdb.DuckDBPyConnection, source: str
) -> tuple[Erased, list[Path]]:
    """Clean every delivered file of a source; return also those that could not be searched."""
    erased, unread = Erased(), []
    folder = settings.extracts(source)
    for left in folder.glob(f".*{_DRAFT_SUFFIX}"):
        left.unlink()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            records = clean(connection, source, path)
        except LandingError:
            unread.append(path)
            continue
        erased += Erased(bool(records), records)
    return erased, unread


def search_delivered(connection: duckdb.DuckDBPyConnection) -> Matches:
    """Find the persons of the list in the delivered files of dossiers (no line numbers)."""
    matches = Matches()
    for path in sorted(settings.extracts("dossiers").rglob("*")):
        if path.is_file():
            try:
                matches.update(search_file(connection, "dossiers", path))
            except LandingError:
                continue
    return matches


def learn(connection: duckdb.DuckDBPyConnection, matches: Matches) -> None:
    """Put in the list the dossiers that lines have told of, before those lines are gone."""
    new = dossier_digests(connection, matches)
    if new:
        digests.load(connection, digests.remember_dossiers(new))


def remove_copies() -> None:
    """Remove the copies that a killed landing left."""
    for left in settings.temporary().glob("oubli-*"):
        shutil.rmtree(left)
