"""A room as this process has it: its readers here, what was read of it last, and who else wants to know."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable

from sqlalchemy.exc import SQLAlchemyError

from server.bus.bus import Bus
from server.keeping.database import cause
from server.protocol import CLOSE_POLICY
from server.room import topics
from server.room.kept.snapshot import Snapshot
from server.room.telling.reader import Reader
from server.room.telling.told import Group, group_of, me_event, me_known, room_event
from server.wire.broadcast import Outlet, framed, tell_all

log = logging.getLogger("chainrule")

APART = 0.1
"""Seconds between two looks at the database."""
ANYHOW = 3.0
"""After so many it is looked at though nothing was heard: of who is gone nobody tells, and a bus may lose a word."""
Watcher = Callable[[Snapshot | None], None]
"""Told of each change; None: the room is gone."""


class Hub:
    """There is one while anybody here wants the room (`wanted`)."""

    def __init__(self, room: str, bus: Bus, read: Callable[[str], Awaitable[Snapshot | None]]) -> None:
        self.room, self._bus, self._read = room, bus, read
        self.readers: set[Reader] = set()
        self.watchers: dict[object, Watcher] = {}
        self.snapshot: Snapshot | None = None
        self.joined_by = ""
        self._dirty = asyncio.Event()
        self._stops = [
            bus.subscribe(topics.changed(room), lambda message: self._dirty.set(), self._dirty.set),
            bus.subscribe(topics.picture(room), self._picture),
            bus.subscribe(topics.wall(room), self._wall),
        ]
        self._task = asyncio.create_task(self._keep(), name=f"room {room[:6]}")

    @property
    def wanted(self) -> bool:
        return bool(self.readers or self.watchers)

    def members_here(self) -> set[int]:
        return {reader.member for reader in self.readers if reader.member is not None}

    def remote_here(self) -> bool:
        return any(reader.role == "remote" for reader in self.readers)

    def tell_at_once(self, reader: Reader) -> None:
        """One who has come, where it is in what was read last; the next look tells what is new."""
        if self.snapshot is not None and (reader.member is None or reader.member in self.snapshot.members):
            self._tell_readers(self.snapshot, [reader])
        self._dirty.set()

    def close(self) -> None:
        for stop in self._stops:
            stop()
        self._task.cancel()

    # Looking and telling ----------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        while True:
            self._dirty.clear()
            try:
                found = await self._read(self.room)
                self._tell(found)
            except SQLAlchemyError as error:
                log.error("A room could not be read: %s", cause(error))
            except Exception:
                log.exception("a room could not be told")
            await asyncio.sleep(APART)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._dirty.wait(), ANYHOW)

    def _tell(self, found: Snapshot | None) -> None:
        news = found != self.snapshot
        self.snapshot = found
        if found is None:
            for reader in self.readers:
                reader.close(CLOSE_POLICY)
        else:
            self._tell_readers(found, self.readers)
        if news or found is None:
            for watcher in list(self.watchers.values()):
                try:
                    watcher(found)
                except Exception:
                    log.exception("who watches a room failed")

    def _tell_readers(self, room: Snapshot, readers: Iterable[Reader]) -> None:
        """How the room stands, where that is news: one text for all of a group."""
        if room.phase == "vote":
            for outlet in outlets(readers):
                outlet.drop("follow")
        groups: dict[Group, list[Reader]] = {}
        for reader in readers:
            if reader.member is not None:
                member = room.members.get(reader.member)
                if member is None:
                    reader.close(CLOSE_POLICY)
                    continue
                reader.group = group_of(member)
                known = me_known(room, member)
                if known != reader.me:
                    reader.me = known
                    tell_all(outlets([reader]), "me", framed(me_event(room, member).model_dump_json()))
            if reader.group is not None:
                groups.setdefault(reader.group, []).append(reader)
        for group, of_group in groups.items():
            compared, text = _text(room, group, self.joined_by)
            news = [reader for reader in of_group if reader.last != compared]
            if news:
                tell_all(outlets(news), "room", framed(text))
            for reader in news:
                reader.last = compared

    # Pictures ---------------------------------------------------------------------------------------------------------

    def _picture(self, frame: bytes) -> None:
        """Of what the teacher's session shows: for whoever is in; none while a vote is open."""
        if self.snapshot is not None and self.snapshot.phase != "vote":
            self._show("follow", frame, "learner", "remote")

    def _wall(self, frame: bytes) -> None:
        self._show("wall", frame, "screen")

    def _show(self, channel: str, frame: bytes, *groups: Group) -> None:
        tell_all(outlets(reader for reader in self.readers if reader.group in groups), channel, framed(frame))


def outlets(readers: Iterable[Reader]) -> list[Outlet]:
    return [reader.outlet for reader in readers if reader.outlet is not None]


def _text(room: Snapshot, group: Group, joined_by: str) -> tuple[str, str]:
    """As compared, and as sent: what passes by itself (the clock) makes no news."""
    event = room_event(room, group, joined_by)
    text = event.model_dump_json()
    if event.closes_in is None:
        return text, text
    return event.model_copy(update={"closes_in": room.state.closes}).model_dump_json(), text
