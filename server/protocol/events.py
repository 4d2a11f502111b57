"""What a page is told by any session."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from server.protocol.base import Message


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


class Done(Message):
    """A command took effect."""

    type: Literal["done"] = "done"
    id: str | int | None = None
    command: str
    result: dict[str, Any] | None = Field(default=None, description="of commands that ask for something")


class ErrorEvent(Message):
    """A command was refused; nothing changed and the session goes on."""

    type: Literal["error"] = "error"
    id: str | int | None = None
    code: str = Field(
        description="stable: malformed, invalid, too_large, limit, not_attached, unknown_session, unreadable_session, "
        "unknown_experiment, no_run, no_race, cancelled, busy, unavailable, internal"
    )
    field: str | None = Field(default=None, description="dotted path of the offending field, such as 'spec.optimizer.lr'")
    allowed: str | None = Field(default=None, description="the allowed range or choices")
    message: str
