"""A room as this process has it: its readers here, what was read of it last, and who else wants to know."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from server.bus.bus import Bus
from server.keeping.database import cause
from server.protocol import CLOSE_POLICY
from server.room import topics
from server.room.kept.snapshot import Snapshot
from server.room.telling.reader import Reader
from server.room.telling.told import Group, group_of, me_event, room_event

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
        self._told: dict[Group, tuple[str, str]] = {}
        """Of each group what it was told last: as compared, and as sent."""
        self._dirty = asyncio.Event()
        self._looked: list[asyncio.Future[None]] = []
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

    async def look(self) -> Snapshot | None:
        """The room as it is now, told to all here."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._looked.append(done)
        self._dirty.set()
        await done
        return self.snapshot

    def close(self) -> None:
        for stop in self._stops:
            stop()
        self._task.cancel()
        self._release()

    # Looking and telling ----------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        while True:
            waiting, self._looked = self._looked, []
            self._dirty.clear()
            try:
                found = await self._read(self.room)
                self._tell(found)
            except SQLAlchemyError as error:
                log.error("A room could not be read: %s", cause(error))
            except Exception:
                log.exception("a room could not be told")
            finally:
                for each in waiting:
                    if not each.done():
                        each.set_result(None)
            await asyncio.sleep(APART)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._dirty.wait(), ANYHOW)

    def _release(self) -> None:
        for each in self._looked:
            if not each.done():
                each.set_result(None)
        self._looked.clear()

    def _tell(self, found: Snapshot | None) -> None:
        news = found != self.snapshot
        self.snapshot = found
        if found is None:
            for reader in self.readers:
                reader.close(CLOSE_POLICY)
        else:
            self._told = {}
            for reader in self.readers:
                self.tell_reader(reader)
        if news or found is None:
            for watcher in list(self.watchers.values()):
                try:
                    watcher(found)
                except Exception:
                    log.exception("who watches a room failed")

    def tell_reader(self, reader: Reader) -> None:
        """How the room stands, where that is news for this one."""
        room = self.snapshot
        if room is None:
            return
        if reader.member is not None:
            member = room.members.get(reader.member)
            if member is None:
                reader.close(CLOSE_POLICY)
                return
            reader.group = group_of(member)
            me = me_event(room, member).model_dump_json()
            if me != reader.me:
                reader.me = me
                reader.tell("me", me)
        assert reader.group is not None
        compared, text = self._text(room, reader.group)
        if reader.last != compared:
            reader.last = compared
            reader.tell("room", text)

    def _text(self, room: Snapshot, group: Group) -> tuple[str, str]:
        """Written once for all of a group. What passes by itself (the clock) makes no news."""
        if group not in self._told:
            event = room_event(room, group, self.joined_by)
            text = plain = event.model_dump_json()
            if event.closes_in is not None:
                plain = event.model_copy(update={"closes_in": room.state.closes}).model_dump_json()
            self._told[group] = plain, text
        return self._told[group]

    # Pictures ---------------------------------------------------------------------------------------------------------

    def _picture(self, frame: bytes) -> None:
        """Of what the teacher's session shows: for whoever is in; none while a vote is open."""
        if self.snapshot is None or self.snapshot.phase == "vote":
            return
        for reader in self.readers:
            if reader.group == "learner" or reader.group == "remote":
                reader.show("follow", frame)

    def _wall(self, frame: bytes) -> None:
        for reader in self.readers:
            if reader.group == "screen":
                reader.show("wall", frame)
