"""The mirror of a class. On the teacher's own socket: whose page is followed, and how it looks. On ``WS /mirror``, which is the
followers': `MirrorFollow`, then only what was painted, and whether the line is there."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from server.protocol.base import Command, Message

LONGEST_LOOK = 16_000
"""Characters that a look may have, written as JSON."""
Key = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Code = Annotated[str, Field(min_length=1, max_length=12)]


class Mirror(Command):
    """The class of this room may see the session's page as it is: with the key of the room's teacher."""

    holds: ClassVar[str] = ""
    type: Literal["mirror"] = "mirror"
    code: Code
    key: Key


class MirrorOff(Command):
    """Nobody sees it any more."""

    type: Literal["mirror_off"] = "mirror_off"


class MirrorLook(Command):
    """How the page looks at what it is shown, for those who see it as it is: its room and the choices there."""

    type: Literal["mirror_look"] = "mirror_look"
    look: dict[str, Any] = Field(description=f"at most {LONGEST_LOOK:,} characters, written as JSON")


class MirrorInfo(Message):
    """Told the teacher's page: of which room it is seen, if any, and whether anybody does; then its look is wanted."""

    latest: ClassVar[bool] = True
    type: Literal["mirror_info"] = "mirror_info"
    code: str | None
    followed: bool


class MirrorFollow(Command):
    """The first on ``WS /mirror``: a learner's key."""

    type: Literal["follow"] = "follow"
    code: Code
    key: Key


class MirrorPainted(Command):
    """A frame is on the screen, and those of its channel before it."""

    type: Literal["acknowledge"] = "acknowledge"
    channel: str = Field(max_length=64)
    frame: int = Field(ge=0)


class MirrorPing(Command):
    """Whether the line is there."""

    type: Literal["ping"] = "ping"
