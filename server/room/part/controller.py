"""A learner's own session in a class. It says what its run looks like, and is still while a vote is open or eyes are up: it
could compute the answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
from collections.abc import Callable, Coroutine, Hashable
from functools import partial
from typing import Any

from server.bus.bus import Bus
from server.interfaces import RunAccess
from server.protocol import Command
from server.protocol.race import RacePause
from server.protocol.race_network import NetworkPause, StudyCancel
from server.protocol.room.part import RoomPartInfo, RoomTask
from server.protocol.run import Cancel, Load, Pause
from server.room.asking import answering
from server.room.lead import links
from server.room.part.thumbnail import piece_of
from server.room.session.errands import Errands
from server.room.session.needs import RoomSeen, RoomsNeeded
from server.room.session.piece import Piece
from server.session.activity import Host, Job
from server.wire.errors import CommandError

log = logging.getLogger("chainrule")

APART = 2.0
"""Seconds between two pieces."""
KEPT = 15.0
"""The same of those that the database keeps, for a teacher's session that comes late."""
BEAT = 7.0
STILL: tuple[type[Command], ...] = (Pause, RacePause, NetworkPause, StudyCancel, Cancel)
VOTING = "Your own screen opens again after the vote"


class Part:
    """From `begin` until `end`. `turn` is the link of the turn whose seed the run has."""

    def __init__(self, host: Host, room: str, member: int, errands: Errands) -> None:
        self.host, self.room, self.member, self.errands = host, room, member, errands
        self.rooms, self.bus = host.service(RoomsNeeded), host.service(Bus)  # type: ignore[type-abstract]  # protocols
        self.snapshot: RoomSeen | None = None
        self.turn: list[Any] | None = None
        self.over = False
        self._piece: Piece | None = None
        self._said: Hashable = None
        self._known: Hashable = object()
        self._at, self._kept = -math.inf, -math.inf
        self._told = RoomPartInfo()
        self._stops: list[Callable[[], None]] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._run = host.find(RunAccess)

    def begin(self) -> None:
        self._stops = [
            self.rooms.watch(self.room, self._changed),
            answering(self.bus, f"{self.room}:{self.member}", self._answer),
        ]
        self._spawn(self._beats())

    def end(self) -> None:
        if self.over:
            return
        self.over = True
        for stop in self._stops:
            stop()
        for task in list(self._tasks):
            task.cancel()

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _beats(self) -> None:
        while True:
            if self.host.seen:
                self.rooms.here(self.room, self.member)
            await asyncio.sleep(BEAT)

    # The room ---------------------------------------------------------------------------------------------------------

    @property
    def locked(self) -> bool:
        return self.snapshot is not None and not self.snapshot.ended and self.snapshot.locked

    @property
    def _in(self) -> bool:
        member = None if self.snapshot is None else self.snapshot.members.get(self.member)
        return member is not None and member.status == "in" and not (self.snapshot is None or self.snapshot.ended)

    def _changed(self, snapshot: RoomSeen | None) -> None:
        was, known = self.locked, self._known
        self.snapshot, self._known = snapshot, self._mine(snapshot)
        if self._known == known:
            return  # every vote of everybody is a change: it wakes nobody
        if self.locked and not was:
            self._spawn(self._still())
        if self._in and not self.locked:
            self._take_seed()
        self.tell()
        self.host.poke()

    def _mine(self, snapshot: RoomSeen | None) -> Hashable:
        """What of a room is this learner's matter."""
        if snapshot is None:
            return None
        member = snapshot.members.get(self.member)
        own = member is not None and (member.name, member.status, member.offered)
        on = json.dumps([snapshot.wall is not None, snapshot.board, snapshot.turn])
        seed = snapshot.seed_of(self.member)
        return own, snapshot.code, snapshot.ended, snapshot.locked, snapshot.eyes_up, snapshot.phase == "vote", on, seed

    async def _still(self) -> None:
        for command in STILL:
            with contextlib.suppress(CommandError):
                await self.errands.obey(command())

    def _take_seed(self) -> None:
        """In a turn where each has a seed of its own the run begins from it, once."""
        snapshot = self.snapshot
        seed = None if snapshot is None else snapshot.seed_of(self.member)
        if seed is None or self.turn == [seed]:
            return
        self.turn = [seed]
        self._spawn(self._begin_from(seed))

    async def _begin_from(self, seed: int) -> None:
        with contextlib.suppress(CommandError):
            script = await self.errands.do(lambda: self.host.call(_seeded, self._run.present(), seed))
            if script is not None:
                await self.errands.obey(Load(script=script))

    def refusal(self, command: Command) -> CommandError | None:
        if not self.locked or isinstance(command, STILL):
            return None
        words = self.snapshot.eyes_up if self.snapshot is not None and self.snapshot.eyes_up else VOTING
        return CommandError("locked", words, allowed="what moves nothing, until then")

    # Being told -------------------------------------------------------------------------------------------------------

    def info(self) -> RoomPartInfo:
        snapshot = self.snapshot
        member = None if snapshot is None else snapshot.members.get(self.member)
        if snapshot is None or member is None or snapshot.ended:
            return RoomPartInfo(role="learner", state="ended" if snapshot is not None or self._piece else "waiting")
        turn = snapshot.turn or {}
        needs = turn.get("needs")
        met = None if self._piece is None else self._piece.met
        states: dict[str, Any] = {"in": "in", "waiting": "waiting"}
        return RoomPartInfo(
            role="learner",
            code=snapshot.code,
            name=member.name,
            state=states.get(member.status, "removed"),
            eyes_up=snapshot.eyes_up,
            vote=snapshot.phase == "vote",
            seed=snapshot.seed_of(self.member),
            offered=member.offered,
            task=None if needs is None else RoomTask(ask=needs["ask"], met=met),
            controls=turn.get("controls"),
        )

    def tell(self) -> None:
        info = self.info()
        if info != self._told:
            self._told = info
            self.host.report(info)

    # The piece --------------------------------------------------------------------------------------------------------

    @property
    def _wanted(self) -> bool:
        """Whether anybody looks at pieces now."""
        seen = self.snapshot
        return self._in and seen is not None and (seen.wall is not None or seen.board is not None or self._task is not None)

    @property
    def _task(self) -> dict[str, Any] | None:
        turn = None if self.snapshot is None else self.snapshot.turn
        found: dict[str, Any] | None = (turn or {}).get("needs")
        return found

    def _key(self) -> Hashable:
        snapshot = self.snapshot
        asked = None if snapshot is None else (snapshot.wall is not None, json.dumps([snapshot.board, self._task]))
        return self._run.point(), asked

    def wait(self, now: float) -> float:
        """Seconds until a piece is due: where something changed, and where it was long ago, as a sign of life."""
        if not self._wanted or self._run.trainer is None or self._run.seeking:
            return math.inf
        return max(0.0, self._at + (APART if self._key() != self._said else KEPT) - now)

    def job(self, now: float) -> Job | None:
        if self.wait(now) > 0:
            return None
        self._at, self._said = now, self._key()
        board = None if self.snapshot is None else self.snapshot.board
        make = partial(piece_of, self.member, self._run.present(), self._task, board, self._piece)
        return Job(make, self._made)

    async def _made(self, piece: Piece | None, failed: Exception | None) -> None:
        if piece is None or self.over:
            if failed is not None:
                log.warning("a piece of a class's wall cannot be made: %s", failed)
            else:
                self._said = None  # left on the way: it is made anew
            return
        self._piece = piece
        self.tell()
        content = piece.written()
        self._spawn(self.bus.publish(f"room:{self.room}:pieces", content))
        if self._at - self._kept > KEPT or piece.over:
            self._kept = self._at
            self._spawn(self._keep(content))

    async def _keep(self, content: bytes) -> None:
        with contextlib.suppress(CommandError):
            await self.rooms.keep_piece(self.room, self.member, content)

    async def _answer(self, what: str, about: dict[str, Any]) -> dict[str, Any]:
        """The teacher puts this run on the screen: that it was offered, the room knows, which asks for nothing else."""
        if what != "script" or not self._in:
            raise CommandError("invalid", "This run is not of the class any more", "member", "a learner who is in it")
        return await self.errands.do(self._put_up)

    async def _put_up(self) -> dict[str, Any]:
        trainer = self._run.present()
        script, piece = await self.host.call(_shown, self.member, trainer, self._task, self._piece)

        async def keep(text: str) -> str:
            return await self.host.store.keep(text, self.host.address)

        title = f"{trainer.spec.data.name} · step {trainer.steps_done:,}"
        told = {"value": piece.value, "seed": piece.seed, "met": piece.met, "title": title}
        return told | {"link": links.fragment(await links.of_run(script, keep))}

    # As it is kept ----------------------------------------------------------------------------------------------------

    def kept(self) -> dict[str, Any]:
        return {"room": self.room, "member": self.member, "turn": self.turn}

    def take_up(self, kept: dict[str, Any]) -> None:
        self.turn = kept.get("turn")


def _seeded(trainer: Any, seed: int) -> str | None:
    """In a worker: the script of a run from another seed; the data's stays. None where it has that already."""
    from server.protocol import long_json

    if trainer.spec.seed == seed:
        return None
    script = trainer.as_script()
    return long_json.written(script | {"spec": script["spec"] | {"seed": seed}})


def _shown(member: int, trainer: Any, task: dict[str, Any] | None, before: Piece | None) -> tuple[str, Piece]:
    from server.protocol import long_json

    return long_json.written(trainer.as_script()), piece_of(member, trainer, task, None, before)
