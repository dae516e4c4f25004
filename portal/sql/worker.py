"""A process that answers one SQL query and ends: nothing of a query outlives it.

On the standard input: a line that says which datasets there are, then a line that asks. On the
standard output: a line when ready, a line that says how it went, then the bytes of the answer.
DuckDB may print there too (``enable_profiling``): what it prints goes nowhere.
"""

import os
import resource
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import orjson

from orchestration.sql import identifier, literal, with_hint
from portal.sql.answer_formats import ARROW, TooLargeError, prepare, prepare_arrow, write

# Address space beyond that of the start: DuckDB's own limit does not hold for texts that a function
# makes, nor for the answer in Python.
_MEMORY_MORE = 2**30
_LONGEST_MESSAGE = 2000
_CPU_LIMIT = 120  # of CPU: the parent kills well before


def main() -> None:
    """Answer one query."""
    out = os.fdopen(os.dup(1), "wb")
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)
    os.nice(10)
    # DuckDB looks for pandas at the first parameter: 0.3 s of the 0.4 s of a start, for nothing.
    sys.modules["pandas"] = None  # type: ignore[assignment]
    setup = orjson.loads(sys.stdin.buffer.readline())
    connection = open_database(setup["jeux"], setup["memoire"])
    prepare(connection)
    _write_line(out, {"pret": True})
    line = sys.stdin.buffer.readline()
    if line:
        payload = orjson.loads(line)
        if payload["format"] in ARROW:
            prepare_arrow(connection)
        _limit()
        answer_query(connection, payload, out)


def open_database(
    datasets: Sequence[Sequence[str]], memory_limit: str
) -> duckdb.DuckDBPyConnection:
    """Open a base with a view by dataset (name, image), then lock it."""
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_persistent_secrets": "false",
            "python_enable_replacements": "false",
            "memory_limit": memory_limit,
            "temp_directory": "",
        }
    )
    for rank, (name, image) in enumerate(datasets):
        # Queries can see this path (``duckdb_databases()``), and read that file alone.
        connection.execute(f"attach {literal(image)} as image_{rank} (read_only)")
        connection.execute(f"create view {identifier(name)} as select * from image_{rank}.donnees")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def answer_query(
    connection: duckdb.DuckDBPyConnection, query: Mapping[str, Any], output: BinaryIO
) -> None:
    """Run the query, write the header then the answer."""
    try:
        statement = _single_select(connection, query["q"])
        rows = connection.execute(statement, query["parametres"])
        parts, truncated = write(rows, query["format"], query["limite"], query["octets"])
    except (duckdb.OutOfMemoryException, MemoryError):
        _write_line(output, {"erreur": "memoire"})
    except TooLargeError:
        _write_line(output, {"erreur": "octets"})
    except Exception as error:
        if "alloc" in str(error):  # DuckDB and Arrow have several errors for no memory left
            _write_line(output, {"erreur": "memoire"})
        else:
            _write_line(output, {"erreur": "requete", "message": _message(error)})
    else:
        _write_line(output, {"tronque": truncated})
        output.writelines(parts)
        output.flush()


def _message(error: Exception) -> str:
    """Return what DuckDB says, except of itself: its own failures quote the server's files."""
    text = str(error)
    is_reportable = isinstance(error, (duckdb.Error, ValueError, OverflowError))
    if not is_reportable or isinstance(error, duckdb.InternalException) or "stack_trace" in text:
        return "The query made the SQL engine fail."
    text = with_hint(text.partition("\n\nStack Trace")[0])
    # It may quote a value of megabytes.
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}…"


def _single_select(connection: duckdb.DuckDBPyConnection, text: str) -> duckdb.Statement:
    statements = connection.extract_statements(text)
    if len(statements) != 1 or statements[0].type not in {
        duckdb.StatementType.SELECT,
        duckdb.StatementType.EXPLAIN,
    }:
        raise ValueError("Only one SELECT statement is allowed (or EXPLAIN, DESCRIBE, SUMMARIZE).")
    return statements[0]


def _limit() -> None:
    """From here on the system itself refuses files, sockets, and memory beyond."""
    lowest = os.dup(1)
    os.close(lowest)
    for kind, value in (
        (resource.RLIMIT_NOFILE, lowest),  # what is open stays open, nothing else can be
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, _address_space() + _MEMORY_MORE),
        (resource.RLIMIT_CPU, _CPU_LIMIT),
    ):
        resource.setrlimit(kind, (value, value))


def _address_space() -> int:
    """Return the bytes of address space that this process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _write_line(output: BinaryIO, content: Mapping[str, Any]) -> None:
    output.write(orjson.dumps(content) + b"\n")
    output.flush()


if __name__ == "__main__":
    main()
