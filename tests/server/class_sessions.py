"""Sessions in a class, in the test's own loop: a room that the test changes as it likes, and the bus within the process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

from test_restoring import HOSTING, Life

from server.bus.in_process import InProcess
from server.keeping.records import Kept
from server.protocol import ErrorEvent
from server.room import asking, topics
from server.room.lead.controller import Lead
from server.room.part.controller import Part
from server.room.session.activity import InClass
from server.session.viewer import Asker
from server.wire.errors import CommandError
from server.wire.frames import decode

ROOM, KEY = "a-room", "the-key"


def snapshot(**changes: Any) -> Any:
    """A room as it lies in the database."""
    members = {n: SimpleNamespace(name=f"learner {n}", status="in", offered=n == 1, here=True) for n in (1, 2)}
    told = {
        "code": "K7FQ",
        "phase": "follow",
        "ended": False,
        "eyes_up": None,
        "turn": None,
        "seen": {"room": "train", "title": "", "words": "", "link": ""},
        "wall": None,
        "collect": False,
        "board": None,
        "question": None,
        "here": 2,
        "remote": False,
        "members": members,
        "seed_of": lambda member: None,
    } | changes
    return SimpleNamespace(**told, locked=told["phase"] == "vote" or told["eyes_up"] is not None)


class FakeRooms:
    """What `server.room.service.Rooms` is for a session."""

    def __init__(self) -> None:
        self.now = snapshot()
        self.watchers: list[Callable[[Any], None]] = []
        self.info: dict[str, Any] | None = None
        self.kept: dict[int, bytes] = {}
        self.gone = 0
        self.offers: dict[int, bool] = {}
        self.heard_of: set[int] = set()

    def change(self, **changes: Any) -> None:
        known = {name: value for name, value in vars(self.now).items() if name != "locked"}
        self.now = snapshot(**known | changes)
        for watcher in list(self.watchers):
            watcher(self.now)

    def show(self, room: str, **more: str) -> None:
        self.change(seen={"room": room, "title": "", "words": "", "link": ""} | more)

    async def check_lead(self, code: str, key: str) -> str:
        if key != KEY:
            raise CommandError("unknown_room", "There is no room with this code", "code")
        return ROOM

    async def check_member(self, code: str, key: str) -> tuple[str, int]:
        if key not in ("1", "2"):
            raise CommandError("unknown_room", "There is no room with this code", "code")
        return ROOM, int(key)

    def watch(self, room: str, callback: Callable[[Any], None]) -> Callable[[], None]:
        self.watchers.append(callback)
        callback(self.now)
        return lambda: self.watchers.remove(callback)

    async def lead_beat(self, room: str, info: dict[str, Any] | None = None) -> None:
        self.info = info

    async def lead_gone(self, room: str) -> None:
        self.gone += 1

    async def keep_piece(self, room: str, member: int, content: bytes) -> None:
        self.kept[member] = content

    async def pieces(self, room: str) -> dict[int, bytes]:
        return self.kept

    async def set_offered(self, room: str, member: int, offered: bool) -> None:
        self.offers[member] = offered

    def here(self, room: str, member: int) -> None:
        self.heard_of.add(member)


class Class(Life):
    """A session and its room."""

    def __init__(self, rooms: FakeRooms, bus: InProcess, kept: Kept | None = None) -> None:
        super().__init__(kept)
        self.rooms, self.bus = rooms, bus
        self.pictures: list[bytes] = []
        self.walls: list[bytes] = []
        bus.subscribe(topics.picture(ROOM), self.pictures.append)
        bus.subscribe(topics.wall(ROOM), self.walls.append)

    @property
    def own(self) -> InClass:
        return self.session.find(InClass)

    @property
    def lead(self) -> Lead:
        assert isinstance(self.own.part, Lead)
        return self.own.part

    @property
    def part(self) -> Part:
        assert isinstance(self.own.part, Part)
        return self.own.part

    async def ask(self, what: str, **about: Any) -> dict[str, Any]:
        """As a room asks its teacher's session."""
        return await asking.ask(self.bus, ROOM, what, about)

    async def refusal(self, type: str, **fields: Any) -> ErrorEvent:
        """A command of its page that is to be refused."""
        told: list[Any] = []
        viewer = Asker(told.append)
        self.session._viewers = (*self.session._viewers, viewer)
        command = HOSTING.vocabulary.commands.validate_python({"type": type, "id": "x", **fields})
        await self.session.submit(viewer, command)
        await self.until(lambda: bool(told))
        assert isinstance(told[0], ErrorEvent), told
        return told[0]

    async def picture(self, wanted: Callable[[dict[str, Any]], bool] = lambda header: True) -> tuple[dict[str, Any], Any]:
        """The newest, once it is as wanted."""
        await self.until(lambda: bool(self.pictures) and wanted(decode(self.pictures[-1])[0]))
        return decode(self.pictures[-1])


@contextlib.asynccontextmanager
async def classes(count: int = 1, rooms: FakeRooms | None = None) -> AsyncIterator[list[Class]]:
    """So many sessions that may be in one room."""
    bus, rooms = InProcess(), rooms or FakeRooms()
    bus.open()
    HOSTING.services = (bus, rooms)
    lives = [Class(rooms, bus) for _ in range(count)]
    try:
        for life in lives:
            await life.until(lambda life=life: life.run.trainer is not None)  # type: ignore[misc]
        yield lives
    finally:
        for life in lives:
            await life.end()
        HOSTING.services = ()
        await asyncio.sleep(0)
