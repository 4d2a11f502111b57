"""What a page asks of any session."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from server.protocol.base import Command, SampleChoice, Token

Edge = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
Range = tuple[Edge, Edge]


class Attach(Command):
    """The first command on a socket: join the session named, or a new one. The newest attach holds control."""

    type: Literal["attach"] = "attach"
    session: Token | None = None


class Subscribe(Command):
    """The channels this viewer wants from now on (the whole set, not an addition)."""

    type: Literal["subscribe"] = "subscribe"
    channels: list[str] = Field(max_length=32)
    grid: int = Field(default=50, ge=10, le=100, description="cells along a side of a unit map")
    sample: SampleChoice | None = Field(default=None, description="which one the channel sample follows")
    ahead: int = Field(default=0, ge=0, le=1, description="frames of a channel sent before the last is acknowledged")
    plane: tuple[Range, Range] | None = Field(default=None, description="what race_surface shows; absent: its whole domain")
    lane: int | None = Field(
        default=None, ge=1, le=2**31, description="whose place race_point and race_curvature tell; absent: leader's"
    )


class Visible(Command):
    """The page's document is hidden, or shown again. While it is hidden no picture is made for it, and after a while what plays
    rests; shown again, it goes on by itself."""

    type: Literal["visible"] = "visible"
    visible: bool


class Ping(Command):
    """Whether the line is there: answered at once, however busy the session is."""

    type: Literal["ping"] = "ping"


class Acknowledge(Command):
    """Sent after painting a frame of `channel`, which stands for those before it too; the newest state of that channel
    follows. Has no answer."""

    type: Literal["acknowledge"] = "acknowledge"
    channel: str
    frame: int = Field(ge=0)
