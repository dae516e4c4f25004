"""A state as the attack sees it: the published files, and the truth of each version's day."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from tests.attack import members, published, truth
from tests.attack.published import Version
from tests.attack.tables import TABLES, Table


@dataclass(frozen=True)
class World:
    """Versions of each table, oldest first, loaded in ``connection`` (see ``members.gather``)."""

    connection: duckdb.DuckDBPyConnection
    state: Path
    histories: dict[Table, list[Version]]
    truths: dict[Version, str]

    @property
    def publications(self) -> Path:
        """Folder of what anybody may download."""
        return self.state / "publications"

    def every_version(self) -> Iterator[Version]:
        """Of both tables."""
        for history in self.histories.values():
            yield from history

    def count(self, query: str) -> tuple[int, ...]:
        """The one line of whole numbers that a query gives, an empty one being 0."""
        line = self.connection.execute(query).fetchone()
        return tuple(int(value or 0) for value in line or ())

    def texts(self, query: str) -> list[str]:
        """First column of what a query gives."""
        return [str(line[0]) for line in self.connection.execute(query).fetchall()]


@contextmanager
def open_world(state: Path, raw_state: Path | None = None) -> Iterator[World]:
    """Read everything of ``state``; the raw extracts may be in another one.

    Raises:
        FileNotFoundError: no version is published, or an extract that one is made of is missing.
    """
    extracts = (raw_state or state) / "extraits"
    histories = {table: published.versions(state / "publications", table) for table in TABLES}
    wanted = {
        name for history in histories.values() for version in history for name in version.files
    }
    missing = wanted - {path.name for path in extracts.glob("*/*")}
    if not wanted or missing:
        raise FileNotFoundError(f"{state}: {len(missing)} of {len(wanted)} extracts are missing")
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute(f"set temp_directory = '{folder}'")
        connection.execute(f"set memory_limit = '{os.environ.get('CPF_MEMORY', '4GB')}'")
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set enable_progress_bar = false")
        truth.load_raw(connection, extracts)
        settled: dict[tuple[frozenset[str], str], str] = {}
        truths = {}
        for history in histories.values():
            for version in history:
                key = (version.files, version.day)
                if key not in settled:
                    settled[key] = f"truth_{len(settled)}"
                    truth.settle(connection, settled[key], *key)
                truths[version] = settled[key]
                published.load_rows(connection, version)
            published.date_rows(connection, history)
            for previous, version in zip([None, *history], history, strict=False):
                members.place_dossiers(connection, version, previous, truths[version])
            members.gather(connection, history, {v.rank: truths[v] for v in history})
        yield World(connection, state, histories, truths)
