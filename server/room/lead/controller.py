"""The teacher's session of a class. It draws what all see, says what is right, hands out its state, and gathers everybody's
runs; the rest of the room goes on without it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from server.bus.bus import Bus
from server.interfaces import Asked
from server.protocol import Command
from server.protocol.lessons import LessonAnswer, LessonLeave, LessonOpen, LessonReset, LessonTry
from server.protocol.race import RacePause, RacePlay
from server.protocol.race_network import NetworkPause, NetworkPlay
from server.protocol.run import Pause, Play
from server.room import topics
from server.room.asking import answering, ask
from server.room.lead.everybody import Everybody
from server.room.lead.handing import Handing
from server.room.lead.hub import APART, CHANNEL, Hub
from server.room.lead.questions import number_asked, told_question, told_truth
from server.room.lead.scene import Scene
from server.room.session.errands import Errands
from server.room.session.needs import RoomSeen, RoomsNeeded
from server.session.activity import NOTHING, Host
from server.wire.errors import CommandError

log = logging.getLogger("chainrule")

BEAT = 2.0
OPEN = ("vote", "talk", "voted")
"""Phases in which a question is asked and nothing is revealed."""
STILL: tuple[type[Command], ...] = (Pause, RacePause, NetworkPause)
PLAYS: dict[str, tuple[type[Command], type[Command]]] = {"race": (RacePlay, RacePause), "network": (NetworkPlay, NetworkPause)}
TELLING = (LessonAnswer, LessonOpen, LessonTry, LessonReset, LessonLeave)
"""Commands of the teacher's page that would show what the class is being asked."""


