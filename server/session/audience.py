"""The pages that look at a session: who they are, what they are told, and whether there is anybody to work for."""

from __future__ import annotations

import asyncio
import time

from server.protocol import Keeping, Message
from server.session.activity import Activity
from server.session.calling import Calling
from server.session.scheduler import Scheduler
from server.session.viewer import Viewer
from server.warmup import Kernels

STATE_INTERVAL = 1 / 30
"""While something plays, its state is told no more often than this; every change of status is told at once."""
SLOW_INTERVAL, UNSEEN_INTERVAL = 1 / 4, 1.0
"""The same for a page that reads slowly, and for nobody."""


class Attention:
    """Since when nobody looks at a session: no page is attached, or it is hidden. After a while what plays rests."""

    def __init__(self, patience: float, now: float) -> None:
        self._patience = patience
        self._since: float | None = now

    def turn(self, watched: bool, now: float) -> bool:
        """Somebody looks, or nobody does any more. True where this ends a rest."""
        if not watched:
            self._since = now if self._since is None else self._since
            return False
        rested, self._since = self.rests(now), None
        return rested

    def rests(self, now: float) -> bool:
        return self._since is not None and now - self._since > self._patience


class Audience(Calling):
    """Mixed into a session, which says how a page takes control."""

    activities: tuple[Activity, ...] = ()
    _by_turn: tuple[Activity, ...] = ()
    """The same in the order in which they are told."""

    def __init__(self, scheduler: Scheduler, kernels: Kernels, patience: float) -> None:
        """`patience`: seconds that what plays goes on where nobody looks."""
        super().__init__(scheduler)
        self.viewer: Viewer | None = None
        """The one that controls."""
        self.readers: set[Viewer] = set()
        """Those that look on: they are told everything, and watch channels of their own."""
        self.keeping = Keeping(kept=True)
        """Whether anything is."""
        self.unwatched_since = time.monotonic()
        self._attention = Attention(patience, self.unwatched_since)
        self._kernels = kernels
        self._viewers: tuple[Viewer, ...] = ()
        self._meanwhile: list[Message] | None = []
        """What its activities said before they were begun or restored; None from then on."""
        self._wake, self._attended = asyncio.Event(), asyncio.Event()
        self._over = False

    # Coming and going ---------------------------------------------------------------------------------------------

    def watch(self, viewer: Viewer) -> None:
        """Let a viewer look on that controls nothing: it is told all that it needs to draw the session, and what comes."""
        self.readers.add(viewer)
        self._welcome(viewer)

    def detach(self, viewer: Viewer) -> None:
        """The viewer that controlled is gone; nothing where another does by now."""
        if self.viewer is viewer:
            self.viewer = None
            self._changed_viewers()

    def leave(self, viewer: Viewer) -> None:
        """One that looked on is gone."""
        self.readers.discard(viewer)
        self._changed_viewers()

    def close_viewers(self, code: int) -> None:
        for viewer in self._viewers:
            viewer.close(code)

    def attend(self) -> None:
        """A page came or went, was hidden or shown: what rested goes on, as if no time had passed."""
        if self._attention.turn(self.seen, time.monotonic()):
            for activity in self.activities:
                activity.go_on()
        self._attended.set()
        if self._viewers:
            self.look()
        self.poke()

    def poke(self) -> None:
        """Something changed that may make a picture due."""
        self._wake.set()

    def _changed_viewers(self) -> None:
        self._viewers = (*(() if self.viewer is None else (self.viewer,)), *self.readers)
        if not self._viewers:
            self.unwatched_since = time.monotonic()
        self._lead()
        self.attend()

    def _lead(self) -> None:
        """Whoever looks on may look at what the controller looks at."""
        for viewer in self.readers:
            viewer.follow(self.viewer)

    # Being told ---------------------------------------------------------------------------------------------------

    def announce(self, event: Message) -> None:
        """Tell every page that is attached, whatever else it knows by then."""
        for viewer in self._viewers:
            viewer.put(event)

    def report(self, event: Message) -> None:
        """Tell every page that is attached; before the activities are begun, once they are."""
        if self._meanwhile is None:
            self.announce(event)
        else:
            self._meanwhile.append(event)

    def tell_keeping(self, keeping: Keeping) -> None:
        """Tell every page that nothing is kept any more, or that all is again."""
        self.keeping = keeping
        self.report(keeping)
        self.poke()

    def _welcome(self, viewer: Viewer) -> None:
        """Nobody is told of a part before all of it is there: a page that knows the run takes what else it knows for all."""
        if self._meanwhile is None:
            self._introduce(viewer)
        viewer.put(self._kernels.progress)
        if not self.keeping.kept:
            viewer.put(self.keeping)
        self._changed_viewers()

    def introduction(self) -> list[Message]:
        """What one who comes now is told of the activities; nothing before all of them are there."""
        if self._meanwhile is not None:
            return []
        return [event for activity in self._by_turn for event in activity.events() if event is not None]

    def _introduce(self, viewer: Viewer) -> None:
        for activity in self._by_turn:
            for event in activity.events():
                if event is not None:
                    viewer.put(event)

    def _begun(self) -> None:
        """Tell the pages that have come by now all that there is, in its order, and what else was said on the way."""
        meanwhile, self._meanwhile = self._meanwhile or [], None
        for viewer in self._viewers:
            self._introduce(viewer)
        known = {type(event) for activity in self.activities for event in activity.events()}
        for event in meanwhile:
            if type(event) not in known:
                self.report(event)

    # Whether anybody looks -----------------------------------------------------------------------------------------

    def watched(self, channel: str) -> bool:
        """Whether somebody who looks has subscribed to the channel."""
        return any(not viewer.hidden and channel in viewer.slots for viewer in self._viewers)

    @property
    def watched_by(self) -> int:
        """Pages that are attached."""
        return len(self._viewers)

    @property
    def seen(self) -> bool:
        """Whether a page is attached that is not hidden."""
        return any(not viewer.hidden for viewer in self._viewers)

    @property
    def resting(self) -> bool:
        """Whether nobody has looked for so long that nothing plays."""
        return self._attention.rests(time.monotonic())

    @property
    def abandoned(self) -> bool:
        """Whether its pages have been gone for so long that nothing at all goes on: no study, no trial, no command."""
        return not self._viewers and self.resting

    async def awake(self) -> None:
        while self.abandoned and not self._over:
            self._attended.clear()
            await self._attended.wait()

    @property
    def interval(self) -> float:
        """Seconds between two words on where an activity stands, while it plays."""
        least = UNSEEN_INTERVAL
        for viewer in self._viewers:
            if not viewer.hidden:
                least = min(least, SLOW_INTERVAL if viewer.reading.slow else STATE_INTERVAL)
        return least
