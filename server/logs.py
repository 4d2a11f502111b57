"""What the server says on stderr: through the standard logging, a line an event, one JSON object where a program reads it.

A session's id is a secret that lets one in, so only its beginning is told.
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from server.settings import Settings

TOLD = 6
"""Letters of a session's id."""
of_session: ContextVar[str] = ContextVar("of_session", default="")
"""The id of the session that the present task works for."""


class WithSession(logging.Filter):
    """Marks each record with the session it is about: the one it names, or its task's."""

    def filter(self, record: logging.LogRecord) -> bool:
        named = getattr(record, "session", None) or of_session.get()
        record.session = str(named)[:TOLD]
        return True


class NotOurs(logging.Filter):
    """Text that is no UTF-8 ends its socket, as it should; it is no fault of the server's, whose log would be filled by it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "uvicorn.error" and record.exc_info and isinstance(record.exc_info[1], UnicodeDecodeError):
            record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
        return True


class Json(logging.Formatter):
    """One object a line: time, level, logger, message, session, exception."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        session = getattr(record, "session", "")
        if session:
            told["session"] = session
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


class Text(logging.Formatter):
    """The same for eyes."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s%(of)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        session = getattr(record, "session", "")
        record.of = f" [{session}]" if session else ""
        return super().format(record)


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """All of the process's logging, uvicorn's too, which hands its records up. Call it once, before anything is served."""
    stream = sys.stderr if stream is None else stream
    text = settings.log_format == "text" or (settings.log_format == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Text() if text else Json())
    handler.addFilter(WithSession())
    handler.addFilter(NotOurs())
    level = settings.log_level.upper()
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)  # of other libraries only what is worth a warning
    logging.getLogger("chainrule").setLevel(level)
    logging.captureWarnings(True)
