"""A race's controller under a host that counts what it is told, without a server around it."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any

import pytest

from engine.parts import LeftOff, give_way, giving_way
from server.protocol import Message
from server.protocol.race import RaceBegin, RacePlay, RaceRates, RaceSeek, RaceSpeed, RaceState
from server.race import commands
from server.race.rates import choose
from server.race.steppable import Return, Stop
from server.race.surface import commands as own
from server.race.surface.controller import SurfaceRaceController
from server.session.activity import Restored
from server.session.clock import Play, Seek
from server.session.scheduler import Left
from server.session.viewer import Viewer
from server.settings import Settings

SPEC: dict[str, Any] = {"lanes": [{"optimizer": {"name": "sgd", "lr": 0.001}}], "max_steps": 500}


class Alone:
    """A host with one activity and somebody who looks."""

    settings = Settings()
    slice_seconds = 0.01
    resting = False
    seen = True

    def __init__(self) -> None:
        self.told: list[Message] = []

    async def call(self, function: Any, *args: Any) -> Any:
        return function(*args)

    def report(self, event: Message) -> None:
        self.told.append(event)

    @property
    def states(self) -> list[tuple[str, int]]:
        return [(event.status, event.step) for event in self.told if isinstance(event, RaceState)]


async def racing() -> tuple[Alone, SurfaceRaceController, Viewer]:
    host: Any = Alone()
    races, viewer = SurfaceRaceController(host), Viewer(100)
    await own.begin(races, viewer, RaceBegin(spec=SPEC))
    return host, races, viewer


async def turn(races: SurfaceRaceController) -> bool:
    """Whether a slice was due."""
    job = races.job(time.monotonic())
    if job is not None:
        await job.went(job.run(), None)
    return job is not None


def test_a_state_that_was_held_back_is_told_without_another_step() -> None:
    async def play() -> None:
        host, races, viewer = await racing()
        await commands.play(races, viewer, RacePlay(speed=RaceSpeed(unit="steps", rate=1e-3)))
        assert await turn(races), "the first step is due at once"
        assert host.states[-1] == ("playing", 0), "told a moment ago, it is held back"
        wait = races.wait(time.monotonic())
        assert 0 < wait < 0.1, "and the next step is due in a quarter of an hour"
        await asyncio.sleep(wait)
        assert not await turn(races) and host.states[-1] == ("playing", 1)
        assert races.wait(time.monotonic()) > 100

    asyncio.run(play())


def test_on_its_way_it_is_kept_where_it_is_going_and_goes_on_there() -> None:
    async def play() -> None:
        _, races, viewer = await racing()
        await commands.seek(races, viewer, RaceSeek(step=300))
        script, place = races.script(), races.place()
        assert place["race"][:3] == [1, 300, False]
        host: Any = Alone()
        again = SurfaceRaceController(host)
        kept: Any = None
        await again.restore(Restored(script, place, b"", kept))
        while await turn(again):
            pass
        assert again.present().step == 300 and again.number == 1
        assert host.states[-1] == ("paused", 300) and again.wait(time.monotonic()) == math.inf
        assert again.place() == place and again.script()["race"]["spec"] == script["race"]["spec"]

    asyncio.run(play())


def test_it_plays_on_from_where_a_seek_led_unless_that_failed() -> None:
    async def play() -> None:
        _, races, _ = await racing()
        races.begin_work(Seek(races.steppable(), 300, onward=True))
        races.end_work()
        assert isinstance(races.work, Play)
        races.begin_work(Seek(races.steppable(), 300, onward=True))
        job = races.job(time.monotonic())
        assert job is not None and job.hurried
        with pytest.raises(RuntimeError):
            await job.went(None, RuntimeError("the engine failed"))
        assert races.work is None

    asyncio.run(play())


def test_what_cannot_be_taken_up_is_not_there() -> None:
    async def play() -> None:
        _, races, _ = await racing()
        script, place = races.script(), races.place()
        script["race"]["spec"]["surface"]["name"] = "volcano"
        host: Any = Alone()
        again = SurfaceRaceController(host)
        kept: Any = None
        await again.restore(Restored(script, place, b"", kept))
        assert again.race is None and again.place() == {"race": None}

    asyncio.run(play())


def test_what_solvers_evaluate_is_weighed_where_there_are_any() -> None:
    async def weights() -> list[int]:
        _, races, viewer = await racing()
        found = [races.weight]
        await own.begin(races, viewer, RaceBegin(spec=SPEC | {"lanes": [*SPEC["lanes"], {"optimizer": {"name": "lbfgs"}}]}))
        return [*found, races.weight]

    plain, counted = asyncio.run(weights())
    assert plain == 500 * 16 * 24 and counted == 500 * 16 * (24 + 12)


def test_what_is_done_on_the_way_back_and_left_for_a_command_is_done_afterwards() -> None:
    """A plane, or a study, of a race that is taken up again: a command that came meanwhile once lost it for good."""

    async def play() -> None:
        _, races, _ = await racing()
        done: list[int] = []

        def act() -> None:
            if not tried:
                tried.append(True)
                raise LeftOff
            done.append(races.present().step)

        tried: list[bool] = []
        races.begin_work(Return(races.steppable(), 20, [Stop(50), Stop(30, act)], onward=False))
        while (job := races.job(time.monotonic())) is not None:
            try:
                over = job.run()
            except LeftOff:
                over = None
            await job.went(over, None)
        assert done == [30] and races.present().step == 20 and races.work is None

    asyncio.run(play())


def test_what_is_stopped_and_left_on_the_way_goes_on() -> None:
    """A command that stops a race that is taken up again has done what is still to be done there. Left itself, for another, it
    once took that along: the plane, or the study, was lost, and the race was told to be on its way for ever."""

    async def play() -> None:
        host, races, _ = await racing()
        done: list[int] = []

        async def left(function: Any, *args: Any) -> Any:
            raise Left

        races.begin_work(Return(races.steppable(), 20, [Stop(30, lambda: done.append(30))], onward=False))
        call, host.call = host.call, left  # type: ignore[method-assign]
        with pytest.raises(Left):
            await races.stop()
        host.call = call  # type: ignore[method-assign]
        while await turn(races):
            pass
        assert done == [30] and host.states[-1] == ("paused", 20)

    asyncio.run(play())


def test_rates_are_chosen_of_all_lanes_or_of_none() -> None:
    async def play() -> None:
        host, races, viewer = await racing()
        settled: list[float] = []

        def left() -> None:
            raise LeftOff

        async def call(function: Any, *args: Any) -> Any:
            with giving_way(left):
                return function(*args)

        def settle(rates: dict[int, float], how: str) -> None:
            for rate in rates.values():
                give_way()
                settled.append(rate)

        host.call, races.settle_rates = call, settle  # type: ignore[assignment, method-assign]
        await choose(races, viewer, RaceRates(how="same", lr=0.25))
        assert settled == [0.25]

    asyncio.run(play())
