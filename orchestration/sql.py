"""SQL written by Python: literals, names, a connection's limits. The only quoting there is."""

import os
import re
from itertools import count
from pathlib import Path

import duckdb
from duckdb_extensions import import_extension

from orchestration import settings
from orchestration.files import private_folder, remove_of_the_dead

_SPILL = "duckdb-"
_CONNECTIONS = count()
_NOT_A_NUMBER = re.compile(r"Could not convert string '.*' to (?:U?(?:TINY|SMALL|BIG)?INT|D|FLOAT)")
_NOT_COMPARED = re.compile(r"Cannot (?:compare|mix) values of type VARCHAR and ")
_AS_TEXT = (
    "Cette colonne est un texte (« REGROUPE », « NR » peuvent y être) : la comparer à un texte, "
    "par exemple annee_validation = '2025'."
)


def literal(value: object) -> str:
    """Return a text, or what ``str`` makes one (a path), as SQL writes it; ``None`` is ``null``."""
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return the name of a column, a table or a database as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def limit(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep a connection within ``$CPF_MEMORY`` and ``$CPF_THREADS``."""
    connection.execute(f"set memory_limit = {literal(settings.memory_limit())}")
    connection.execute(f"set threads = {settings.threads()}")


def spill_apart(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection a folder of its own for what does not fit in memory.

    Processes that shared one would write over each other's files, and what one that was killed
    left there would stop the next. DuckDB makes the folder when it needs it, and removes it.
    """
    folder = settings.temporary()
    private_folder(folder)
    remove_of_the_dead(folder.glob(f"{_SPILL}*"))
    own = folder / f"{_SPILL}{next(_CONNECTIONS)}-{os.getpid()}"
    connection.execute(f"set temp_directory = {literal(own)}")


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load an extension of the package registry, since DuckDB's own download needs another host.

    DuckDB copies it in the user's home; beside the state for a user without one (a service's).
    """
    if not os.access(Path("~").expanduser(), os.W_OK):
        folder = settings.temporary() / "extensions"
        connection.execute(f"set extension_directory = {literal(folder)}")
    import_extension(name, con=connection)
    connection.load_extension(name)


def with_hint(message: str) -> str:
    """Return DuckDB's message and, when a text was compared with a number, how to write it."""
    compared = _NOT_COMPARED.search(message) or _NOT_A_NUMBER.search(message)
    return f"{message}\n{_AS_TEXT}" if compared else message
