"""What was begun for a page that is gone rests as its run does, and goes on when somebody looks again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from live_server import Live, serving
from pages import Page

from engine import warm_up
from engine.parts import give_way
from server.race.network.controller import NetworkRaceController
from server.race.rates import Tuning
from server.race.surface.controller import SurfaceRaceController
from server.run import sharing
from server.run.controller import RunController
from server.session import scheduler
from server.session.audience import Audience
from server.session.scheduler import Account, Job, Line, Scheduler
from server.session.session import Session
from server.session.viewer import Viewer
from server.settings import Settings
from server.warmup import Kernels

WIDE = {"network": {"layers": [{"units": 200}, {"units": 200}]}}
SGD = {"optimizer": {"name": "sgd", "lr": 0.01}}
Begin = tuple[list[tuple[str, dict[str, Any]]], tuple[str, dict[str, Any]], Callable[[Session], Any]]


@pytest.fixture(scope="module")
def quick() -> Iterator[Live]:
    warm_up()
    with serving(Settings(database_url="sqlite://", unwatched_pause=0.1)) as live:
        yield live


def lanes_tuned(races: SurfaceRaceController | NetworkRaceController) -> tuple[int, int] | None:
    """How far a tuning is; None where none is under way."""
    return races.work.far if isinstance(races.work, Tuning) else None


def work(session: Session) -> Any:
    return session.find(RunController).work


WORK: dict[str, Begin] = {
    "gradient check": ([], ("check_gradient", {"weights": 10_000}), lambda session: work(session) and work(session).far),
    "rate finder": ([], ("find_rate", {"updates": 5000}), lambda session: work(session) and work(session).far),
    "steps": (
        [],
        ("step", {"count": 100_000}),
        lambda session: work(session) and session.find(RunController).present().steps_done,
    ),
    "study": (
        [("configure", {"spec": {"network": {"layers": [{"units": 32}]}}}), ("network", {"lanes": [SGD]})],
        ("study_seeds", {"seeds": 5, "steps": 50_000}),
        lambda session: (running := session.find(NetworkRaceController).studies.running) and running.share,
    ),
    "tuning": (
        [("race", {"spec": {"lanes": [SGD] * 16, "max_steps": 50_000}})],
        ("race_rates", {"how": "tuned", "steps": 10_000, "rates": [0.001 * rate for rate in range(1, 65)]}),
        lambda session: lanes_tuned(session.find(SurfaceRaceController)),
    ),
    "tuning on the network": (
        [("network", {"lanes": [SGD | {"seed": seed} for seed in range(16)]})],
        ("network_rates", {"how": "tuned", "steps": 200}),
        lambda session: lanes_tuned(session.find(NetworkRaceController)),
    ),
}


def turns(live: Live, count: int) -> None:
    """Let the server do other things meanwhile."""
    with Page(live.socket) as other:
        other.run_info()
        other.do("play", speed={"unit": "flat"})
        busy = live.app.state.sessions.find(other.attached["session"])
        begun = busy.turns
        live.until(lambda: busy.turns > begun + count)
        other.do("pause")


@pytest.mark.parametrize("name", WORK)
def test_it_rests_when_its_page_is_gone_and_goes_on_when_it_is_back(quick: Live, name: str) -> None:
    before, (command, fields), far = WORK[name]
    with Page(quick.socket) as page:
        page.do("configure", spec=WIDE)
        for type, given in before:
            page.do(type, **given)
        session = quick.app.state.sessions.find(page.attached["session"])
        page.send(command, id="long", **fields)
        quick.until(lambda: far(session))
    quick.until(lambda: session.abandoned and session._queued is None)  # what it was in the middle of may end
    turns(quick, 5)
    stood, woken = far(session), session.turns
    turns(quick, 50)
    assert stood and far(session) == stood and session.turns == woken, "it goes on for nobody, or is over"
    with Page(quick.socket, page.attached["session"]) as page:
        quick.until(lambda: far(session) != stood)
        page.do("pause")
        page.do("study_cancel")


def test_a_command_that_waits_for_a_thread_rests_too(quick: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many that a page left behind, none is obeyed for nobody."""
    made: list[str] = []
    goes_on = threading.Event()

    def text(trainer: Any, format: str) -> str:
        made.append(format)
        assert goes_on.wait(30)
        return ""

    monkeypatch.setattr(sharing, "_text", text)
    with Page(quick.socket) as page:
        page.run_info()
        session = quick.app.state.sessions.find(page.attached["session"])
        for format in ("curves", "model", "torch"):
            page.send("export", format=format)
        quick.until(lambda: len(session._inbox) == 2 and made == ["curves"])
    quick.until(lambda: session.abandoned)
    goes_on.set()
    turns(quick, 50)
    assert made == ["curves"]
    with Page(quick.socket, page.attached["session"]) as page:
        page.do("step", count=1)
    assert made[:2] == ["curves", "model"]


