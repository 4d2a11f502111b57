"""What the followers' picture is made of: the activities of the teacher's session, found through its host, and which of them
the teacher's page looks at."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from server.interfaces import LabAccess, LessonsAccess, MicroscopeAccess, NetworkAccess, RaceAccess, RunAccess, SurfaceAccess
from server.session.activity import NOTHING, Activity, Header, Host

if TYPE_CHECKING:
    from engine import Trainer

ROOMS = ("train", "step", "race", "network", "graph", "lessons", "lab")


class Scene:
    """`view` is what the page said last that it looks at (`server.protocol.room.commands.View`)."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.view: dict[str, Any] = {"room": "train"}
        self._raced: tuple[Hashable, Hashable] = None, None
        self._on_network = False

    @cached_property
    def run(self) -> RunAccess:
        return self.host.find(RunAccess)

    @cached_property
    def surface(self) -> SurfaceAccess:
        return self.host.find(SurfaceAccess)

    @cached_property
    def network(self) -> NetworkAccess:
        return self.host.find(NetworkAccess)

    @cached_property
    def lessons(self) -> LessonsAccess:
        return self.host.find(LessonsAccess)

    @cached_property
    def microscope(self) -> MicroscopeAccess:
        return self.host.find(MicroscopeAccess)

    @cached_property
    def lab(self) -> LabAccess:
        return self.host.find(LabAccess)

    # Which is looked at -----------------------------------------------------------------------------------------------

    @property
    def room(self) -> str:
        """In the room of lessons it is what the open card is about."""
        room = str(self.view.get("room", ""))
        if room == "lessons":
            card = self.lessons.card()
            return {"run": "train"}.get(card.kind, card.kind) if card is not None else "lessons"
        return room if room in ROOMS else "train"

    def race(self) -> RaceAccess:
        """The page has one room for both, and says which; where it says the room alone, it is the one that changed last."""
        now = self.surface.point(), self.network.point()
        if now != self._raced:
            self._on_network = now[1] != self._raced[1] or (self._on_network and now[0] == self._raced[0])
            self._raced = now
        if self.room == "network":
            return self.network
        return self.network if self._on_network and self.network.race is not None else self.surface

    @property
    def source(self) -> Activity:
        """What moves what is shown."""
        room = self.room
        if room in ("race", "network"):
            return self.race()
        return self.lab if room == "lab" else self.run

    def header(self) -> Header:
        source = self.source
        if source is self.run and self.run.trainer is None:
            return {"run": 0, "branch": 0, "step": 0}
        return source.header()

    def key(self) -> Hashable:
        """What the picture depends on."""
        room = self.room
        if room in ("race", "network"):
            here: Hashable = (self.race() is self.network, self.race().point())
        elif room == "lab":
            here = self.lab.seen_key()
        elif room == "step":
            here = self.microscope.seen_key()
        else:
            here = self.run.point()
        words = self.view.get("title"), room == "graph" and self.view.get("words")
        return room, here, words, self.source.moving, self.lessons.seen_key(), self.withheld

    # What is there ----------------------------------------------------------------------------------------------------

    def there(self) -> Any:
        """What a measurement is of: the run or the race that is looked at; None where it has none."""
        if self.room in ("race", "network"):
            return self.race().race
        return None if self.room in ("lab", "graph") else self.run.trainer

    @property
    def trainer(self) -> Trainer | None:
        return self.run.trainer

    @property
    def finish(self) -> float | None:
        return self.race().threshold if self.room in ("race", "network") else None

    @property
    def withheld(self) -> frozenset[str]:
        """Channels that a card's open question keeps from the page; the class is not shown what they show either."""
        return self.lessons.withheld or NOTHING
