"""The lesson of a session: the card that is open. It has the other activities build its situation, and until its question is
answered nothing moves and nothing tells. Everything here is called by the session's one task, but for what a job runs."""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from server.interfaces import Asked, CardSeen, LessonsAccess, NetworkAccess, RunAccess, SurfaceAccess
from server.lessons import measured
from server.lessons.asked import asked_of, card_seen, revealed
from server.lessons.library import library
from server.lessons.measured import Answer
from server.lessons.open_card import NOTHING, OpenCard
from server.lessons.opening import STILL, in_a_card, prepared
from server.lessons.reading.lesson import Read
from server.lessons.reading.lesson import read as read_lesson
from server.protocol import Command, Done, ErrorEvent, Message
from server.protocol.lessons import LessonLeave, LessonOpen, LessonReset, LessonTry, LessonVerdict
from server.protocol.microscope import Look
from server.protocol.race import RacePause, RaceShare
from server.protocol.race_network import NetworkPause, NetworkShare, StudyCancel
from server.protocol.room.mirror import Mirror, MirrorLook, MirrorOff
from server.protocol.room.part import RoomLead, RoomOffer, RoomPart, RoomTakePart
from server.protocol.run import Cancel, Pause, Share
from server.session.activity import Activity, Host, Job, Restored
from server.session.viewer import Viewer
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.lessons.building import Built
    from engine.lessons.scripts import Subject

log = logging.getLogger("chainrule")

HARMLESS = (Look, Share, RaceShare, NetworkShare, Pause, RacePause, NetworkPause, StudyCancel, Cancel)
"""Commands that move nothing and tell nothing that is measured: what they lead to is drawn by channels, which are withheld."""
OF_A_CLASS = (RoomLead, RoomTakePart, RoomOffer, RoomPart, Mirror, MirrorOff, MirrorLook)
"""What a session is in a class moves nothing of it: a card that waits for its prediction is what a class is asked."""

APART = ("graph", "lab")
"""Kinds of situation that are measured by themselves, and not on what goes on in the session."""
LATER = 0.6
"""Seconds that the pictures of a card have before its answer is measured."""


class Building(NamedTuple):
    """A card whose situation is being built, and who is told when it is."""

    card: OpenCard
    viewer: Viewer
    done: Done


