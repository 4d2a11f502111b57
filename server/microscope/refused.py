"""The engine's refusals, which name their field and what is allowed in words, as refusals of a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from server.wire.errors import CommandError


@contextmanager
def refusals(**fields: str) -> Iterator[None]:
    """A ValueError "field: what is wrong; allowed: range" as an answer; `fields`: the command's names for the engine's."""
    try:
        yield
    except ValueError as error:
        message, _, allowed = str(error).partition("; allowed: ")
        field, colon, rest = message.partition(": ")
        if not colon:
            raise CommandError("invalid", message) from error
        named = fields.get(field, field)
        raise CommandError("invalid", f"{named}: {rest}", named, allowed or None) from error
