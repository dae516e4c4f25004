"""SQL written by Python: literals, names, the limits of a connection. The only quoting there is."""

import duckdb

from orchestration import settings


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
