"""One learner's session: an actor that hosts activities. One task owns them and takes commands from a bounded queue; the engine
runs in the shared worker threads, a slice at a time. A session outlives its sockets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import TypeVar

from server.keeping.experiments import Experiments
from server.keeping.records import Kept, Record
from server.logs import of_session
from server.protocol import CLOSE_SUPERSEDED, Attached, Command, Done, ErrorEvent, Subscribe, Visible, name_of
from server.session.activity import NOTHING, Activity, Answer, Channel, Job
from server.session.audience import Audience
from server.session.frame_scheduler import Load, Order, due, show, trip
from server.session.hosting import Hosting
from server.session.recorder import Recorder, generation_of, read
from server.session.scheduler import Left, Scheduler
from server.session.viewer import Asker, Viewer
from server.settings import Settings
from server.warmup import Kernels
from server.wire import errors
from server.wire.budget import Budget, Share
from server.wire.limits import beyond

log = logging.getLogger("chainrule")
T = TypeVar("T")


class Session(Audience):
    """The host of its activities. Call `submit`, `attach`, `detach`, `watch`, `leave`, `poke` from the event loop; everything
    else happens in `live`."""

    def __init__(
        self,
        id: str,
        settings: Settings,
        scheduler: Scheduler,
        kernels: Kernels,
        store: Experiments,
        hosting: Hosting,
        kept: Kept | None = None,
        address: str = "unknown",
        budget: Budget | None = None,
    ) -> None:
        super().__init__(scheduler, kernels, settings.unwatched_pause)
        self.share = Share(budget or Budget(settings), self, lambda: hosting.weights(self.activities))
        self.room = self.share.room
        self.id, self.settings, self.store, self.address = id, settings, store, address
        self.generation = 0 if kept is None else generation_of(kept)
        self.recorder = Recorder()
        self.offer: Callable[[Record], None] | None = None
        """Where what is to outlive the server goes; None where nothing does."""
        self.confirmed = False
        """Whether who takes it tells when it is written (`Record.written`)."""
        self.give_up: Callable[[], bool] = lambda: False
        """Puts the session away and leaves what could not be read as it is; false where that cannot be."""
        self.permit: Callable[[], Awaitable[None]] | None = None
        """Waits until the session is surely this process's; None where it can be nobody else's."""
        self.turns = 0
        """What the actor was woken for, so far."""
        self._obeying: Activity | None = None
        """Whose command is being obeyed."""
        self._kept, self._hosting = kept, hosting
        self._inbox: deque[tuple[Viewer, Command]] = deque()
        self._room = asyncio.Event()
        self.activities = hosting.begin(self)
        self._by_turn = hosting.by_turn(self.activities)
        self._channels: dict[str, tuple[Activity, Channel]] = {}
        """Those that some viewer has subscribed to, or had."""

    # From the outside ---------------------------------------------------------------------------------------------

    def attach(self, viewer: Viewer, id: str | int | None, fingerprint: str) -> None:
        """Give control to a viewer, and tell it all it needs to draw the session as it stands."""
        resumed = self.generation > 0
        self.generation += 1
        if self.viewer is not None:
            self.viewer.close(CLOSE_SUPERSEDED)
        self.viewer = viewer
        viewer.hold = partial(self.recorder.hold, self)
        viewer.put(
            Attached(
                id=id,
                session=self.id,
                generation=self.generation,
                resumed=resumed,
                fingerprint=fingerprint,
                longest_message=self.settings.max_inline_bytes,
            )
        )
        self._welcome(viewer)

    def watch(self, viewer: Viewer) -> None:
        """One that has subscribed to channels already is drawn them."""
        self._know(viewer.slots)
        super().watch(viewer)

    async def submit(self, viewer: Viewer, command: Command) -> None:
        """Queue a command; waits while the queue is full. One who looks on may only say what it looks at."""
        if viewer in self.readers and not isinstance(command, Subscribe | Visible):
            message = "You are looking on: only who controls the session may do this"
            viewer.put(ErrorEvent(id=command.id, code="read_only", message=message))
            return
        while len(self._inbox) >= self.settings.max_pending_commands:
            self._room.clear()
            await self._room.wait()
        self._inbox.append((viewer, command))
        self.make_way()
        if self._obeying is not None and isinstance(command, self._obeying.interrupting):
            self.call_off()
        self.poke()

    # The actor ----------------------------------------------------------------------------------------------------

    async def live(self) -> None:
        """Serve until told to end, or cancelled. What is new then is offered last."""
        of_session.set(self.id)
        try:
            await self._live()
        finally:
            for activity in self.activities:
                activity.gone()

    async def _live(self) -> None:
        await self._begin()
        self._begun()
        while not self._over:
            try:
                await self._turn()
            except Exception:
                log.exception("a session stumbled")
                for activity in self.activities:
                    activity.stumble()
                    with contextlib.suppress(Exception):
                        activity.tell()
                self.report(ErrorEvent(code="internal", message="Something failed on the server; the run is paused"))
                await asyncio.sleep(0.1)  # should it go on stumbling, others are not to suffer
        for activity in self.activities:
            activity.let_go()
        await self._offer(math.inf)

    def end(self) -> None:
        """No more turns after this one."""
        self._over = True
        self._attended.set()
        self.look()  # its last slice, though nobody is there
        self.poke()

    async def _begin(self) -> None:
        """As it was kept, or anew."""
        kept, self._kept = self._kept, None
        if kept is not None:
            try:
                restored = await self.call(read, kept)
                for activity in self.activities:
                    await activity.restore(restored)
                self.recorder.begun(self)
                self.share.settle()
                return
            except Exception:
                log.exception("a session cannot be restored")
                if self.give_up():
                    return
                self.report(ErrorEvent(code="internal", message="What was kept of this session cannot be read; it begins anew"))
        for activity in self.activities:
            await activity.begin()
        self.recorder.begun(self)
        self.share.settle()

    async def _turn(self) -> None:
        """Obey a command, or have all that is due go on by a slice and be drawn, or rest until there is something to do."""
        self._wake.clear()
        self.turns += 1
        if self.permit is not None:
            await self.permit()
        if self.recorder.holds:
            await self._offer(0)  # before a command that may take long
        item = self._next()
        if item is not None:
            await self._obey(*item)
            return
        with contextlib.suppress(Left):
            delay = await self._advance()
            if delay > 0 and not self._inbox and not self._over:
                if math.isinf(delay):
                    self.share.settle()
                await self._rest(delay)

    async def _advance(self) -> float:
        """Everything that is due goes on by a slice; the seconds until more is."""
        soon = min(await self._work_and_draw(), await self._offer(0))
        now = time.monotonic()
        for activity in () if self.abandoned else self.activities:
            soon = min(soon, activity.wait(now))
        return soon

    async def _work_and_draw(self) -> float:
        """The slices that are due, and the pictures that are, in one trip to a thread; the seconds until there are more
        pictures."""
        jobs: list[Job] = []
        going: list[Activity] = []
        now = time.monotonic()
        for activity in () if self.abandoned else self._by_turn:
            job = activity.job(now)
            if job is not None:
                jobs.append(job)
                going.append(activity)
        orders: list[Order] = []
        soon, load = math.inf, Load(self.crowd, self.lag + (self.slice_seconds if jobs else 0.0))
        withheld = NOTHING.union(*(activity.withheld for activity in self.activities))
        for viewer in self._viewers:
            if not viewer.hidden:
                found, wait = due(self._channels, viewer, going, load, withheld)
                orders += found
                soon = min(soon, wait)
        if not jobs and not orders:
            return soon
        turn = partial(trip, jobs, orders, self.settings.slice_seconds, self.settings.max_grid)
        outcomes, made = await self._call(turn, hurried=any(job.hurried for job in jobs), turn=True)
        over = False
        for job, (result, failed) in zip(jobs, outcomes, strict=True):
            over = over or bool(result) or failed is not None
            await job.went(result, failed)
        if over:
            self.share.settle()
        show(made)
        return 0.0 if made or over else soon

    async def _offer(self, within: float) -> float:
        """Have a record taken where one is due within so many seconds; the seconds until another is."""
        if self.offer is None:
            return math.inf
        wait = self.recorder.wait(self, time.monotonic())
        if math.isfinite(wait) and wait <= within:
            self.share.settle()
            taken = await self._call(partial(self.recorder.take, self), hurried=True, turn=False)
            self.offer(self.recorder.tells(taken))
            wait = self.recorder.wait(self, time.monotonic())
        return wait

    # For its activities -------------------------------------------------------------------------------------------

    def find(self, kind: type[T]) -> T:
        """The activity that is one of these."""
        for activity in self.activities:
            if isinstance(activity, kind):
                return activity
        raise errors.CommandError("invalid", f"This server has no {kind.__name__}")

    def service(self, kind: type[T]) -> T:
        """What the server has beside its sessions that is one of these."""
        for service in self._hosting.services:
            if isinstance(service, kind):
                return service
        raise errors.CommandError("invalid", f"This server has no {kind.__name__}")

    async def obey(self, command: Command, answered: Callable[[Done | ErrorEvent], None]) -> None:
        """Another activity obeys a command of one of them."""
        name = name_of(command)
        if name not in self._hosting.handlers:
            raise errors.CommandError("invalid", f"This server has no {name}")
        place, handler = self._hosting.handlers[name]
        result = await handler(self.activities[place], Asker(answered), command)
        if result is not True:
            answered(Done(id=command.id, command=name, result=result or None))

    # Commands -----------------------------------------------------------------------------------------------------

    def _refusal(self, command: Command) -> errors.CommandError | None:
        """Why a command is not to be obeyed now, as far as other activities than its own are concerned."""
        own = self._hosting.handlers.get(name_of(command))
        for place, activity in enumerate(self.activities):
            if own is not None and place != own[0] and (refusal := activity.refusal(command)) is not None:
                return refusal
        return None

    def _next(self) -> tuple[Viewer, Command] | None:
        """The command to obey now; None where the first has to wait for what its activity is about."""
        while self._inbox and self.viewer is not None and self._inbox[0][0] not in self._viewers:
            self._take()  # of a page that lost control
        if not self._inbox:
            return None
        first = self._inbox[0][1]
        own = self._hosting.handlers.get(name_of(first))
        if (
            own is not None
            and self._refusal(first) is None
            and not self.activities[own[0]].takes([command for _, command in self._inbox])
        ):
            return None
        return self._take()

    def _take(self) -> tuple[Viewer, Command]:
        self._room.set()
        return self._inbox.popleft()

    async def _obey(self, viewer: Viewer, command: Command) -> None:
        name = name_of(command)
        try:
            answered = await self._answer(viewer, command, name)
            self.share.settle()
        except Left:
            viewer.put(ErrorEvent(id=command.id, code="cancelled", message=f"{name} was ended before it was done"))
        except Exception as error:
            event = errors.from_exception(error, command.id, command.holds)
            if event is None:
                log.exception("%s failed", name)
                event = ErrorEvent(id=command.id, code="internal", message=f"{name} failed on the server")
            viewer.put(event)
        else:
            if answered is not True:
                done = Done(id=command.id, command=name, result=answered or None)
                viewer.put(await self.call(done.write) if done.long else done)

    async def _answer(self, viewer: Viewer, command: Command, name: str) -> Answer:
        if isinstance(command, Subscribe):
            self._subscribe(viewer, command)
            return None
        if isinstance(command, Visible):
            viewer.hidden = not command.visible
            self.attend()
            for activity in self.activities:
                activity.tell()
            return None
        if (refusal := self._refusal(command)) is not None:
            raise refusal
        place, handler = self._hosting.handlers[name]
        self._obeying = self.activities[place]
        try:
            return await handler(self._obeying, viewer, command)
        finally:
            self._obeying = None

    def _subscribe(self, viewer: Viewer, command: Subscribe) -> None:
        most, wanted = self.settings.max_grid, frozenset(command.channels)
        if command.grid > most and "grid" in command.model_fields_set:
            words = f"grid: a map of {command.grid} cells a side is too fine for this server"
            raise beyond("max_grid", words, "grid", f"at most {most}")
        if command.plane is not None and not all(low < high for low, high in command.plane):
            allowed = "[[x0, x1], [y0, y1]] with x0 < x1 and y0 < y1"
            raise errors.CommandError("invalid", "plane: a range rises", "plane", allowed)
        cadences = {name: row.cadence for name, row in self._know(wanted).items()}
        viewer.subscribe(cadences, command.grid, command.sample, command.ahead, command.lane, command.plane)
        if viewer is self.viewer:
            self._lead()

    def _know(self, wanted: Collection[str]) -> dict[str, Channel]:
        """The rows of the channels that are wanted, in their order; they are drawn from now on."""
        rows = {name: found for name, found in self._hosting.channels.items() if name in wanted}
        self._channels |= {name: (self.activities[place], row) for name, (place, row) in rows.items()}
        return {name: row for name, (_, row) in rows.items()}

    # Resting ------------------------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether a clock of it runs."""
        return any(activity.playing for activity in self.activities) and not self.resting

    @property
    def moving(self) -> bool:
        """Whether something goes on without a command."""
        return any(activity.moving for activity in self.activities)

    async def _rest(self, delay: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay if math.isfinite(delay) else None):
                await self._wake.wait()
