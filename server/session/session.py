"""One learner's run: its trainer, its clock, its place in time. An actor: one task owns the trainer and takes commands from a
bounded queue; the engine runs in the shared worker threads, a slice at a time. A session outlives its sockets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from server.keeping.experiments import Experiments
from server.keeping.records import Kept, Record
from server.logs import of_session
from server.microscope import Scope
from server.protocol import (
    CLOSE_SUPERSEDED,
    AnyCommand,
    Attached,
    Done,
    EditCommand,
    ErrorEvent,
    Load,
    Loaded,
    NetworkInfo,
    NetworkState,
    Play,
    RaceInfo,
    RaceState,
    RunInfo,
    ScriptInfo,
    SetSpeed,
    Speed,
    State,
    Subscribe,
    Visible,
)
from server.race.network.commands import is_network
from server.race.network.controller import NetworkDesk
from server.race.surface.commands import is_race
from server.race.surface.controller import Desk
from server.run import commands, describe
from server.run import run_state as standing
from server.run.building import build
from server.run.work import Play as Playing
from server.run.work import Resuming, Seeking, Stepping, Work
from server.session.attention import Attention
from server.session.calling import Calling
from server.session.frame_scheduler import Order, due, show, trip
from server.session.pacer import Slice
from server.session.recorder import Recorder
from server.session.restoring import generation_of, restore
from server.session.scheduler import Scheduler, Withdrawn
from server.session.viewer import Viewer
from server.settings import Settings
from server.warmup import Kernels
from server.wire import errors

if TYPE_CHECKING:
    from engine import Trainer

log = logging.getLogger("chainrule")

STATE_INTERVAL = 1 / 30
"""While a run plays, its state is told no more often than this; every change of status is told at once."""
SLOW_INTERVAL, UNSEEN_INTERVAL = 1 / 4, 1.0
"""The same for a page that reads slowly, and for nobody."""


class Session(Calling):
    """Call `submit`, `attach`, `detach`, `poke` from the event loop; everything else happens in `live`."""

    def __init__(
        self,
        id: str,
        settings: Settings,
        scheduler: Scheduler,
        kernels: Kernels,
        store: Experiments,
        kept: Kept | None = None,
        address: str = "unknown",
    ) -> None:
        super().__init__(scheduler)
        self.id, self.settings, self.store, self.address = id, settings, store, address
        self.generation = 0 if kept is None else generation_of(kept)
        self.viewer: Viewer | None = None
        self.unwatched_since = time.monotonic()
        self._attention = Attention(settings.unwatched_pause, self.unwatched_since)
        self.trainer: Trainer | None = None
        self.run, self.changes = 0, 0
        self.speed = Speed()
        self.work: Work | None = None
        self.scope = Scope()
        self.desk = Desk(settings.slice_seconds)
        self.network = NetworkDesk(settings.slice_seconds)
        self.recorder = Recorder()
        self.offer: Callable[[Record], None] | None = None
        """Where what is to outlive the server goes; None where nothing does."""
        self.give_up: Callable[[], bool] = lambda: False
        """Puts the session away and leaves what could not be read as it is; false where that cannot be."""
        self.permit: Callable[[], Awaitable[None]] | None = None
        """Waits until the session is surely this process's; None where it can be nobody else's."""
        self.turns = 0
        """What the actor was woken for, so far."""
        self._over = False
        self._kernels, self._kept = kernels, kept
        self._slice = Slice(settings.slice_seconds)
        self._inbox: deque[tuple[Viewer, AnyCommand]] = deque()
        self._wake, self._room = asyncio.Event(), asyncio.Event()
        self._run_info: RunInfo | None = None
        self._script_info: ScriptInfo | None = None
        self._state: State | None = None
        self._told = self._trained = 0.0

    # From the outside ---------------------------------------------------------------------------------------------

    def attach(self, viewer: Viewer, id: str | int | None, fingerprint: str) -> None:
        """Give control to a viewer, and tell it all it needs to draw the session as it stands."""
        resumed = self.generation > 0
        self.generation += 1
        if self.viewer is not None:
            self.viewer.close(CLOSE_SUPERSEDED)
        self.viewer = viewer
        viewer.put(Attached(id=id, session=self.id, generation=self.generation, resumed=resumed, fingerprint=fingerprint))
        told = (*self.desk.events, *self.network.events, self._run_info, self._script_info, self._state, self._kernels.progress)
        for event in told:
            if event is not None:
                viewer.put(event)
        self.attend()

    def detach(self, viewer: Viewer) -> None:
        if self.viewer is viewer:
            self.viewer = None
            self.unwatched_since = time.monotonic()
            self.attend()

    def attend(self) -> None:
        """A page came or went, was hidden or shown: what rested goes on, as if no time had passed."""
        if self._attention.turn(self.seen, time.monotonic()):
            if isinstance(self.work, Playing) and self.trainer is not None:
                self.work.go_on(self.trainer, self.speed)
            self.desk.go_on()
            self.network.go_on()
        self.poke()

    async def submit(self, viewer: Viewer, command: AnyCommand) -> None:
        """Queue a command; waits while the queue is full."""
        while len(self._inbox) >= self.settings.max_pending_commands:
            self._room.clear()
            await self._room.wait()
        self._inbox.append((viewer, command))
        self.make_way()
        self.poke()

    def poke(self) -> None:
        """Something changed that may make a picture due."""
        self._wake.set()

    # The actor ----------------------------------------------------------------------------------------------------

    async def live(self) -> None:
        """Serve until told to end, or cancelled. What is new then is offered last."""
        of_session.set(self.id)
        await self._begin()
        while not self._over:
            try:
                await self._turn()
            except Exception:
                log.exception("a session stumbled")
                self.work = self.desk.work = self.network.work = None
                with contextlib.suppress(Exception):
                    self.tell_state()
                self.report(ErrorEvent(code="internal", message="Something failed on the server; the run is paused"))
                await asyncio.sleep(0.1)  # should it go on stumbling, others are not to suffer
        await self._offer(math.inf)

    def end(self) -> None:
        """No more turns after this one."""
        self._over = True
        self.poke()

    async def _begin(self) -> None:
        """As it was kept, or with the default run."""
        kept, self._kept = self._kept, None
        if kept is not None:
            try:
                await restore(self, kept)
                return
            except Exception:
                log.exception("a session cannot be restored")
                if self.give_up():
                    return
                self.report(ErrorEvent(code="internal", message="What was kept of this session cannot be read; it begins anew"))
        try:
            await self.adopt(await self.call(build, {}, self.settings))
        except errors.CommandError as refusal:
            log.error("the run that sessions begin with is beyond this server's limits: %s", refusal.message)
        except Exception:
            log.exception("the default run cannot be built")

    async def _turn(self) -> None:
        """Obey a command, or train a slice, race a slice and draw what is due, or rest until there is something to do."""
        self._wake.clear()
        self.turns += 1
        if self.permit is not None:
            await self.permit()
        item = self._next()
        if item is not None:
            await self._obey(*item)
            return
        with contextlib.suppress(Withdrawn):
            delay = await self._advance()
            if delay > 0 and not self._inbox and not self._over:
                await self._rest(delay)

    async def _advance(self) -> float:
        """Everything that is due goes on by a slice; the seconds until more is."""
        await self.desk.advance(self)
        await self.network.advance(self)
        soon = await self._train_and_draw()
        now = time.monotonic()
        await self._offer(0)
        if self.offer is not None:
            soon = min(soon, self.recorder.wait(self, now))
        return min(soon, self._wait(now), self.desk.wait(now, self.resting), self.network.wait(now, self.resting))

    def _wait(self, now: float) -> float:
        """Seconds until there is something to do for the run."""
        if self.work is None or (isinstance(self.work, Playing) and self.resting):
            return math.inf
        wait = self.work.wait(now)
        if isinstance(self.work, Playing) and not self.work.flat_out:
            wait = max(wait, self._trained + self.crowd - now)  # no turn for a step that no picture shows
        return wait

    async def _train_and_draw(self) -> float:
        """A slice of training, where it is due, and the pictures that are, in one trip to a thread; the seconds until there are
        more pictures."""
        work, viewer, trainer, started = self.work, self.viewer, self.trainer, time.monotonic()
        if self._wait(started) > 0:
            work = None
        else:
            self._trained = started
        orders: list[Order] = []
        soon = math.inf
        if viewer is not None and self.seen:
            orders, soon = due(self, viewer, moving=work is not None)
        if work is None and not orders:
            return soon
        if work is not None:
            self._slice.aim(self.slice_seconds)
        raced = work is None and (self.desk.work is not None or self.network.work is not None)  # it had its turn just now
        hurried = raced or isinstance(work, Stepping | Seeking)
        turn = partial(trip, trainer, work, self._slice, orders, self.settings.slice_seconds)
        over, failed, made = await self._call(turn, hurried=hurried, turn=True)
        if work is not None:
            self._went(work, over, failed)
        if viewer is not None:
            show(viewer, made)
        return 0.0 if made or over or failed else soon

    def _went(self, work: Work, over: bool, failed: Exception | None) -> None:
        if failed is not None:
            log.error("training failed", exc_info=failed)
            self.end_work()
            self.report(ErrorEvent(code="internal", message="Training failed on the server"))
        elif over:
            self.end_work()
            if isinstance(work, Resuming) and work.onward and self.trainer is not None and self.trainer.stopped is None:
                self.work = Playing(self.trainer, self.speed)
                self.tell_state()
        elif not isinstance(work, Seeking) or time.monotonic() - work.started > 2 * STATE_INTERVAL:
            self.tell_state(hurry=False)  # a short seek is not worth a flicker
            work.tell()

    async def _offer(self, within: float) -> None:
        """Have a record taken where one is due within so many seconds."""
        wait = math.inf if self.offer is None else self.recorder.wait(self, time.monotonic())
        if self.offer is not None and math.isfinite(wait) and wait <= within:
            self.offer(await self.call(self.recorder.take, self))

    async def adopt(self, trainer: Trainer) -> None:
        """Begin a run."""
        info = await self.call(describe.run_info, trainer, self.run + 1)
        self.end_work()
        self.trainer, self.run, self._run_info = trainer, info.run, info
        self._slice = Slice(self.settings.slice_seconds)
        self.report(info)
        self.changed()

    def changed(self) -> None:
        """The script is no longer what it was: tell it, and draw everything anew."""
        assert self.trainer is not None and self._run_info is not None
        self.changes += 1
        self._script_info = describe.script_info(self.trainer, self._run_info)
        self.report(self._script_info)
        self.tell_state()

    def end_work(self) -> None:
        """Stop whatever is under way. The state is told before the answer, so that `done` finds it in place."""
        work, self.work = self.work, None
        if work is not None:
            self.tell_state()
            work.end()

    def tell_state(self, *, hurry: bool = True) -> None:
        """Tell where the session stands, if that is news; without hurry only every so often."""
        now = time.monotonic()
        if self.trainer is None or (not hurry and now - self._told < self._interval):
            return
        state = standing.state(self, self.trainer)
        if state != self._state:
            self._state, self._told = state, now
            self.report(state)

    def report(
        self, event: RunInfo | ScriptInfo | State | Loaded | RaceInfo | RaceState | NetworkInfo | NetworkState | ErrorEvent
    ) -> None:
        """Tell the page, where there is one."""
        if self.viewer is not None:
            self.viewer.put(event)

    # Commands -----------------------------------------------------------------------------------------------------

    def _next(self) -> tuple[Viewer, AnyCommand] | None:
        """The command to obey now. While a seek or a number of steps is under way, those that build on its result wait for it;
        one that makes it pointless (a pause, another seek, a new run) ends it at once."""
        while self._inbox and self.viewer is not None and self._inbox[0][0] is not self.viewer:
            self._take()  # of a page that lost control
        if not self._inbox:
            return None
        if is_race(self._inbox[0][1]):
            return self._take() if self.desk.takes([command for _, command in self._inbox]) else None
        if is_network(self._inbox[0][1]):
            return self._take() if self.network.takes([command for _, command in self._inbox]) else None
        if isinstance(self.work, Stepping | Seeking) and not isinstance(self._inbox[0][1], Subscribe | Visible):
            for _, command in self._inbox:
                if isinstance(command, commands.INTERRUPTING):
                    self.end_work()
                    break
                if not isinstance(command, Play | SetSpeed | Subscribe | Visible):
                    return None
            else:
                return None
        return self._take()

    def _take(self) -> tuple[Viewer, AnyCommand]:
        self._room.set()
        return self._inbox.popleft()

    async def _obey(self, viewer: Viewer, command: AnyCommand) -> None:
        prefix = "edit" if isinstance(command, EditCommand) else "script" if isinstance(command, Load) else "spec"
        try:
            answered = await commands.HANDLERS[command.type](self, viewer, command)
        except Exception as error:
            event = errors.from_exception(error, command.id, prefix)
            if event is None:
                log.exception("%s failed", command.type)
                event = ErrorEvent(id=command.id, code="internal", message=f"{command.type} failed on the server")
            viewer.put(event)
        else:
            if answered is not True:
                viewer.put(Done(id=command.id, command=command.type, result=answered or None))

    # Resting ------------------------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether a clock of it runs: the run's, or that of a race."""
        plays = isinstance(self.work, Playing) or self.desk.work is not None or self.network.work is not None
        return plays and not self.resting

    @property
    def seeking(self) -> bool:
        return isinstance(self.work, Seeking)

    @property
    def moving(self) -> bool:
        """Whether something goes on without a command."""
        return self.work is not None or self.desk.work is not None or self.network.work is not None

    @property
    def seen(self) -> bool:
        """Whether a page is attached that is not hidden."""
        return self.viewer is not None and not self.viewer.hidden

    @property
    def resting(self) -> bool:
        """Whether nobody has looked for so long that nothing plays."""
        return self._attention.rests(time.monotonic())

    @property
    def _interval(self) -> float:
        """Seconds between two words on where the session stands, while it plays."""
        if self.viewer is None or not self.seen:
            return UNSEEN_INTERVAL
        return SLOW_INTERVAL if self.viewer.reading.slow else STATE_INTERVAL

    async def _rest(self, delay: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay if math.isfinite(delay) else None):
                await self._wake.wait()
