"""What a run tells on the terminal: one line a step, no machine chatter.

Everything else that Dagster knows stays in its event log, seen in the UI.
"""

import logging
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg
from dagster import DagsterEventType
from sqlalchemy import Engine
from sqlalchemy import event as engine_events

from orchestration import settings
from orchestration.files import private_folder

DAGSTER_YAML = """\
nux:
  enabled: false
telemetry:
  enabled: false
run_monitoring:
  enabled: false
"""

# Begins the lines that are meant for a person; libraries log to the same place.
MARK = "· "


def reporter(log: dg.DagsterLogManager) -> Callable[[str], None]:
    """Return the function by which a step tells a person what it has done."""
    return lambda text: log.info(f"{MARK}{text}")


def tell(text: str) -> None:
    """Tell the terminal alone: each line in the event store costs 15 ms, and a run has hundreds."""
    sys.stderr.write(f"  {MARK}{text}\n")
    sys.stderr.flush()


class _Terminal(logging.Handler):
    """Print starts, ends, messages and failures, and drop the rest."""

    def emit(self, record: logging.LogRecord) -> None:
        line = _line(record)
        if line:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()


def is_closed_gate(event: dg.DagsterEvent) -> bool:
    """Tell the failure of a blocking check, which is its verdict, from a step that broke."""
    error = event.step_failure_data.error
    return error is not None and error.cls_name == "DagsterAssetCheckFailedError"


def _line(record: logging.LogRecord) -> str | None:
    meta = getattr(record, "dagster_meta", {})
    event = meta.get("dagster_event")
    if event is None:
        text = str(meta.get("orig_message", record.getMessage()))
        return f"  {text}" if text.startswith(MARK) else None
    step = (event.step_key or "").replace("__", "/")
    match event.event_type:
        case DagsterEventType.STEP_START:
            return f"▸ {step}"
        case DagsterEventType.STEP_FAILURE if is_closed_gate(event):
            return f"✗ {step} : la publication est bloquée"
        case DagsterEventType.STEP_FAILURE:
            # Its message stays in Dagster: an error from below could quote a value.
            return f"✗ {step} : arrêtée (le détail est dans Dagster : make ui)"
        case DagsterEventType.STEP_SKIPPED:
            return f"– {step} : passé"
        case _:
            return None


@dg.logger({}, "Une ligne par étape, en français.")
def progress_logger(_context: dg.InitLoggerContext) -> logging.Logger:
    """Logger of every run started by the command line or the UI."""
    logger = logging.Logger("cpf", level=logging.DEBUG)
    logger.addHandler(_Terminal())
    return logger


@contextmanager
def quick_event_store() -> Iterator[None]:
    """Make Dagster's event store quick, for the run of this process.

    Dagster opens and closes its SQLite files at each event: closing the last connection copies the
    write-ahead log and waits for the disk, twice an event, for thousands of events. A connection
    that stays open, and a log that is synced when it is copied, wait a few times in all. A kill
    loses nothing; a power cut may lose the last events, and corrupts nothing (SQLite, WAL mode).
    """
    kept: dict[str, sqlite3.Connection] = {}

    def opened(connection: object, _: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("pragma synchronous = normal")
        path = connection.execute("pragma database_list").fetchone()[2]
        if path and path not in kept and _mode(connection) == "wal":
            kept[path] = sqlite3.connect(path, check_same_thread=False)
            # Read once: it is then one of those that hold the log.
            kept[path].execute("select count(*) from sqlite_master").fetchone()

    engine_events.listen(Engine, "connect", opened)
    try:
        yield
    finally:
        engine_events.remove(Engine, "connect", opened)
        for connection in kept.values():
            connection.close()


def _mode(connection: sqlite3.Connection) -> str:
    return str(connection.execute("pragma journal_mode").fetchone()[0])


def instance() -> dg.DagsterInstance:
    """Return Dagster's instance under ``$CPF_DATA/dagster``, telemetry off."""
    # It warns that a skipped gate does not stop a publication, which is skipped as well.
    logging.getLogger("dagster._core.execution.plan.active").setLevel(logging.ERROR)
    home = settings.dagster_home()
    private_folder(home)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(DAGSTER_YAML)
    return dg.DagsterInstance.from_config(str(home))