class Lead:
    """From `begin` until `end`. `twin` is the card that may be asked next, `card` whether the open question is a card's."""

    def __init__(self, host: Host, room: str, errands: Errands, scene: Scene) -> None:
        self.host, self.room, self.errands, self.scene = host, room, errands, scene
        self.rooms, self.bus = host.service(RoomsNeeded), host.service(Bus)  # type: ignore[type-abstract]  # protocols
        self.snapshot: RoomSeen | None = None
        self.twin: str | None = None
        self.card = False
        self.hub: Hub | None = None
        self.everybody = Everybody(self)
        self._handing = Handing(self)
        self._asked: dict[str, Asked] = {}
        self._mark = secrets.token_hex(8).encode()
        self._stops: list[Callable[[], None]] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._here = 0
        self.over = False

    def begin(self, replaced: Callable[[], None]) -> None:
        """`replaced` is called where another session leads the room from now on."""

        def newest(mark: bytes) -> None:
            if mark != self._mark and not self.over:
                replaced()

        self._stops = [
            self.bus.subscribe(f"room:{self.room}:leads", newest),
            self.rooms.watch(self.room, self._changed),
            answering(self.bus, self.room, self._answer),
        ]
        self.everybody.begin()
        self.spawn(self.bus.publish(f"room:{self.room}:leads", self._mark))
        self.spawn(self._beats())

    def end(self, *, told: bool = True) -> None:
        """`told`: the room is to know at once; else it will find out."""
        if self.over:
            return
        self.over = True
        for stop in self._stops:
            stop()
        self.everybody.end()
        for task in list(self._tasks):
            task.cancel()
        self._watch(False)
        if told:
            task = asyncio.ensure_future(self.rooms.lead_gone(self.room))
            task.add_done_callback(_noted)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(_noted)

    # The room ---------------------------------------------------------------------------------------------------------

    @property
    def voting(self) -> bool:
        return self.snapshot is not None and self.snapshot.phase == "vote"

    @property
    def asking(self) -> bool:
        return self.snapshot is not None and self.snapshot.phase in OPEN

    def _changed(self, snapshot: RoomSeen | None) -> None:
        before, self.snapshot = self.snapshot, snapshot
        if snapshot is None or snapshot.ended:
            self._watch(False)
            return
        if snapshot.seen is not None:
            self.scene.view = snapshot.seen
        self._watch(snapshot.here > 0 or snapshot.remote)
        if snapshot.here > self._here and self.hub is not None and self.hub.newest is not None:
            self.publish(topics.picture(self.room), self.hub.newest)  # for who has just come
        self._here = snapshot.here
        if snapshot.phase == "revealed" and before is not None and before.phase in OPEN and self.card:
            self.card = False
            self.spawn(self._open_up(snapshot.question))
        self.everybody.changed(snapshot)
        self.host.poke()

    async def _open_up(self, question: dict[str, Any] | None) -> None:
        """The card on the teacher's page tells what the class was told; after its twin it is measured anew."""
        own = question is not None and not question.get("twin")
        told = question.get("truth") if own and question is not None else None

        async def reveal() -> None:
            self.scene.lessons.reveal(told)

        await self.errands.do(reveal)

    def _watch(self, on: bool) -> None:
        """There is a picture while there is somebody to see it."""
        if on and self.hub is None:
            self.hub = Hub(partial(self.publish, topics.picture(self.room)))
            self.host.watch(self.hub)
        elif not on and self.hub is not None:
            self.host.leave(self.hub)
            self.hub = None

    def publish(self, topic: str, message: bytes) -> None:
        self.spawn(self.bus.publish(topic, message))

    async def _beats(self) -> None:
        while True:
            with contextlib.suppress(CommandError):
                await self.rooms.lead_beat(self.room, self.info())
            await asyncio.sleep(BEAT)

    def info(self) -> dict[str, Any]:
        """What the room keeps of it."""
        card = self.scene.lessons.card()
        told = None if card is None else {"heading": card.heading, "card": card.card, "of": card.of, "asks": card.asks}
        return {"seen": {"step": self.scene.header()["step"], "card": told}} | self.everybody.info()

    # For the activity -------------------------------------------------------------------------------------------------

    def refusal(self, command: Command) -> CommandError | None:
        """The teacher's page does not show the answer either."""
        if self.card and self.asking and isinstance(command, TELLING):
            return CommandError("locked", "The class is being asked this: reveal it first, or drop the question")
        return None

    @property
    def withheld(self) -> frozenset[str]:
        return frozenset({CHANNEL}) if self.voting else NOTHING

    def wait(self, now: float) -> float:
        """Seconds until a picture that was held back may be drawn, or pieces of the wall are to be told."""
        soon = self.everybody.wait(now)
        if self.hub is not None and CHANNEL in self.hub.slots and not self.voting:
            left = self.hub.slots[CHANNEL].made + APART - now
            if left > 0:
                soon = min(soon, left)
        return soon

    # What is asked for over the bus -----------------------------------------------------------------------------------

    async def _answer(self, what: str, about: dict[str, Any]) -> dict[str, Any]:
        handlers: dict[str, Callable[[dict[str, Any]], Coroutine[Any, Any, dict[str, Any]]]] = {
            "question": self._question,
            "truth": self._truth,
            "own": self._handing.own,
            "turn": self._handing.turn,
            "next": self._next,
            "play": self._play,
            "put_up": self._put_up,
        }
        if what not in handlers:
            raise CommandError("invalid", f"The teacher's session does not know {what}")
        return await handlers[what](about)

    async def _question(self, about: dict[str, Any]) -> dict[str, Any]:
        source = about["source"]
        if source == "card":
            asked = await self._of_card()
        elif source == "twin":
            twin = (about.get("ref") or {}).get("twin") or self.twin
            if twin is None:
                raise CommandError("invalid", "This question has no twin", "source", "a card that names one")
            asked = await self.errands.do(lambda: self.scene.lessons.asked_by(twin))
        else:
            await self._still()
            asked = await self.errands.do(partial(self._of_number, about))
        self.card = source == "card" or (self.card and source == "twin")
        self.twin = asked.twin
        token = secrets.token_hex(4)
        ref: dict[str, Any] = {"token": token, "card": asked.card, "twin": asked.twin}
        ref["about"] = {name: about.get(name) for name in ("of", "ask", "kind")}
        self._asked = dict(list(self._asked.items())[-3:]) | {token: asked}
        return told_question(asked) | {"axis": asked.told["axis"] or self._plane(asked), "ref": ref}

    async def _of_card(self) -> Asked:
        """One that is answered on the teacher's page is opened anew: its answer is to be on no screen."""
        card = self.scene.lessons.card()
        if card is None or not card.asks:
            words = "No card is open" if card is None else "This card asks nothing"
            raise CommandError("invalid", words, "source", "a card with a question, a number, or words")
        if not card.locked:
            if card.lesson is None:
                raise CommandError("invalid", "This question is answered on your page: open its card anew", "source")
            await self.errands.obey(LessonOpen(lesson=card.lesson, card=card.card))
        await self._still()
        return await self.errands.do(self.scene.lessons.asked)

    async def _of_number(self, about: dict[str, Any]) -> Asked:
        there, finish = self.scene.there(), self.scene.finish
        of, words, kind = about["of"] or "", about.get("ask") or "", about.get("kind") or "number"
        return await self.host.call(number_asked, of, words, kind, there, finish)

    def _plane(self, asked: Asked) -> tuple[Any, ...] | None:
        """Where a place may be: [x low, x high, y low, y high]."""
        if asked.told["kind"] != "place":
            return None
        race, trainer = self.scene.surface.race, self.scene.trainer
        on_race = self.scene.room == "race" and race is not None
        domain = race.surface.domain if on_race else None if trainer is None else trainer.dataset.domain
        return None if domain is None else (*domain[0], *domain[1])

    async def _truth(self, about: dict[str, Any]) -> dict[str, Any]:
        """Of a question that another process had asked it is found anew."""
        ref, source = about["ref"], about["source"]
        asked = self._asked.get(ref["token"])
        if asked is None:
            if source == "number":
                asked = await self.errands.do(partial(self._of_number, ref["about"]))
            elif ref["card"].startswith("."):
                asked = await self.errands.do(self.scene.lessons.asked)
            else:
                asked = await self.errands.do(lambda: self.scene.lessons.asked_by(ref["card"]))
        await self.errands.do(partial(self._room_for, asked.size))
        return told_truth(await self.errands.measure(asked.measure))

    async def _room_for(self, size: int) -> None:
        async with self.host.room(size):
            pass

    async def _still(self) -> None:
        """Nothing moves while a question is asked about it."""
        for command in STILL:
            with contextlib.suppress(CommandError):
                await self.errands.obey(command())

    async def _next(self, about: dict[str, Any]) -> dict[str, Any]:
        card = self.scene.lessons.card()
        if card is None or card.lesson is None:
            raise CommandError("no_lesson", "No card of a lesson is open")
        place = card.card + int(about.get("by") or 1)
        if not 0 <= place < card.of:
            raise CommandError("invalid", f"by: the lesson has {card.of} cards", "by", f"to a card from 1 to {card.of}")
        if self.asking and self.card:
            raise CommandError("locked", "The class is being asked this card: reveal it first, or drop the question")
        await self.errands.obey(LessonOpen(lesson=card.lesson, card=place))
        return {}

    async def _play(self, about: dict[str, Any]) -> dict[str, Any]:
        on = bool(about.get("on"))
        name = "network" if self.scene.room in PLAYS and self.scene.race() is self.scene.network else self.scene.room
        play, pause = PLAYS.get(name, (Play, Pause))
        command = play() if on else pause()
        refused = self.scene.lessons.refusal(command)
        if refused is not None:
            raise refused
        await self.errands.obey(command)
        return {}

    async def _put_up(self, about: dict[str, Any]) -> dict[str, Any]:
        """A learner's run, as its own session has it."""
        member = int(about["member"])
        try:
            return await ask(self.bus, member_topic(self.room, member), "script", {}, patience=5.0)
        except CommandError as error:
            if error.code != "away":
                raise
            message = "This learner's own screen is not open now"
            raise CommandError("away", message, "member", "one who has an own screen open") from error

    # As it is kept ----------------------------------------------------------------------------------------------------

    def kept(self) -> dict[str, Any]:
        return {"room": self.room, "twin": self.twin, "card": self.card}

    def take_up(self, kept: dict[str, Any]) -> None:
        self.twin, self.card = kept.get("twin"), bool(kept.get("card"))


def member_topic(room: str, member: int) -> str:
    """By which a learner's own session is asked, as the teacher's is by its room's id."""
    return f"{room}:{member}"


def _noted(task: asyncio.Future[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, CommandError):
        log.error("a class's session failed", exc_info=error)
