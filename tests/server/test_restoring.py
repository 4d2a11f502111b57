"""A session is made again from the records that it offered: its run bit for bit, its history, its races, what it was doing."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pages import PATIENCE

from engine import Trainer, warm_up
from server import activities
from server.keeping.database import Database
from server.keeping.experiments import Experiments
from server.keeping.records import Kept, Piece, Record
from server.microscope.controller import Microscope
from server.microscope.prediction.hidden import Questions
from server.race.network.controller import NetworkRaceController
from server.race.surface.controller import SurfaceRaceController
from server.run.controller import RunController
from server.run.work import Play
from server.session.hosting import Hosting
from server.session.scheduler import Scheduler
from server.session.session import Session
from server.session.viewer import Viewer
from server.settings import Settings
from server.warmup import Kernels

SPEC: dict[str, Any] = {
    "data": {"name": "moons", "samples": 80, "noise": 0.1},
    "network": {"layers": [{"units": 4, "activation": "tanh"}]},
    "optimizer": {"name": "adam", "lr": 0.02},
    "batch_size": 8,
}
STEADY = {"unit": "steps", "rate": 20_000}
"""Fast, and far from the end of the run after some seconds."""
RATE = {"kind": "set", "path": "optimizer.lr", "value": 0.1}


HOSTING = Hosting(activities.registered())


class Book:
    """Takes records as a database does: what is None stays as it was; pieces follow each other."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def kept(self) -> Kept:
        script = next(record.script for record in reversed(self.records) if record.script is not None)
        snapshot = next((record.snapshot for record in reversed(self.records) if record.snapshot is not None), None)
        pieces: list[Piece] = []
        for record in self.records:
            for piece in record.series:
                pieces = [each for each in pieces if piece.start or each.branch != piece.branch] + [piece]
        return Kept(script, self.records[-1].place, snapshot, tuple(pieces))


class Life:
    """A session that lives in the test's own loop."""

    def __init__(self, kept: Kept | None = None) -> None:
        self.book = Book()
        self._scheduler = Scheduler(2, 0.004)
        settings = Settings(database_url="sqlite://")
        store = Experiments(settings, Database(settings))
        self.session = Session("a session", settings, self._scheduler, Kernels(lambda progress: None), store, HOSTING, kept)
        self.session.offer = self.book.records.append
        self.viewer = Viewer(10_000)
        self.session.attach(self.viewer, None, "")
        self._answered: dict[int, str] = {}
        self._ids = itertools.count(1)
        loop = asyncio.get_running_loop()
        self._tasks = loop.create_task(self.session.live()), loop.create_task(self._listen())

    async def _listen(self) -> None:
        async for message in self.viewer.messages():
            if isinstance(message, str) and (id := json.loads(message).get("id")) is not None:
                self._answered[id] = json.loads(message)["type"]

    async def do(self, type: str, **fields: Any) -> None:
        """Until it is done."""
        id = next(self._ids)
        await self.session.submit(self.viewer, HOSTING.vocabulary.commands.validate_python({"type": type, "id": id, **fields}))
        await self.until(lambda: id in self._answered)
        assert self._answered[id] == "done"

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.002)

    async def rest(self) -> None:
        """Until nothing moves, and all of it is on record."""
        await self.until(lambda: not self.session.moving)
        await self.until(lambda: self.session.recorder.wait(self.session, float("inf")) == float("inf"))

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._scheduler.close()

    @property
    def run(self) -> RunController:
        return self.session.find(RunController)

    @property
    def trainer(self) -> Trainer:
        return self.run.present()

    @property
    def questions(self) -> Questions:
        return self.session.find(Microscope).scope.questions

    @property
    def races(self) -> tuple[SurfaceRaceController, NetworkRaceController]:
        """On the surface, and on the network."""
        return self.session.find(SurfaceRaceController), self.session.find(NetworkRaceController)


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    warm_up()


def bits(trainer: Trainer) -> tuple[Any, ...]:
    numbers = tuple(value.tobytes() for value in trainer.named_parameters.values())
    lines = tuple((each.parent, each.fork, each.end, each.edits, each.series.points.tobytes()) for each in trainer.branches)
    where = trainer.steps_done, trainer.branch, trainer.can_undo, trainer.can_redo, trainer.effective_spec
    return numbers, lines, where, trainer.stopped and trainer.stopped.kind


async def live_through(life: Life) -> None:
    """A session with a history: edits made in the past, one of them taken back."""
    await life.until(lambda: life.run.trainer is not None)
    await life.do("configure", spec=SPEC)
    await life.do("step", count=600)
    await life.do("seek", step=250)
    await life.do("edit", edit=RATE)
    await life.do("step", count=5000)
    await life.do("edit", edit={"kind": "weight", "name": "W1", "index": [0, 1], "value": 2.5})
    await life.do("step", count=33)
    await life.do("undo")


def test_the_run_comes_back_with_its_history() -> None:
    async def play() -> None:
        first = Life()
        await live_through(first)
        await first.rest()
        await first.end()
        second = Life(first.book.kept())
        await second.until(lambda: second.run.trainer is not None)
        assert bits(second.trainer) == bits(first.trainer)
        assert (second.run.number, second.session.generation) == (first.run.number, 2)
        for life in (first, second):
            life.trainer.redo()
            life.trainer.step(100)
            life.trainer.seek(260)
        assert bits(second.trainer) == bits(first.trainer)
        await second.end()

    asyncio.run(play())


