"""The databases: connections to the vault and the warehouse, and the lock of their one writer.

DuckDB has one writer per file: connections are short and closed by their ``with`` block.
"""

import base64
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import duckdb
from duckdb_extensions import import_extension

from orchestration import keys, settings
from orchestration.files import locked
from orchestration.sql import limit, literal

PARQUET_KEY = "coffre"
ENCRYPTED_PARQUET = f"encryption_config {{footer_key: '{PARQUET_KEY}'}}"
ENCRYPTED_READ = f"encryption_config = {{footer_key: '{PARQUET_KEY}'}}"


class BusyError(RuntimeError):
    """Another process holds the databases."""


@contextmanager
def lock() -> Iterator[None]:
    """Hold the databases; the system releases the lock when the process dies, however it dies.

    Raises :class:`BusyError` when another process holds them.
    """
    settings.data().mkdir(parents=True, exist_ok=True)
    path = settings.data() / ".verrou"
    path.touch()
    with ExitStack() as held:
        try:
            held.enter_context(locked(path, wait=False))
        except BlockingIOError:
            raise BusyError("Une autre exécution est en cours sur ces données.") from None
        yield


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection the limits, the crypto library and the key of the landed Parquet files."""
    # httpfs brings OpenSSL: without it DuckDB writes no encrypted file. It comes from the
    # package registry, since DuckDB's own download needs another host.
    import_extension("httpfs", con=connection)
    connection.execute("load httpfs")
    settings.temporary().mkdir(parents=True, exist_ok=True)
    limit(connection)
    connection.execute(f"set temp_directory = {literal(settings.temporary())}")
    connection.execute("set temp_file_encryption = true")
    connection.execute("set preserve_insertion_order = false")
    parquet_key = base64.b64encode(keys.derive("parquet")).decode()
    connection.execute(f"pragma add_parquet_key('{PARQUET_KEY}', '{parquet_key}')")


def attach_vault(connection: duckdb.DuckDBPyConnection, *, read_only: bool = False) -> None:
    """Attach the encrypted vault as ``coffre``, creating it (mode 0600) when absent."""
    path = settings.vault_path()
    fresh = not path.exists()
    key = keys.derive("coffre").hex()
    mode = ", read_only" if read_only else ""
    connection.execute(
        f"""
        attach if not exists {literal(path)} as coffre
        (encryption_key '{key}'{mode})
        """
    )
    if fresh:
        path.chmod(0o600)


def finish_killed_writes() -> None:
    """Write into the warehouse what a killed process had left in its write-ahead log.

    DuckDB 1.5.5 cannot replay the comments of a table whose CHECK computes while it opens the file
    as its main database ("GetDefaultDatabase with no default database set"); attached, it can. A
    log that even so cannot be read is dropped: the file is whole without it, and the next run
    builds every table again.
    """
    log = settings.warehouse_path().with_name(f"{settings.warehouse_path().name}.wal")
    if not log.exists():
        return
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(settings.warehouse_path())} as entrepot")
            connection.execute("checkpoint entrepot")
    except (duckdb.InternalException, duckdb.SerializationException):
        log.unlink(missing_ok=True)


@contextmanager
def connect(
    database: str = ":memory:", *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open ``database`` prepared for encrypted files; closed at the end of the block."""
    with duckdb.connect(database, read_only=read_only) as connection:
        prepare(connection)
        yield connection


@contextmanager
def vault(*, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection with the vault attached as ``coffre``."""
    settings.data().mkdir(parents=True, exist_ok=True)
    with connect() as connection:
        attach_vault(connection, read_only=read_only)
        yield connection
