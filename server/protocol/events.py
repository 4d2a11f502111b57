"""What a page is told by any session."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from server.protocol.base import Message

LONG = 200_000
"""Characters of a text that is long."""
MARK = "\ue000"
"""Stands for one while the rest is written."""


class Attached(Message):
    """The answer to attach. `generation` numbers the holders of control; an older socket is closed with 4001."""

    type: Literal["attached"] = "attached"
    id: str | int | None = None
    session: str
    generation: int
    resumed: bool
    fingerprint: str
    longest_message: int = Field(description="bytes of a command that is read; one twice as long closes the socket")


class WarmUp(Message):
    """Progress of compiling the kernels; `done == total` when everything is ready."""

    latest: ClassVar[bool] = True
    type: Literal["warmup"] = "warmup"
    done: int
    total: int
    current: str | None = None


class Pace(Message):
    """The page takes its frames slowly and gets fewer of them, each the newest; or it does no longer."""

    latest: ClassVar[bool] = True
    type: Literal["pace"] = "pace"
    slow: bool
    frames_per_second: float = Field(description="of a channel, as the page takes them now")


class Keeping(Message):
    """Whether what is done is kept and outlives the server. Where it is not, `message` says why, and the run goes on."""

    latest: ClassVar[bool] = True
    type: Literal["keeping"] = "keeping"
    kept: bool
    message: str | None = None


class Done(Message):
    """A command took effect. What it changed is kept, unless `keeping` says otherwise."""

    type: Literal["done"] = "done"
    id: str | int | None = None
    command: str
    result: dict[str, Any] | None = Field(default=None, description="of commands that ask for something")

    @property
    def long(self) -> bool:
        """Whether it carries a file, or a script with own data."""
        return any(isinstance(value, str) and len(value) > LONG for value in (self.result or {}).values())

    def write(self) -> Self:
        """A long text piece by piece, for the interpreter writes one in a single go."""
        from engine.parts import giving_way_between

        names = [name for name, value in (self.result or {}).items() if isinstance(value, str) and len(value) > LONG]
        brief = self.model_copy(update={"result": (self.result or {}) | {name: f"{MARK}{name}" for name in names}})
        rest, parts = brief.model_dump_json(), []
        for name in names:
            before, rest = rest.split(f"{MARK}{name}", 1)
            whole = (self.result or {})[name]
            pieces = (whole[first : first + LONG] for first in range(0, len(whole), LONG))
            parts += [before, *(json.dumps(piece, ensure_ascii=False)[1:-1] for piece in giving_way_between(pieces, 1))]
        self._text = "".join([*parts, rest])
        return self


class ErrorEvent(Message):
    """A command was refused; nothing changed and the session goes on."""

    type: Literal["error"] = "error"
    id: str | int | None = None
    code: str = Field(
        description="stable: malformed, invalid, too_large, limit, not_attached, unknown_session, unreadable_session, "
        "unknown_experiment, unknown_lesson, no_run, no_race, no_lesson, no_experiment, locked, unmeasured, cancelled, busy, "
        "unavailable, internal"
    )
    field: str | None = Field(default=None, description="dotted path of the offending field, such as 'spec.optimizer.lr'")
    allowed: str | None = Field(default=None, description="the allowed range or choices")
    message: str