def test_a_record_counts_as_offered_when_it_is_and_not_while_it_is_taken() -> None:
    async def play() -> None:
        life = Life()
        await life.until(lambda: life.run.trainer is not None)
        await life.rest()
        life.session.offer = None
        await life.do("step", count=1)
        recorder = life.session.recorder
        record = recorder.take(life.session)
        assert recorder.wait(life.session, 0.0) < float("inf"), "who ends now has not been given it"
        recorder.tells(record)
        assert recorder.wait(life.session, 0.0) == float("inf")
        await life.end()

    asyncio.run(play())


def test_what_played_plays_on_from_where_it_was() -> None:
    async def play() -> None:
        first = Life()
        await first.until(lambda: first.run.trainer is not None)
        await first.do("configure", spec=SPEC)
        await first.do("play", speed=STEADY)
        await first.until(lambda: len(first.book.records) >= 3)
        kept = first.book.kept()
        await first.end()
        second = Life(kept)
        await second.until(lambda: isinstance(second.run.work, Play))  # it is back where it was
        here = second.trainer.steps_done
        assert here > 0
        await second.until(lambda: second.trainer.steps_done > here)
        await second.do("pause")
        direct = Trainer(second.trainer.spec)
        direct.step(second.trainer.steps_done)
        assert [value.tobytes() for value in second.trainer.named_parameters.values()] == [
            value.tobytes() for value in direct.named_parameters.values()
        ]
        assert np.array_equal(second.trainer.series.points, direct.series.points, equal_nan=True)
        await second.end()

    asyncio.run(play())


def test_without_its_numbers_the_session_is_replayed() -> None:
    async def play() -> None:
        first = Life()
        await live_through(first)
        await first.rest()
        await first.end()
        second = Life(first.book.kept()._replace(snapshot=None))
        await second.until(lambda: second.run.trainer is not None)
        await second.until(lambda: not second.run.seeking)
        assert bits(second.trainer) == bits(first.trainer)
        await second.end()

    asyncio.run(play())


def test_races_come_back() -> None:
    async def play() -> None:
        first = Life()
        await first.until(lambda: first.run.trainer is not None)
        await first.do("configure", spec=SPEC)
        await first.do("race")
        await first.do("race_step", count=120)
        await first.until(lambda: first.races[0].work is None)
        await first.do("network")
        await first.do("network_step", count=40)
        await first.rest()
        await first.end()
        second = Life(first.book.kept())
        surface, network = second.races
        await second.until(lambda: network.race is not None and network.race.step == 40 and network.work is None)
        await second.until(lambda: surface.race is not None and surface.race.step == 120 and surface.work is None)
        pairs: Any = zip(first.races, second.races, strict=True)
        for before, after in pairs:
            assert before.race is not None and after.race is not None
            assert (after.number, after.race.step, after.speed) == (before.number, before.race.step, before.speed)
            assert after.race.script == before.race.script and before.race.step in (120, 40)
        await second.end()

    asyncio.run(play())


def test_what_is_withheld_stays_withheld() -> None:
    async def play() -> None:
        first = Life()
        await live_through(first)
        await first.do("ask", micro=0, row=1)
        await first.do("ask", micro=0, row=0)
        await first.do("answer", question=1, answer=1)
        await first.rest()
        await first.end()
        second = Life(first.book.kept())
        await second.until(lambda: second.run.trainer is not None)
        await second.do("look", micro=0)
        before, after = first.questions, second.questions
        assert len(after.open) == 2 and after.open == before.open
        assert after.score == before.score and after.score.right + after.score.wrong == 1
        assert after.withheld
        await second.do("step", count=1)
        await second.do("look", micro=0)
        assert not after.open, "they end with their update"
        await second.end()

    asyncio.run(play())


def test_what_cannot_be_read_is_no_reason_not_to_begin() -> None:
    async def play() -> None:
        first = Life()
        await first.until(lambda: bool(first.book.records))
        await first.end()
        second = Life(first.book.kept()._replace(script=bytes(40)))
        await second.until(lambda: second.run.trainer is not None)
        assert second.trainer.steps_done == 0
        await second.end()

    asyncio.run(play())


def test_a_session_at_rest_writes_nothing_and_one_that_plays_little() -> None:
    async def play() -> None:
        life = Life()
        await live_through(life)
        await life.rest()
        before = len(life.book.records)
        await life.do("subscribe", channels=[])
        await life.do("share")
        await life.rest()
        assert len(life.book.records) == before
        await life.do("play", speed=STEADY)
        await life.until(lambda: len(life.book.records) >= before + 3)
        # While the interval of its series is still being doubled a branch is written whole; then come its new points alone.
        await life.until(lambda: all(piece.start > 0 or len(piece.points) < 4000 for piece in life.book.records[-1].series))
        written = life.book.records[before:]
        assert all(record.script is None for record in written), "it has not changed"
        assert all(len(record.place) + len(record.snapshot or b"") < 10_000 for record in written)
        await life.end()

    asyncio.run(play())
