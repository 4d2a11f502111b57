"""One attached page: its ordered events, its latest state, and one latest-frame slot for each channel it watches.

Memory is bounded whatever the page does. States overwrite each other; a frame is only made once the page has painted the one
before (or, for a page that asks for it and keeps up, the one before that); ordered events are counted, and a page that leaves
too many unread is detached.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from dataclasses import dataclass, field

from server.metrics import ERRORS, FRAMES, Answers
from server.protocol import CLOSE_OVERFLOW, Attached, Done, ErrorEvent, Message, Pace, SampleChoice
from server.session.channel_types import FRAME, Cadence, Plane

SHARE = 2
"""While something plays, no channel is drawn more often than so many times what all pictures cost together: watching leaves
most of the time to training."""


@dataclass(slots=True)
class Slot:
    """One channel of a viewer."""

    cadence: Cadence = FRAME
    outstanding: list[int] = field(default_factory=list)
    """The frames made and not yet acknowledged, in order."""
    sent: dict[int, float] = field(default_factory=dict)
    """When those of them that were handed to the socket were."""
    key: Hashable = None
    """What the newest frame showed; nothing is made while that has not changed."""
    cursor: Hashable = None
    made: float = -1e9
    due: bool = False
    """Whether a picture of it is made in this turn."""
    cost: float = 0.0
    """Seconds that a picture takes, of late."""

    def spent(self, seconds: float) -> None:
        """Learn what a picture costs; a single one that was disturbed does not weigh much."""
        self.cost += (seconds - self.cost) / 4


NUMBERS = itertools.count(1)
"""Of frames: all viewers' together, so that one may be several viewers'."""

SLOW = 0.5
"""Seconds from sending a frame to its acknowledgement, smoothed: a page beyond reads slowly …"""
QUICK = 0.25
"""… until it is below this; between the two nothing changes."""
LONGEST = 1.5
"""No single frame counts for more: a laptop that slept is not long held to be slow."""
OPENING = 12
"""Frames at first that are not judged: a page that opens is busy with itself."""


class Reading:
    """How quickly a page takes its frames: the time from sending one to its acknowledgement."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slow = False
        self._opening = OPENING

    def took(self, seconds: float) -> bool:
        """Learn from a frame; whether it is another judgement now."""
        if self._opening:
            self._opening -= 1
            return False
        self.seconds += (min(seconds, LONGEST) - self.seconds) / 4
        if self.seconds > SLOW if not self.slow else self.seconds < QUICK:
            self.slow = not self.slow
            return True
        return False


