"""What a run tells on the terminal: one line a step, no machine chatter.

Everything else that Dagster knows stays in its event log, seen in the UI.
"""

import logging
import sys
from collections.abc import Callable

import dagster as dg
from dagster import DagsterEventType

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
