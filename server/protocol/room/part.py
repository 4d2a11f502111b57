"""A session in a class: the teacher's leads the room, a learner's own takes part in it. The room itself is entered at
``WS /room`` (`server.protocol.room`)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from server.protocol.base import Command, Message, Token

RoomCode = Annotated[str, Field(max_length=16, pattern=r"^\s*[A-Za-z0-9]+\s*$", description="the room's, in capitals or not")]


class RoomLead(Command):
    """This session is what the class sees and is asked about, from now on: with the teacher's key, in place of the one that
    was. `done.result`: {room}."""

    type: Literal["room_lead"] = "room_lead"
    code: RoomCode
    key: Token


class RoomTakePart(Command):
    """This session is a learner's own screen, from now on: with the learner's key. What it shows is a piece of the class's
    wall, and it is still while a vote is open or eyes are up."""

    type: Literal["room_take_part"] = "room_take_part"
    code: RoomCode
    key: Token


class RoomOffer(Command):
    """Whether the teacher may put this run on the screen."""

    type: Literal["room_offer"] = "room_offer"
    offered: bool


class RoomPart(Command):
    """This session is in no class any more."""

    type: Literal["room_part"] = "room_part"


class RoomTask(Message):
    """`ask` is HTML; `met` is null until it was measured."""

    ask: str
    met: bool | None = None


class RoomPartInfo(Message):
    """The class that this session is in; `role` null: none. While `vote` is open and while eyes are up (`eyes_up` says so in
    words) commands are refused with the code ``locked``. `seed` is the learner's own in a turn, `controls` what may be changed,
    null: all."""

    latest: ClassVar[bool] = True
    type: Literal["room_part_info"] = "room_part_info"
    role: Literal["lead", "learner"] | None = None
    code: str | None = None
    name: str | None = None
    state: Literal["in", "waiting", "removed", "ended"] = "ended"
    eyes_up: str | None = None
    vote: bool = False
    seed: int | None = None
    offered: bool = False
    task: RoomTask | None = None
    controls: list[str] | None = None
