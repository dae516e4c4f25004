"""Where logs go: JSON lines on the standard error, ours and those of libraries.

Belongs here: the form of a line. Does not: what is told (``journal``).
"""

import logging
import sys

import orjson
import structlog


def configurer() -> None:
    """Set up logging for this process."""
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="quand")
    level = structlog.processors.add_log_level
    structlog.configure(
        processors=[stamp, level, structlog.processors.JSONRenderer(_json)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[stamp, level],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(_json),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _json(event: dict[str, object], **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