class Lessons(LessonsAccess):
    """`number` counts the cards opened in this session, `changes` what was done to the one that is open."""

    interrupting = (LessonOpen, LessonTry, LessonReset, LessonLeave)

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.open: OpenCard | None = None
        self.building: Building | None = None
        self.number, self.changes = 0, 0
        self._built: Built | None = None
        self._size = 0
        self._foreseen, self._opened_at = False, 0.0

    def present(self) -> OpenCard:
        if self.open is None:
            raise CommandError("no_lesson", "No card is open: open one")
        return self.open

    # What it looks at -------------------------------------------------------------------------------------------------

    @cached_property
    def run(self) -> RunAccess:
        return self.host.find(RunAccess)

    @cached_property
    def races(self) -> dict[str, SurfaceAccess | NetworkAccess]:
        return {"race": self.host.find(SurfaceAccess), "network": self.host.find(NetworkAccess)}

    def there(self) -> Subject | None:
        """What is measured while it goes on: the run, or a race, of the card's kind."""
        kind = "run" if self.open is None else self.open.kind
        if kind in APART:
            return None
        found: Subject | None = self.run.trainer if kind == "run" else self.races[kind].race
        return found

    @property
    def source(self) -> Activity:
        kind = "run" if self.open is None else self.open.kind
        return self.races.get(kind) or self.run

    def point(self) -> Hashable:
        source = self.source
        return source.point() if isinstance(source, RunAccess | SurfaceAccess | NetworkAccess) else None

    # Opening ----------------------------------------------------------------------------------------------------------

    async def begin_card(self, card: OpenCard, viewer: Viewer, done: Done, *, anew: bool = False) -> bool:
        """Build its situation and open it; what goes on from the card before finds all as it is. True: answered later."""
        goes_on = not anew and card.goes_on_from(self.open)
        ready = await self.host.call(prepared, card, self.host.settings, goes_on=goes_on)
        card.tells = ready.tells
        building = self.building = Building(card, viewer, done)
        try:
            await self.still()
            self.number += 1
            card.number = self.number
            self._built, self._size, self._foreseen = None, ready.size, False
            if ready.command is None:
                self._opened(building, done)
            else:
                await self.host.obey(ready.command, partial(self._opened, building))
        except BaseException as error:
            if self.building is building:
                self.building = None
            if isinstance(error, CommandError):
                raise in_a_card(error, card.kind) from error
            raise
        return True

    async def still(self) -> None:
        """Nothing plays, and nothing is on its way."""
        for command in STILL:
            with contextlib.suppress(CommandError):
                await self.host.obey(command, lambda answer: None)

    def _opened(self, building: Building, answer: Done | ErrorEvent) -> None:
        """The situation stands, or could not be built."""
        card, viewer, done = building
        if self.building is not building:
            message = "Another card was opened before this one was there"
            viewer.put(ErrorEvent(id=done.id, code="cancelled", message=message))
            return
        self.building = None
        if isinstance(answer, ErrorEvent):
            viewer.put(in_a_card(answer, card.kind).event(done.id))
            return
        self.open, self._opened_at = card, time.monotonic()
        self.changed()
        viewer.put(done)
        self.host.poke()

    def changed(self) -> None:
        self.changes += 1
        self.host.report(NOTHING.model_copy(update={"number": self.number}) if self.open is None else self.open.info())

    async def leave(self) -> None:
        """What it began stays, as far as it has come."""
        if self.building is not None:
            self.building = None
            await self.still()
        self.open = self._built = None
        self.changed()

    # Measuring --------------------------------------------------------------------------------------------------------

    def built(self) -> Built:
        """In a worker: what the open card is measured on, kept until it is measured."""
        card = self.present()
        if self._built is None:
            own = card.spec.situation is not None or card.kind in APART
            situation = card.situation if own else None
            self._built = measured.built_for(card.spec, situation, self.there(), self.host.settings)
        return self._built

    @property
    def size(self) -> int:
        """Bytes that it takes to measure the open card, about."""
        return self._size

    def measure(self) -> dict[str, Any]:
        """In a worker: what may be told and is not known yet. Left on the way, it is measured anew."""
        card = self.present()
        asked = card.spec.question is not None and card.verdict is None
        return self.judge(None) if asked else {"values": self._values()}

    def _foresee(self) -> bool:
        """In a worker: what an answer will be held against is measured before it comes, so that nobody waits for it then. What
        was built remembers it."""
        with contextlib.suppress(CommandError):
            self.judge(None)
        return True

    async def _foresaw(self, done: Any, failed: Exception | None) -> None:
        """Left on the way for a command, it is begun anew."""
        self._foreseen = bool(done) or failed is not None
        if failed is not None:
            log.warning("a card could not be measured ahead: %s", failed)

    def judge(self, answer: Answer) -> dict[str, Any]:
        """In a worker: what is measured of the open card, and how an answer to its question went."""
        values = self._values()
        try:
            return {"values": values, "verdict": self._judged(answer)}
        except CommandError:
            raise
        except BaseException:
            self._built = None  # it stands somewhere on its way
            raise

    def _judged(self, answer: Answer) -> LessonVerdict:
        card = self.present()
        return measured.judged(card.spec, card.html, self.built(), answer)

    def _values(self) -> dict[str, float]:
        card = self.present()
        try:
            return measured.values(card.spec, self.built(), card.html.names())
        except BaseException:
            self._built = None
            raise

    def wait(self, now: float) -> float:
        """Seconds until something is to be measured."""
        card = self.open
        if card is None or self.building is not None or self.source.seeking:
            return math.inf
        if card.unmeasured:
            return 0.0
        ahead = card.locked and not self._foreseen and self.host.seen
        return max(0.0, self._opened_at + LATER - now) if ahead else math.inf

    def job(self, now: float) -> Job | None:
        card = self.open
        if card is None or self.wait(now) > 0.0:
            return None
        if card.locked:
            return Job(self._foresee, self._foresaw)

        async def went(found: Any, failed: Exception | None) -> None:
            if card is not self.open or (found is None and failed is None):
                return
            if failed is None:
                self.settle(card, **found)
            else:
                log.warning("a card cannot be measured: %s", failed)
                self.give_up(card)

        return Job(self.measure, went)

    def settle(self, card: OpenCard, values: dict[str, float] | None = None, verdict: LessonVerdict | None = None) -> None:
        """What was measured is told."""
        card.values, card.verdict = values or card.values, verdict or card.verdict
        self._built = None
        self.changed()
        self.host.poke()

    def give_up(self, card: OpenCard) -> None:
        """It cannot be measured."""
        card.failed = True
        self.settle(card)

    def finish(self) -> float | None:
        """How far above the least value the finish of the race lies."""
        kind = self.present().kind
        return self.races[kind].threshold if kind in self.races else None

    def note(self, card: OpenCard, *, met: bool) -> None:
        """In a worker: a task that was met once was met."""
        if met and not card.met:
            card.met = True
            self.changes += 1

    @property
    def weight(self) -> int:
        return 0 if self._built is None else self._size

    # For a class ------------------------------------------------------------------------------------------------------

    def card(self) -> CardSeen | None:
        return None if self.open is None or self.building is not None else card_seen(self.open)

    def seen_key(self) -> Hashable:
        return self.number, self.changes, self.building is None

    async def asked(self) -> Asked:
        card = self.present()
        if card.answered and card.spec.question is not None:
            raise CommandError("invalid", "This question is answered: open its card anew", "source", "a card to be answered")
        own = card.spec.situation is not None or card.kind in APART
        return await self.host.call(asked_of, card, self.there(), self.host.settings, own=own)

    def reveal(self, told: Mapping[str, Any] | None) -> None:
        card = self.open
        if card is None or not card.locked or self.building is not None:
            return
        card.waived, card.verdict = True, None if told is None else revealed(card, told)
        self.changed()
        self.host.poke()

    async def asked_by(self, card: str) -> Asked:
        lesson, _, number = card.rpartition(".")
        text = None if "/" in lesson else await self.host.store.lessons.text(lesson)
        found = await self.host.call(_card_of, lesson, text, int(number) - 1)
        return await self.host.call(asked_of, found, None, self.host.settings, own=True)

    # What others may not do -------------------------------------------------------------------------------------------

    @property
    def locked(self) -> bool:
        return self.open is not None and self.open.locked

    def refusal(self, command: Command) -> CommandError | None:
        if isinstance(command, OF_A_CLASS):
            return None
        if self.building is not None:
            return CommandError("locked", "A card is being opened: wait until it is there")
        if self.locked and not isinstance(command, HARMLESS):
            return CommandError("locked", "This opens after the prediction", allowed="lesson_answer")
        return None

    @property
    def withheld(self) -> frozenset[str]:
        card = self.open if self.building is None else self.building.card
        return frozenset() if card is None else card.withheld

    def stumble(self) -> None:
        self.building = None

    # Being told and kept ----------------------------------------------------------------------------------------------

    def events(self) -> Iterable[Message | None]:
        return (None if self.open is None else self.open.info(),)

    @property
    def keepable(self) -> bool:
        """While a situation is built there is nothing to keep: the card before is what the session goes on from."""
        return self.building is None

    def script_key(self) -> Hashable:
        return self.number, self.changes, self.open is not None

    def script(self) -> dict[str, Any]:
        return {"lesson": None if self.open is None else self.open.kept()}

    async def restore(self, restored: Restored) -> None:
        """The card that was open. One that is not there any more, or reads otherwise, is not."""
        kept = restored.script.get("lesson")
        if not kept:
            return
        try:
            id, text = kept["lesson"], kept["text"]
            card = await self.host.call(_card_of, id, text, int(kept["card"]))
            card.take_up(kept)
            card.tells = await self.host.call(measured.tells, card.spec)
        except Exception:
            log.exception("a kept lesson cannot be taken up")
            return
        self.open, self.number = card, card.number
        self.changed()


def _card_of(id: str | None, text: str | None, place: int) -> OpenCard:
    """In a worker."""
    return open_card(read_lesson(text) if text is not None else library().read(id), place, id, own=text is not None)


def open_card(read: Read, place: int, id: str | None, *, own: bool) -> OpenCard:
    """Raises `CommandError` where the lesson has no such card."""
    count = len(read.lesson.cards)
    if place >= count:
        raise CommandError("invalid", f"card: the lesson has {count}", "card", f"0 to {count - 1}")
    return OpenCard(read, place, lesson=id, course="" if own else library().title_of(read.lesson.course), own=own)
