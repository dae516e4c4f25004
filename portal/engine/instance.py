"""The DuckDB instance of a process: its extensions, its limits, its lock.
from orchestration.sql import literal


Belongs here: opening it. Does not: what is attached to it (``catalogue``), nor any query.
"""

import os
from pathlib import Path

import duckdb
from duckdb_extensions import import_extension

from orchestration.sql import literal

# They come from the package registry, since DuckDB's own download needs another host.
EXTENSIONS = ("spatial", "excel")


def open_database(
    dossiers: tuple[Path, ...], temporary: Path, memory_limit: str, threads: int = 0
) -> duckdb.DuckDBPyConnection:
    """Open an instance that reaches the files of ``dossiers`` and of ``temporaire``, no others."""
    for folder in (*dossiers, temporary):
        folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
            "memory_limit": memory_limit,
            "threads": str(threads or os.cpu_count() or 2),
            "temp_directory": str(temporary),
        }
    )
    for name in EXTENSIONS:
        import_extension(name, con=connection)
        connection.load_extension(name)
    # Of spatial (1.5.5), for indexes that we have not: dies of a filter on a computed rowid.
    connection.execute("set disabled_optimizers = 'extension'")
    # Set before the lock and never by a query: settings cannot be parameters.
    allowed = ", ".join(literal(folder.resolve()) for folder in (*dossiers, temporary))
    connection.execute(f"set allowed_directories = [{allowed}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection
