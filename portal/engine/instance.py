"""Opening the DuckDB instance of a process: its extensions, its limits, its lock."""

import os
from pathlib import Path

import duckdb

from orchestration.sql import literal, load_extension

SPATIAL = "spatial"  # geographic fields alone need it: 43 MB and 0.3 s


def open_database(
    folders: tuple[Path, ...],
    temporary: Path,
    memory_limit: str,
    threads: int = 0,
    *,
    places: bool = False,
) -> duckdb.DuckDBPyConnection:
    """Open an instance that reaches the files of ``folders`` and of ``temporary``, no others.

    ``places``: it knows the functions of geographic fields; nothing can be loaded afterwards.
    """
    for folder in (*folders, temporary):
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
    if places:
        load_extension(connection, SPATIAL)
        # Of spatial (1.5.5), for indexes that we have not: dies of a filter on a computed rowid.
        connection.execute("set disabled_optimizers = 'extension'")
    # Set before the lock and never by a query: settings cannot be parameters.
    allowed = ", ".join(literal(folder.resolve()) for folder in (*folders, temporary))
    connection.execute(f"set allowed_directories = [{allowed}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection
