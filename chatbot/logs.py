"""Structured logs, with one redaction step that sees every record, other libraries' too."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from chatbot.settings import LogFormat, LogLevel

_TOKEN = re.compile(r"\b[0-9]{3,}:[A-Za-z0-9_-]{10,}")
_SIGNATURE = re.compile(r"\b[0-9A-Fa-f]{64}\b")
_SECRET_NAMES = re.compile(r"secret|passphrase|password|token|api_key|access-(?:key|sign|user)", re.IGNORECASE)
_DOTS = "••••"

_LOUD = ("httpx", "httpcore", "aiosqlite", "aiohttp", "telegram", "asyncio", "sqlalchemy", "alembic", "uvicorn")
"""Libraries whose chatter holds URLs, parameters or message texts; never below WARNING, at any level."""


def scrub(text: str) -> str:
    """Dots over whatever has the shape of a bot token or a signature."""
    return _SIGNATURE.sub(_DOTS, _TOKEN.sub(_DOTS, text))


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The redaction step: by the name of a field, and by the shape of its text."""
    return {name: _redacted(name, value) for name, value in event.items()}


def _redacted(name: str, value: Any) -> Any:
    if name.startswith("_") or value is None or isinstance(value, (bool, int)):
        return value
    if _SECRET_NAMES.search(name):
        return _DOTS
    return scrub(value if isinstance(value, str) else repr(value))


def set_up_logs(*, level: LogLevel, form: LogFormat) -> None:
    """Send our and everybody else's records through one chain to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                _renderer(form),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.value)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderer(form: LogFormat) -> Any:
    if form is LogFormat.JSON:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
