"""The mirrors of a process: the sessions here that a class follows, and those here who follow one, wherever it is."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from server.bus.bus import Bus
from server.mirror.feed import AGAIN, Feed
from server.mirror.follower import Follower
from server.mirror.packing import Parcel, pack, unpack
from server.mirror.source import Source, Watched


class Rooms(Protocol):
    """The rooms of the server, as far as their mirrors know them."""

    sockets: Counter[str]
    """Open ones, by address."""

    async def check_lead(self, code: str, key: str) -> str: ...
    async def check_member(self, code: str, key: str) -> tuple[str, int]: ...
    def watch(self, room: str, callback: Callable[[Any], None]) -> Callable[[], None]: ...


def topic(room: str) -> str:
    return f"room:{room}:mirror"


class Mirrors:
    """Belongs to one event loop. Rooms go by their ids. Of a room that a process has nothing to do with it hears nothing."""

    def __init__(self, bus: Bus, rooms: Rooms) -> None:
        self._bus, self.rooms = bus, rooms
        self._sources: dict[str, Source] = {}
        self._feeds: dict[str, Feed] = {}
        self._heard: dict[str, Callable[[], None]] = {}
        self._watched: dict[str, Callable[[], None]] = {}
        self._sending: set[asyncio.Task[None]] = set()

    # The teacher's session ----------------------------------------------------------------------------------------------

    def lead(self, room: str, session: Watched, changed: Callable[[], None]) -> Source:
        """This session is the one that is followed; another that was is no more."""

        async def publish(parcel: Parcel) -> None:
            await self._bus.publish(topic(room), pack(parcel))

        before = self._sources.pop(room, None)
        if before is not None:
            before.close()
        source = self._sources[room] = Source(session, publish, changed)
        self._listen(room)
        self._say(room, Parcel("home", source.id))
        return source

    def part(self, room: str, source: Source) -> None:
        """Nobody follows it any more; nothing where another session is followed by now."""
        source.close()
        if self._sources.get(room) is source:
            del self._sources[room]
            self._say(room, Parcel("gone", source.id))
            self._listen(room)

    # Followers ----------------------------------------------------------------------------------------------------------

    def join(self, room: str, follower: Follower) -> None:
        feed = self._feeds.get(room)
        if feed is None:
            feed = self._feeds[room] = Feed(lambda whole: self._say(room, Parcel("want", "", 0, whole)))
            self._listen(room)
            self._watched[room] = self.rooms.watch(room, feed.room)
        feed.join(follower)

    def leave(self, room: str, follower: Follower) -> None:
        feed = self._feeds.get(room)
        if feed is None:
            return
        feed.leave(follower)
        if not feed.followers:
            del self._feeds[room]
            self._watched.pop(room)()
            self._listen(room)

    async def keep(self) -> None:
        """Say again what is wanted, and look whether the sources are still there; until cancelled."""
        while True:
            await asyncio.sleep(AGAIN)
            for feed in list(self._feeds.values()):
                feed.ask()
                feed.look()

    # The bus ------------------------------------------------------------------------------------------------------------

    def _listen(self, room: str) -> None:
        """A room is heard of while something here has to do with it."""
        wanted = room in self._sources or room in self._feeds
        if wanted and room not in self._heard:
            self._heard[room] = self._bus.subscribe(
                topic(room), lambda packed: self._hear(room, packed), lambda: self._again(room)
            )
        elif not wanted and room in self._heard:
            self._heard.pop(room)()

    def _again(self, room: str) -> None:
        """Something may have been missed: whether it was, numbers tell."""
        feed = self._feeds.get(room)
        if feed is not None:
            feed.ask()

    def _hear(self, room: str, packed: bytes) -> None:
        feed, source = self._feeds.get(room), self._sources.get(room)
        if feed is None and not packed.startswith((b'["want"', b'["home"')):
            return
        with contextlib.suppress(ValueError):
            parcel = unpack(packed)
            if parcel.kind == "want":
                if source is not None:
                    source.want(whole=parcel.whole)
                return
            if parcel.kind == "home" and source is not None and parcel.source != source.id:
                source.close()
                del self._sources[room]
            if feed is not None:
                feed.heard(parcel)

    def _say(self, room: str, parcel: Parcel) -> None:
        task = asyncio.get_running_loop().create_task(self._bus.publish(topic(room), pack(parcel)))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
