"""Those of this process who follow one room: what a source sends is handed to each, who comes late is told all there is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from server.mirror.follower import Follower
from server.mirror.packing import Parcel, Told

AGAIN = 5.0
"""Seconds after which a wish is said again …"""
SILENT = 12.0
"""… and after which a source that does not answer is taken for gone."""


class Member(Protocol):
    @property
    def status(self) -> str: ...


class Room(Protocol):
    """What is asked of a room as it stands: `server.room`'s snapshot."""

    @property
    def members(self) -> Mapping[int, Member]: ...

    @property
    def phase(self) -> str: ...
    @property
    def ended(self) -> bool: ...


class Feed:
    """Belongs to one event loop. `want` asks the sources of the room, wherever they are."""

    def __init__(self, want: Callable[[bool], None]) -> None:
        self._want = want
        self.followers: set[Follower] = set()
        self._source = ""
        self._number = 0
        self._heard = -SILENT
        self._room: Room | None = None
        self._over = False
        self._status = ""

    # Who follows ------------------------------------------------------------------------------------------------------

    def join(self, follower: Follower) -> None:
        self.followers.add(follower)
        follower.tell(self._told())
        self._want(True)

    def leave(self, follower: Follower) -> None:
        self.followers.discard(follower)

    # What comes -------------------------------------------------------------------------------------------------------

    def room(self, room: Room | None) -> None:
        """How the room stands now; None: it is gone. While a vote is open nothing is shown: it could tell the answer."""
        held = self.held
        self._room, self._over = room, room is None or room.ended
        if room is not None:
            self._turn_away(room.members)
        if held and not self.held:
            self._anew()
        self.look()

    def _turn_away(self, members: Mapping[int, Member]) -> None:
        """Who is in the room no more sees nothing more."""
        for follower in list(self.followers):
            member = members.get(follower.member)
            if member is None or member.status != "in":
                follower.tell(_standing("removed"))
                self.followers.discard(follower)

    @property
    def held(self) -> bool:
        return self._over or (self._room is not None and self._room.phase == "vote")

    def heard(self, parcel: Parcel) -> None:
        """From a source."""
        if parcel.kind == "home":
            self._want(True)
        elif parcel.kind == "gone":
            if parcel.source == self._source:
                self._heard = -SILENT
        elif parcel.kind in ("news", "all", "here"):
            self._heard = _now()
            if not self.held:
                self._take(parcel)
        self.look()

    def _take(self, parcel: Parcel) -> None:
        if parcel.kind == "all":
            self._source, self._number = parcel.source, parcel.number
            attached = _attached(parcel)
            for follower in self.followers:
                if follower.fresh:
                    follower.begin(parcel.items, attached)
            return
        follows_on = parcel.source == self._source and parcel.number == self._number + (parcel.kind == "news")
        if not follows_on:
            self._anew()
            return
        self._number = parcel.number
        for follower in self.followers:
            if not follower.fresh:
                follower.take(parcel.items)
        if any(follower.fresh for follower in self.followers):
            self._want(True)

    def _anew(self) -> None:
        """Something was missed, or another source speaks: all are told all that there is."""
        for follower in self.followers:
            follower.fresh = True
        self._want(True)

    # How it stands ----------------------------------------------------------------------------------------------------

    @property
    def status(self) -> str:
        if self._over:
            return "ended"
        if self._room is not None and self._room.phase == "vote":
            return "voting"
        return "live" if _now() - self._heard < SILENT else "away"

    def look(self) -> None:
        """Once in a while, and after each change: tell how it stands, where that is news."""
        told = self._told()
        if told.text != self._status:
            self._status = told.text
            for follower in self.followers:
                follower.tell(told)

    def ask(self) -> None:
        """Once in a while: say again that somebody follows."""
        self._want(any(follower.fresh for follower in self.followers))

    def _told(self) -> Told:
        return _standing(self.status)


def _standing(status: str) -> Told:
    return Told("mirror_room", True, json.dumps({"type": "mirror_room", "status": status}))


def _attached(parcel: Parcel) -> dict[str, Any]:
    """What a page is told on coming to a session; of this one it learns nothing by which it could be attached to."""
    return {
        "type": "attached",
        "id": None,
        "session": "",
        "generation": 1,
        "resumed": True,
        "fingerprint": parcel.source,
        "longest_message": 0,
    }


def _now() -> float:
    return asyncio.get_running_loop().time()
