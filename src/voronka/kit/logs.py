"""Structured logs: one JSON object a line, ids and codes only.

Personal data and secrets have no business here: keys that could carry them are blanked, and exceptions are
logged by type and place, without their messages, which may quote a row. What Django says of a request is kept
without the request's address.
"""

import logging
import logging.config
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_KEYS = frozenset(
    [
        "password",
        "token",
        "secret",
        "key",
        "authorization",
        "cookie",
        "email",
        "phone",
        "name",
        "text",
        "body",
        "address",
        "value",
        "raw",
        "payload",
        "answers",
    ]
)


def blank_personal(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank the values of keys that may hold personal data or secrets."""
    for key in event:
        if key.lower() in _SECRET_KEYS:
            event[key] = "***"
    return event


def no_addresses(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave what Django tells without what it tells it of: addresses hold keys of invitations, hosts anything."""
    arguments = event.pop("positional_args", ())
    record = event.get("_record")
    if record is not None and record.name.startswith("django."):
        if record.msg == "%s: %s" and arguments:  # the answer's phrase and the address
            event["event"] = str(arguments[0])
        elif arguments:
            event["event"] = str(record.msg).replace("%s", "…")
        elif record.name.startswith("django.security."):
            event["event"] = record.name.rpartition(".")[2]
    return event


def place_of_error(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its type and the lines it passed: messages may quote a client's data."""
    info = event.pop("exc_info", None)
    if info is True:
        import sys

        info = sys.exc_info()
    if isinstance(info, tuple) and info[1] is not None:
        info = info[1]
    if isinstance(info, BaseException):
        frames = traceback.extract_tb(info.__traceback__)
        event["error"] = type(info).__name__
        event["trace"] = [
            f"{frame.filename.rsplit('/src/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames[-12:]
        ]
    return event


def configure(*, debug: bool = False) -> None:
    """Send all logs of the process, Django's and libraries' included, through the same processors to stderr."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        place_of_error,
        blank_personal,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.JSONRenderer(ensure_ascii=False),
                    ],
                    "foreign_pre_chain": [no_addresses, *shared],
                    "pass_foreign_args": True,
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": "INFO" if not debug else "DEBUG"},
            "loggers": {
                "django.db.backends": {"level": "INFO"},
                "django.server": {"level": "WARNING"},
                "procrastinate": {"level": "WARNING"},
                "asyncio": {"level": "WARNING"},
            },
        }
    )
