"""What looks on at a session for all who follow it: it watches what the controller watches, and is shown the same pictures."""

from __future__ import annotations

from collections.abc import Callable

from server.mirror.packing import Item, Shown, Told
from server.protocol import Message, name_of
from server.session.viewer import Slot, Viewer

APART = 1 / 10
"""Seconds between two pictures of a channel where the teacher's page is hidden, so that none is made for it."""
UNTOLD = ("attached", "done", "error", "pace", "mirror_")
"""How events begin that are the teacher's own: answers, and what its page is told as such …"""
OF_ROOM = "room_"
"""… and what the room tells it, which knows more than its learners may."""
SPARE = 256_000
"""Bytes of the pieces that belong to a picture, beside twice those of its first, from which on it is made anew as a whole."""


def told_to_followers(name: str) -> bool:
    return not name.startswith((*UNTOLD, OF_ROOM))


class Shadow(Viewer):
    """A reader without a page: it keeps nothing waiting, so it never falls behind."""

    def __init__(self, something: Callable[[], None]) -> None:
        super().__init__(1)
        self.hidden = True
        self._eyes: Viewer = self
        self._something_new = something
        self._told: list[Message] = []
        self._shown: list[Shown] = []
        self._begun: dict[str, Slot] = {}
        """Of each channel the slot that has had a picture."""
        self.pictures: dict[str, list[Shown]] = {}
        """Of each channel what shows it as it is now: one frame, or those that go on from each other."""

    @property
    def eyes(self) -> Viewer:
        return self._eyes

    def follow(self, controller: Viewer | None) -> None:
        self.leader = controller
        self.hidden = controller is None
        if controller is None:
            return
        self._eyes = controller
        cadences = {name: slot.cadence for name, slot in controller.slots.items()}
        self.subscribe(cadences, controller.grid, controller.sample, 0, controller.lane, controller.plane)
        self.pictures = {name: frames for name, frames in self.pictures.items() if name in self.slots}

    def interval(self, slot: Slot) -> float:
        return max(APART, super().interval(slot))

    def put(self, event: Message, *, kept: bool = False) -> None:
        if not told_to_followers(name_of(event)):
            return
        if event.latest:
            self._told = [each for each in self._told if type(each) is not type(event)]
        self._told.append(event)
        self._something_new()

    def put_frame(self, channel: str, number: int, frame: bytes) -> None:
        slot = self.slots.get(channel)
        if slot is None:
            return
        part = slot.cursor is not None and self._begun.get(channel) is slot
        self._begun[channel] = slot
        shown = Shown(channel, number, part, frame)
        if part:
            pieces = self.pictures[channel]
            pieces.append(shown)
            if sum(len(piece.frame) for piece in pieces) > 2 * len(pieces[0].frame) + SPARE:
                self.slots[channel] = Slot(slot.cadence)
        else:
            self.pictures[channel] = [shown]
            self._shown = [each for each in self._shown if each.channel != channel]
        self._shown.append(shown)
        self._something_new()

    def news(self) -> tuple[Item, ...]:
        """What has come since the last time: events in order, then frames."""
        told, shown = self._told, self._shown
        self._told, self._shown = [], []
        return (*written(told), *(each for each in shown if each.channel in self.slots))


def written(events: list[Message]) -> list[Told]:
    return [Told(name_of(event), event.latest, event.written()) for event in events]