def test_what_goes_on_for_nobody_comes_behind_what_somebody_looks_at() -> None:
    line, gone, there = Line(), Account(), Account()
    left = Job(gone, lambda: None, behind=True)
    line.put(left)
    jobs = [Job(there, lambda: None) for _ in range(3)]
    for job in jobs:
        line.put(job)
        assert line.take() is job
    assert line.take(behind=False) is None
    assert line.take() is left and line.take() is None


def test_among_those_who_look_little_time_is_left_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not more than a share, and never two threads; alone it goes on as it would."""
    monkeypatch.setattr(scheduler, "SPARE", 1e9)

    async def play() -> None:
        own, account = Scheduler(2, 0.004), Account()

        async def done(*, behind: bool) -> None:
            await own.submit(account, lambda: None, hurried=False, behind=behind).result()

        try:
            async with asyncio.timeout(30):
                for _ in range(3):
                    await done(behind=True)
                await done(behind=False)
                await done(behind=True)
                late = asyncio.ensure_future(done(behind=True))
                for _ in range(20):
                    await done(behind=False)
                assert not late.done()
                own._spared = 0.0
                await done(behind=False)
                await late
        finally:
            own.close()

    asyncio.run(play())


def test_a_session_whose_pages_are_gone_is_for_nobody(quick: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    submit = Scheduler.submit

    def noted(own: Scheduler, *given: Any, behind: bool = False, **named: Any) -> Job:
        asked.append(behind)
        return submit(own, *given, behind=behind, **named)

    with Page(quick.socket) as page:
        page.run_info()
        monkeypatch.setattr(Scheduler, "submit", noted)
        page.do("step", count=5)
        assert asked and not any(asked)
        page.do("play", speed={"unit": "flat"})
    quick.until(lambda: any(asked))


def test_a_call_that_pauses_waits_before_another_has_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """In between nobody's turn would seem to be due, and what goes on for nobody would begin."""
    waiting: list[int] = []
    add = Scheduler._add_thread

    def added(own: Scheduler) -> None:
        if own._begun:
            waiting.append(own.depth)
        add(own)

    monkeypatch.setattr(Scheduler, "_add_thread", added)

    async def play() -> None:
        own, go = Scheduler(1, 0.0), threading.Event()

        def busy() -> None:
            while not go.is_set():
                give_way()

        try:
            both = [own.submit(Account(), busy, hurried=False) for _ in range(2)]
            while len(waiting) < 2:
                await asyncio.sleep(0.001)
            go.set()
            await asyncio.gather(*(job.result() for job in both))
        finally:
            go.set()
            own.close()

    apart(play())
    assert waiting == [2, 2]


def apart(play: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: another test's Playwright keeps this thread's loop running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(play)).result()


def test_who_looks_again_finds_it_going_on_among_the_others() -> None:
    """A slice that was begun for nobody, while others take all the time there is."""

    async def play() -> None:
        own, go = Scheduler(1, 0.0), threading.Event()
        session, page = Audience(own, Kernels(lambda progress: None), 10.0), Viewer(256)

        def busy() -> None:
            while not go.is_set():
                give_way()

        async def others() -> None:
            for _ in range(30):
                await own.submit(Account(), lambda: None, hurried=False).result()

        try:
            all_the_time = [own.submit(Account(), busy, hurried=False) for _ in range(2)]
            slice = asyncio.create_task(session.slice(lambda: 7))
            await others()
            assert not slice.done()
            session.watch(page)
            await others()
            assert slice.done() and slice.result() == 7
            go.set()
            await asyncio.gather(*(job.result() for job in all_the_time))
        finally:
            go.set()
            own.close()

    apart(play())
