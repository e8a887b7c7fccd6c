"""Logs: constant text plus ids, one line each, with the request's id and without personal data."""

import logging.config
from collections.abc import MutableMapping
from typing import Any

import structlog

from privacy.redaction import redact


def configure_logging(log_format: str) -> None:
    """Send structlog's and the standard library's records to stderr as `console` lines or as `json`."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(_handlers(log_format, shared))


def _handlers(log_format: str, shared: list[Any]) -> dict[str, Any]:
    """Return the standard library's logging configuration: one stream, our format, third parties kept short."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_ending(log_format)],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # The SDK writes addresses and headers of each call at INFO.
            "twilio.http_client": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
        },
    }


def _ending(log_format: str) -> list[Any]:
    """Return the processors that turn an event into a line."""
    renderer: Any = structlog.dev.ConsoleRenderer(colors=False)
    if log_format == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    return [structlog.processors.format_exc_info, mask_personal_data, renderer]


def mask_personal_data(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask phone numbers, addresses and one-time tokens in every value, tracebacks included."""
    event.pop("request", None)  # Django adds the request itself, which says no more than the message does
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}
