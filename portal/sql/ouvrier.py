"""A process that answers one SQL query and ends: nothing of a query outlives it.

Belongs here: what runs inside of the process. Does not: starting and killing it (``processus``).

On the standard input: a line that says which datasets there are, then a line that asks. On the
standard output: a line when ready, a line that says how it went, then the bytes of the answer.
DuckDB may print there too (``enable_profiling``): what it prints goes nowhere.
"""

import os
import resource
import sys
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import duckdb
import orjson

from portal.sql.formats import ARROW, ecrire, preparer, preparer_arrow

_OCTETS = 3 * 2**30  # address space: DuckDB's own limit, the answer in Python, the libraries
_SECONDES = 120  # of CPU: the parent kills well before


def main() -> None:
    """Answer one query."""
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.nice(10)
    # DuckDB looks for pandas at the first parameter: 0.3 s of the 0.4 s of a start, for nothing.
    sys.modules["pandas"] = None  # type: ignore[assignment]
    setup = orjson.loads(sys.stdin.buffer.readline())
    connection = ouvrir(setup["jeux"], setup["memoire"])
    preparer(connection)
    _ligne(out, {"pret": True})
    line = sys.stdin.buffer.readline()
    if line:
        asked = orjson.loads(line)
        if asked["format"] in ARROW:
            preparer_arrow(connection)
        _limiter()
        repondre(connection, asked, out)


def ouvrir(jeux: Sequence[Sequence[str]], memoire: str) -> duckdb.DuckDBPyConnection:
    """Open a base with a view by dataset (name, image), then lock it."""
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_persistent_secrets": "false",
            "python_enable_replacements": "false",
            "memory_limit": memoire,
            "temp_directory": "",
        }
    )
    for rank, (name, image) in enumerate(jeux):
        # Queries can see this path (``duckdb_databases()``), and read that file alone.
        connection.execute(f"attach {_texte(image)} as image_{rank} (read_only)")
        quoted = name.replace('"', '""')
        connection.execute(f'create view "{quoted}" as select * from image_{rank}.donnees')
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def repondre(
    connection: duckdb.DuckDBPyConnection, demande: Mapping[str, Any], sortie: BinaryIO
) -> None:
    """Run the query, write the header then the answer."""
    try:
        statement = _une_lecture(connection, demande["q"])
        found = connection.execute(statement, demande["parametres"])
        body, truncated = ecrire(found, demande["format"], demande["limite"])
    except (duckdb.OutOfMemoryException, MemoryError):
        _ligne(sortie, {"erreur": "memoire"})
    except Exception as error:
        _ligne(sortie, {"erreur": "requete", "message": _message(error)})
    else:
        _ligne(sortie, {"tronque": truncated})
        sortie.write(body)
        sortie.flush()


def _message(error: Exception) -> str:
    """Return what DuckDB says, except of itself: its own failures quote the server's files."""
    text = str(error)
    told = isinstance(error, (duckdb.Error, ValueError, OverflowError))
    if not told or isinstance(error, duckdb.InternalException) or "stack_trace" in text:
        return "The query made the SQL engine fail."
    return text.partition("\n\nStack Trace")[0]


def _une_lecture(connection: duckdb.DuckDBPyConnection, texte: str) -> duckdb.Statement:
    statements = connection.extract_statements(texte)
    if len(statements) != 1 or statements[0].type not in {
        duckdb.StatementType.SELECT,
        duckdb.StatementType.EXPLAIN,
    }:
        raise ValueError("Only one SELECT statement is allowed (or EXPLAIN, DESCRIBE, SUMMARIZE).")
    return statements[0]


def _limiter() -> None:
    """From here on the system itself refuses files, sockets, and memory beyond."""
    lowest = os.dup(1)
    os.close(lowest)
    for kind, value in (
        (resource.RLIMIT_NOFILE, lowest),  # what is open stays open, nothing else can be
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, _OCTETS),
        (resource.RLIMIT_CPU, _SECONDES),
    ):
        resource.setrlimit(kind, (value, value))


def _ligne(sortie: BinaryIO, content: Mapping[str, Any]) -> None:
    sortie.write(orjson.dumps(content) + b"\n")
    sortie.flush()


def _texte(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


if __name__ == "__main__":
    main()
