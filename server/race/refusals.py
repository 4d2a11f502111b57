"""What the engine refuses of a race, as the wire says it: the field and the allowed range."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from pydantic import ValidationError

from server.wire import errors
from server.wire.errors import CommandError

_WORDS = re.compile(r"(?P<field>\w+): (?P<problem>.*?)(?:; allowed: (?P<allowed>.*))?", re.DOTALL)
_ONE = re.compile(r"\blanes\.0\.")
"""The engine checks a lane as the only one of a race."""


def problem_of(error: ValueError) -> str:
    """What is wrong, without its field and what is allowed."""
    told = _WORDS.fullmatch(str(error))
    return str(error) if told is None else told["problem"]


@contextlib.contextmanager
def refused(prefix: str, *, one_lane: bool = False) -> Iterator[None]:
    """What fails inside for a value that was sent becomes a `CommandError`; `prefix` is the command's field that held it."""
    try:
        yield
    except ValidationError as error:
        found = errors.from_validation(error, None, prefix)
        field, message = (found.field or prefix).lstrip("."), found.message.lstrip(".")
        if one_lane:
            field, message = _ONE.sub("", field), _ONE.sub("", message)
        raise CommandError(found.code, message, field, found.allowed) from error
    except ValueError as error:
        told = _WORDS.fullmatch(str(error))
        if told is None:
            raise
        raise CommandError("invalid", f"{told['field']}: {told['problem']}", told["field"], told["allowed"]) from error
