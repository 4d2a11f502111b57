"""A class as an activity of a session: the teacher's leads the room, a learner's own takes part, and any other knows nothing
of it and pays nothing for it."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Hashable, Iterable
from typing import Any

from server.protocol import Command, Message
from server.protocol.room.part import RoomLead, RoomOffer, RoomPart, RoomPartInfo, RoomTakePart
from server.room.lead.controller import Lead
from server.room.lead.hub import APART, CHANNEL, FOLLOW
from server.room.lead.pictures import follow
from server.room.lead.scene import Scene
from server.room.part.controller import Part
from server.room.session.errands import Errands
from server.room.session.needs import RoomsNeeded
from server.session.activity import NOTHING, Activity, Channel, Header, Host, Job, Kind, Restored
from server.session.channel_types import Picture, Want
from server.session.viewer import Slot, Viewer
from server.wire.errors import CommandError

log = logging.getLogger("chainrule")


class InClass(Activity):
    """`changes` counts what is kept of it."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.scene = Scene(host)
        self.part: Lead | Part | None = None
        self.changes = 0
        self._errands = Errands(host)

    # Coming and going -------------------------------------------------------------------------------------------------

    def lead(self, room: str, kept: dict[str, Any] | None = None) -> None:
        """In place of what it was in before."""
        if isinstance(self.part, Lead) and self.part.room == room and not self.part.over:
            return
        self._leave()
        lead = self.part = Lead(self.host, room, self._errands, self.scene)
        lead.take_up(kept or {})
        lead.begin(lambda: self._replaced(lead))
        self.tell_part()

    def take_part(self, room: str, member: int, kept: dict[str, Any] | None = None) -> None:
        same = isinstance(self.part, Part) and (self.part.room, self.part.member) == (room, member)
        if same and self.part is not None and not self.part.over:
            self.tell_part()
            return
        self._leave()
        part = self.part = Part(self.host, room, member, self._errands)
        part.take_up(kept or {})
        part.begin()
        self.tell_part()

    def leave(self) -> None:
        self._leave()
        self.tell_part()

    def _leave(self, *, told: bool = True) -> None:
        part, self.part = self.part, None
        if isinstance(part, Lead):
            part.end(told=told)
        elif part is not None:
            part.end()
        self.changes += 1

    def _replaced(self, lead: Lead) -> None:
        """Another session leads the room."""
        if self.part is lead:
            self._leave(told=False)
            self.tell_part()

    def gone(self) -> None:
        """The room goes on; where this session comes back, so does this."""
        part = self.part
        if isinstance(part, Lead):
            part.end(told=False)
        elif part is not None:
            part.end()
        self._errands.close()

    # Going on ---------------------------------------------------------------------------------------------------------

    def wait(self, now: float) -> float:
        return math.inf if self.part is None else min(self._errands.wait(now), self.part.wait(now))

    def job(self, now: float) -> Job | None:
        part = self.part
        if part is None:
            return None
        if isinstance(part, Lead):
            part.everybody.tell(now)
            return self._errands.job()
        return self._errands.job() or part.job(now)

    def refusal(self, command: Command) -> CommandError | None:
        return None if self.part is None else self.part.refusal(command)

    @property
    def withheld(self) -> frozenset[str]:
        return self.part.withheld if isinstance(self.part, Lead) else NOTHING

    @property
    def source(self) -> Activity:
        return self.scene.source

    def header(self) -> Header:
        return self.scene.header()

    # Being told and kept ----------------------------------------------------------------------------------------------

    def info(self) -> RoomPartInfo:
        part = self.part
        if isinstance(part, Lead):
            code = None if part.snapshot is None else part.snapshot.code
            return RoomPartInfo(role="lead", code=code, state="in")
        return RoomPartInfo() if part is None else part.info()

    def tell_part(self) -> None:
        self.host.report(self.info())

    def events(self) -> Iterable[Message | None]:
        return (None if self.part is None else self.info(),)

    def script_key(self) -> Hashable:
        part = self.part
        if isinstance(part, Lead):
            return self.changes, part.twin, part.card
        return (self.changes, None) if part is None else (self.changes, str(part.turn))

    def script(self) -> dict[str, Any]:
        return {"room": None if self.part is None else self.part.kept()}

    async def restore(self, restored: Restored) -> None:
        """The room that it was in; whether that is still there, it finds out."""
        kept = restored.script.get("room")
        if not kept:
            return
        try:
            if "member" in kept:
                self.take_part(str(kept["room"]), int(kept["member"]), kept)
            else:
                self.lead(str(kept["room"]), kept)
        except Exception:
            log.exception("a session cannot be taken back into its class")


# Its commands -------------------------------------------------------------------------------------------------------


async def lead(own: InClass, viewer: Viewer, command: RoomLead) -> dict[str, Any]:
    room = await _rooms(own).check_lead(command.code, command.key)
    own.lead(room)
    return {"room": room}


async def take_part(own: InClass, viewer: Viewer, command: RoomTakePart) -> None:
    own.take_part(*await _rooms(own).check_member(command.code, command.key))


async def offer(own: InClass, viewer: Viewer, command: RoomOffer) -> None:
    if not isinstance(own.part, Part):
        raise CommandError("not_entered", "This session takes part in no class", allowed="room_take_part")
    await _rooms(own).set_offered(own.part.room, own.part.member, command.offered)


async def part(own: InClass, viewer: Viewer, command: RoomPart) -> None:
    own.leave()


def _rooms(own: InClass) -> RoomsNeeded:
    try:
        return own.host.service(RoomsNeeded)  # type: ignore[type-abstract]  # a protocol
    except CommandError:
        raise CommandError("unavailable", "No class can be taught on this server") from None


# Its channel --------------------------------------------------------------------------------------------------------


def _follow(own: InClass, want: Want) -> Picture:
    return follow(own.scene)


def _follow_key(own: InClass, viewer: Viewer, slot: Slot) -> Hashable:
    """At rest, too, no more than twice a second."""
    return slot.key if time.monotonic() < slot.made + APART else own.scene.key()


ROOM = Kind(
    "room",
    InClass,
    {RoomLead: lead, RoomTakePart: take_part, RoomOffer: offer, RoomPart: part},
    events=(RoomPartInfo,),
    channels=(Channel(CHANNEL, _follow, _follow_key, FOLLOW),),
    turn=3,
)
