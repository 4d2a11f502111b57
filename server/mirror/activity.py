"""What the teacher's own session knows of being followed, as a row. Nothing of it is kept: the page says it again when it comes
back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import cast

from server.mirror.hub import Mirrors
from server.mirror.source import Source, Watched
from server.protocol import Message
from server.protocol.room.mirror import LONGEST_LOOK, Mirror, MirrorInfo, MirrorLook, MirrorOff
from server.session.activity import Activity, Host, Kind
from server.session.viewer import Viewer
from server.wire.errors import CommandError


class Mirrored(Activity):
    """At most one room follows a session."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.room: str | None = None
        self._code: str | None = None
        self._source: Source | None = None

    async def lead(self, code: str, key: str) -> None:
        mirrors = self.host.service(Mirrors)
        room = await mirrors.rooms.check_lead(code, key)
        self.part()
        self.room, self._code = room, code
        self._source = mirrors.lead(room, cast(Watched, self.host), self.tell)
        self.tell()

    def part(self) -> None:
        room, source, self.room, self._code, self._source = self.room, self._source, None, None, None
        if room is not None and source is not None:
            self.host.service(Mirrors).part(room, source)
            self.tell()

    def look(self, look: MirrorLook) -> None:
        if self._source is not None:
            self._source.look(look)

    def gone(self) -> None:
        self.part()

    def _info(self) -> MirrorInfo:
        return MirrorInfo(code=self._code, followed=self._source is not None and self._source.followed)

    def events(self) -> Iterable[Message | None]:
        return () if self.room is None else (self._info(),)

    def tell(self, *, hurry: bool = True) -> None:
        if hurry:
            self.host.report(self._info())


async def mirror(own: Mirrored, viewer: Viewer, command: Mirror) -> None:
    await own.lead(command.code, command.key)


async def mirror_off(own: Mirrored, viewer: Viewer, command: MirrorOff) -> None:
    own.part()


async def mirror_look(own: Mirrored, viewer: Viewer, command: MirrorLook) -> None:
    size = len(json.dumps(command.look))
    if size > LONGEST_LOOK:
        allowed = f"at most {LONGEST_LOOK:,} characters"
        raise CommandError("too_large", f"look: {size:,} characters are more than a look has", "look", allowed)
    own.look(command)


MIRROR = Kind(
    "mirror",
    Mirrored,
    {Mirror: mirror, MirrorOff: mirror_off, MirrorLook: mirror_look},
    (MirrorInfo,),
    turn=9,
)
