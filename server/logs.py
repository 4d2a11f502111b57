"""What the server says on stderr: through the standard logging, a line an event, one JSON object where a program reads it.

A session's id is a secret that lets one in, so only its beginning is told.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
import threading
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from server.settings import Settings

TOLD = 6
"""Letters of a session's id."""
MOST_OF_A_KIND, PERIOD = 60, 60.0
"""Lines of one kind that are written in so many seconds; a class that comes at once is told whole."""
KIND, KINDS = 60, 200
"""Characters by which kinds are told apart, and how many of these there may be."""
NUMBERS = re.compile(r"\d+")
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


class Bounded(logging.Filter):
    """Of lines of one kind so many a minute, whatever happens how often; a line then says how many were left out. Two are of
    one kind where they are of one logger, of one level, and begin with the same words."""

    def __init__(self, most: int = MOST_OF_A_KIND, period: float = PERIOD) -> None:
        super().__init__()
        self._most, self._period = most, period
        self._counts: dict[tuple[str, int, str], int] = {}
        self._until = 0.0
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "counts", False):
            return True
        kind = record.name, record.levelno, NUMBERS.sub("", str(record.msg).partition("\n")[0])[:KIND]
        with self._lock:
            left_out = self._turn(time.monotonic())
            if kind not in self._counts and len(self._counts) >= KINDS:
                kind = "chainrule", record.levelno, "of many kinds"
            self._counts[kind] = self._counts.get(kind, 0) + 1
            goes = self._counts[kind] <= self._most
            if not goes and self._timer is None:
                self._timer = threading.Timer(self._period, self.tell)
                self._timer.daemon = True
                self._timer.start()
        _count(left_out)
        return goes

    def tell(self) -> None:
        """Say what was left out, where no other line comes that would have it said."""
        with self._lock:
            left_out = self._turn(math.inf)
        _count(left_out)

    def _turn(self, now: float) -> list[tuple[tuple[str, int, str], int]]:
        """Begin another minute, where the last one is over; what was left out in that."""
        if now < self._until:
            return []
        found = [(kind, count - self._most) for kind, count in self._counts.items() if count > self._most]
        self._counts, self._until = {}, time.monotonic() + self._period
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return found


def _count(left_out: list[tuple[tuple[str, int, str], int]]) -> None:
    for (name, level, words), count in left_out:
        logging.getLogger(name).log(level, "%d more lines like this were left out: %s", count, words, extra={"counts": True})


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
    handler.addFilter(Bounded())
    level = settings.log_level.upper()
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)  # of other libraries only what is worth a warning
    logging.getLogger("chainrule").setLevel(level)
    logging.captureWarnings(True)
