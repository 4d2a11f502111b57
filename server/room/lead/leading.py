"""What the parts of the teacher's side know of each other."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

from server.bus.bus import Bus
from server.room.lead.scene import Scene
from server.room.session.errands import Errands
from server.room.session.needs import RoomSeen, RoomsNeeded
from server.session.activity import Host


class Leading(Protocol):
    """The session that leads a room; `snapshot` is the room as it was read last."""

    host: Host
    room: str
    errands: Errands
    scene: Scene
    rooms: RoomsNeeded
    bus: Bus
    snapshot: RoomSeen | None

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Have it done beside, until the room is led no more."""

    def publish(self, topic: str, message: bytes) -> None:
        """Tell it to all processes, without waiting."""
