"""The hub: the one viewer of the teacher's session that all who follow share. It commands nothing, raises no generation, and
hands each picture on as it was encoded, once."""

from __future__ import annotations

from collections.abc import Callable

from server.protocol import Message
from server.session.channel_types import Cadence
from server.session.viewer import Viewer

CHANNEL = "follow"
APART = 0.45
FOLLOW = Cadence(APART, apart=10)
"""Twice a second at most, and one part in ten of the time: nobody's training waits for a telephone."""


class Hub(Viewer):
    """`newest` is the last picture, for who comes late; `drawn` counts them."""

    def __init__(self, publish: Callable[[bytes], None]) -> None:
        super().__init__(1)
        self.reading.slow = True  # what it is told it does not read: it is to hurry nobody
        self.newest: bytes | None = None
        self.drawn = 0
        self._publish = publish
        self.subscribe({CHANNEL: FOLLOW}, 50)

    def put(self, event: Message, *, kept: bool = False) -> None:
        """Followers are told of the room, not of the session."""

    def put_frame(self, channel: str, number: int, frame: bytes) -> None:
        self.newest = frame
        self.drawn += 1
        self._publish(frame)
