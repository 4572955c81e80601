"""Structured logs: one JSON object a line, with the request's context and never a secret."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_KEYS = re.compile(
    r"(password|secret|token|authorization|api_?key|license_key|epp|cookie|signature)", re.IGNORECASE
)
_SECRET_VALUES = re.compile(
    r"(sk_(?:test|live)_\w+|whsec_\w+|[a-z]+_\w+_secret_\w+|nps_[\w-]{8,}|NP-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|eyJ[\w-]{10,}\.[\w-]+\.[\w-]+"
    r"|://[^/\s:@]+:[^@\s/]+@"
    # Where PostgreSQL and its driver quote the values of a statement.
    r"|(?<=DETAIL: )[^\n]*|(?<=query argument )[^\n]*|(?<=invalid UUID )[^\n]*)"
)
MASK = "***"


def mask(value: Any) -> Any:
    """Return `value` with anything that looks like one of our secrets replaced."""
    if isinstance(value, str):
        return _SECRET_VALUES.sub(MASK, value)
    if isinstance(value, dict):
        return {k: MASK if isinstance(k, str) and _SECRET_KEYS.search(k) else mask(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [mask(item) for item in value]
    return value


def _mask_processor(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in list(event.items()):
        event[key] = MASK if _SECRET_KEYS.search(key) and not key.endswith("_id") else mask(value)
    return event


def configure_logging(service: str, *, level: str = "INFO") -> None:
    """Send every log line of this process, the standard library's included, to stdout as JSON."""

    # Not a bound context variable: a thread started later would not have it.
    def name_service(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("service", service)
        return event

    shared: list[structlog.typing.Processor] = [
        name_service,
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.format_exc_info,
        _mask_processor,
    ]
    structlog.configure(
        # What nobody will read is dropped before any work is put into it.
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("msg"),
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "uvicorn.access", "stripe", "asyncio"):
        logging.getLogger(noisy).setLevel("WARNING")


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
