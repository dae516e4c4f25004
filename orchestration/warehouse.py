"""The vault: connections to it, and the lock of its one writer.

DuckDB has one writer per file: connections are short and closed by their ``with`` block.
"""

import base64
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb

from orchestration import keys, settings
from orchestration.files import PRIVATE, locked, private_folder
from orchestration.sql import limit, literal, load_extension, spill_apart

PARQUET_KEY = "coffre"
_ATTEMPTS, _PAUSE = 11, 0.2
ENCRYPTED_PARQUET = f"encryption_config {{footer_key: '{PARQUET_KEY}'}}"
_ENCRYPTED = b"PARE"
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
        for attempt in range(_ATTEMPTS):
            try:
                held.enter_context(locked(path, wait=False))
                break
            except BlockingIOError:
                # What was killed a moment ago may take one to end.
                if attempt == _ATTEMPTS - 1:
                    raise BusyError("Une autre exécution est en cours sur ces données.") from None
                time.sleep(_PAUSE)
        yield


def check_key() -> None:
    """Tell whether the key is there, and opens the vault. Raises ``keys.SecretError``.

    Public exports need none.
    """
    if settings.is_public():
        return
    keys.master_key()
    if not settings.vault_path().exists():
        return
    try:
        with vault(read_only=True):
            return
    except duckdb.Error as error:
        if "key" not in str(error).lower() and "decrypt" not in str(error).lower():
            raise
        raise keys.SecretError(
            f"la clé n'ouvre pas {settings.vault_path()} : ce n'est pas celle qui l'a fait. "
            "Remettre la bonne dans CPF_KEY ou dans le fichier cle."
        ) from None


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection the limits, the crypto library and the key of the landed Parquet files."""
    # httpfs brings OpenSSL: without it DuckDB writes no encrypted file.
    load_extension(connection, "httpfs")
    limit(connection)
    spill_apart(connection)
    connection.execute("set temp_file_encryption = true")
    connection.execute("set preserve_insertion_order = false")
    if settings.is_public():
        return
    parquet_key = base64.b64encode(keys.derive("parquet")).decode()
    connection.execute(f"pragma add_parquet_key('{PARQUET_KEY}', '{parquet_key}')")


def attach_vault(connection: duckdb.DuckDBPyConnection, *, read_only: bool = False) -> None:
    """Attach the encrypted vault as ``coffre``, creating it (mode 0600) when absent.

    Where only public exports are read, what is built of them is in clear under the same name.

    DuckDB's own files beside it are born as the umask says: its folder is what closes them.
    """
    path = settings.vault_path()
    fresh = not path.exists()
    private_folder(path.parent)
    if fresh and not read_only and not settings.is_public():
        # Where it was before it had a folder: the next run builds all of it again.
        for former in settings.data().glob(f"{path.name}*"):
            former.unlink()
    options = [] if settings.is_public() else [f"encryption_key '{keys.derive('coffre').hex()}'"]
    options += ["read_only"] if read_only else []
    given = f" ({', '.join(options)})" if options else ""
    connection.execute(f"attach if not exists {literal(path)} as coffre{given}")
    if fresh:
        path.chmod(PRIVATE)


def relation(path: Path) -> str:
    """SQL of the rows of a Parquet file, which its first bytes tell to be encrypted or not."""
    with path.open("rb") as file:
        encrypted = file.read(len(_ENCRYPTED)) == _ENCRYPTED
    return f"read_parquet({literal(path)}{f', {ENCRYPTED_READ}' if encrypted else ''})"


@contextmanager
def connect() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory, prepared for encrypted files; closed at the end of the block."""
    with duckdb.connect() as connection:
        prepare(connection)
        yield connection


@contextmanager
def vault(*, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection with the vault attached as ``coffre``."""
    with connect() as connection:
        attach_vault(connection, read_only=read_only)
        yield connection