class Viewer:
    """What a session hands to a page. `messages` yields it in order, `closing` is set when the page is to be detached."""

    def __init__(self, max_pending: int, max_pending_bytes: int = 2_000_000) -> None:
        self.grid, self.ahead = 50, 0
        self.hidden = False
        self.reading = Reading()
        self.sending_since: float | None = None
        """When the message under way was handed to the socket; None where none is."""
        self.sample: SampleChoice | None = None
        self.lane: int | None = None
        self.plane: Plane | None = None
        self.slots: dict[str, Slot] = {}
        self.answers = Answers()
        self.hold: Callable[[Viewer, Done], bool] = lambda viewer, done: False
        """Whether it is put again later: what was done is to be kept before it is told."""
        self.leader: Viewer | None = None
        """Whose pictures it is shown, when they are made; None where it has a pace of its own."""
        self.closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._events: deque[str | type[Message]] = deque()
        self._latest: dict[type[Message], Message] = {}
        self._frames: deque[tuple[str, int, bytes]] = deque()
        self._pending_bytes = self._longest = 0
        self._max_pending, self._max_pending_bytes = max_pending, max_pending_bytes
        self._something = asyncio.Event()

    @property
    def pending(self) -> tuple[int, int]:
        """Events and frames that wait to be sent."""
        return len(self._events), len(self._frames)

    @property
    def held(self) -> int:
        """Bytes of what waits to be sent; the few states aside, that are not written out before they are sent."""
        return self._pending_bytes + sum(len(frame) for _, _, frame in self._frames)

    def close(self, code: int) -> None:
        if not self.closing.done():
            self.closing.set_result(code)

    def put(self, event: Message, *, kept: bool = False) -> None:
        """An event after those before it. Of what tells where something stands only the newest is kept, at its place in the
        order. The longest of those that wait is not counted: own data travel in one event."""
        if self.closing.done() or (isinstance(event, Done) and not kept and self.hold(self, event)):
            return
        kind = type(event)
        if isinstance(event, Done | ErrorEvent | Attached):
            self.answers.answered(event.id)
            if isinstance(event, ErrorEvent):
                ERRORS.labels(event.code).inc()
        if kind.latest:
            if kind in self._latest:
                self._events.remove(kind)
            self._latest[kind] = event
            self._events.append(kind)
        else:
            text = event.written()
            self._events.append(text)
            self._pending_bytes += len(text)
            self._longest = max(self._longest, len(text))
            if len(self._events) > self._max_pending or self._pending_bytes - self._longest > self._max_pending_bytes:
                self.close(CLOSE_OVERFLOW)
        self._something.set()

    def interval(self, slot: Slot) -> float:
        """Seconds between two pictures of a channel while what it shows moves."""
        least, apart = slot.cadence
        if apart is not None:
            return max(least, apart * slot.cost)
        return max(least, SHARE * sum(each.cost for each in self.slots.values() if each.cadence.apart is None))

    def next_frame(self) -> int:
        return next(NUMBERS)

    @property
    def eyes(self) -> Viewer:
        """Who looks, as activities know it that remember where each viewer looks."""
        return self

    def goes_with(self, name: str, slot: Slot) -> Slot | None:
        """The leader's slot of a channel, where it has just what this one has: what comes next is made for both."""
        if self.leader is None or self.leader.hidden or slot.key is None:
            return None
        leads = self.leader.slots.get(name)
        return leads if leads is not None and leads.key == slot.key else None

    def follow(self, controller: Viewer | None) -> None:
        """Of one who looks on: somebody else controls the session now, or nobody, or it watches other channels."""

    def put_frame(self, channel: str, number: int, frame: bytes) -> None:
        """The newest picture of a channel; it waits for its acknowledgement."""
        slot = self.slots.get(channel)
        if slot is None or self.closing.done():
            return
        slot.outstanding.append(number)
        self._frames.append((channel, number, frame))
        self._something.set()

    def ready(self, slot: Slot) -> bool:
        """Whether the page may be sent another picture of a channel."""
        return len(slot.outstanding) <= (0 if self.reading.slow else self.ahead)

    def acknowledge(self, channel: str, number: int) -> None:
        """The page has painted a frame; those sent before it have come too, or were overtaken on the way to the screen. One
        that claims to have painted what was not sent yet is not sent it."""
        slot = self.slots.get(channel)
        if slot is None or number not in slot.outstanding:
            return
        slot.outstanding = [later for later in slot.outstanding if later > number]
        sent = slot.sent.pop(number, None)
        slot.sent = {later: when for later, when in slot.sent.items() if later > number}
        if self._frames:
            self._frames = deque(waiting for waiting in self._frames if waiting[0] != channel or waiting[1] > number)
        if sent is not None and self.reading.took(time.monotonic() - sent):
            self.put(Pace(slow=self.reading.slow, frames_per_second=1 / max(self.reading.seconds, FRAME.least)))

    def subscribe(
        self,
        channels: Mapping[str, Cadence],
        grid: int,
        sample: SampleChoice | None = None,
        ahead: int = 0,
        lane: int | None = None,
        plane: Plane | None = None,
    ) -> None:
        """Watch these channels from now on, drawn in this order where several are due. One that stays keeps what it has; a new
        one begins from nothing."""
        self.slots = {name: self.slots.get(name) or Slot(cadence) for name, cadence in channels.items()}
        self.grid, self.ahead = grid, ahead
        self.sample, self.lane, self.plane = sample, lane, plane
        self._frames = deque(waiting for waiting in self._frames if waiting[0] in self.slots)

    async def messages(self) -> AsyncIterator[str | bytes]:
        """What to send, as it comes: events in order, then the newest frames."""
        while True:
            message: str | bytes
            self.sending_since = now = time.monotonic()
            if self._events:
                event = self._events.popleft()
                if isinstance(event, str):
                    self._pending_bytes -= len(event)
                    message = event
                else:
                    message = self._latest.pop(event).model_dump_json()
                if not self._events:
                    self._longest = 0
            elif self._frames:
                channel, number, message = self._frames.popleft()
                if (slot := self.slots.get(channel)) is not None and number in slot.outstanding:
                    slot.sent[number] = now
                FRAMES.labels(channel).inc()
            else:
                self.sending_since = None
                self._something.clear()
                await self._something.wait()
                continue
            yield message


class Asker(Viewer):
    """Stands for the page where an activity has another obey a command: its answer is handed over."""

    def __init__(self, answered: Callable[[Done | ErrorEvent], None]) -> None:
        super().__init__(1)
        self._answered = answered

    def put(self, event: Message, *, kept: bool = False) -> None:
        if isinstance(event, Done | ErrorEvent):
            self._answered(event)
